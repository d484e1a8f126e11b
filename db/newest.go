package db

import (
	"context"
	"database/sql"

	"kizashi/id"
)

const (
	sqliteNumbered = `SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.name = 'id' AND c.pk = 1 AND c.type = 'INTEGER'`
	postgresNumbered = `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		AND a.attname = 'id' AND a.atttypid = 'bigint'::regtype AND NOT a.attisdropped
		AND EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indkey[0] = a.attnum)`
)

// newestID is the largest id that is stored. A process whose clock ran ahead may have made it: ids of this process
// come after it, so that what happens now still sorts behind what happened before.
func (d *DB) newestID(ctx context.Context) (newest id.ID, err error) {
	err = d.Read(ctx, func(tx *Tx) error {
		tables, err := tx.numbered(ctx)
		for _, table := range tables {
			var largest sql.NullInt64
			if err == nil {
				err = tx.on.QueryRowContext(ctx, `SELECT MAX(id) FROM "`+table+`"`).Scan(&largest)
			}
			newest = max(newest, id.ID(largest.Int64))
		}
		return err
	})
	return newest, err
}

// numbered are the tables whose primary key is an id.
func (t *Tx) numbered(ctx context.Context) (tables []string, err error) {
	query := sqliteNumbered
	if t.db.Engine == Postgres {
		query = postgresNumbered
	}
	rows, err := t.on.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, name)
	}
	return tables, rows.Err()
}
