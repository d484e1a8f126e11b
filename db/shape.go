package db

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"kizashi/fault"
)

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// shapeOf is what a script makes: in a database of its own on SQLite, as tables that only this session sees on
// PostgreSQL.
func (t *Tx) shapeOf(ctx context.Context, s script) (map[string]string, error) {
	if t.db.Engine == SQLite {
		beside, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			return nil, err
		}
		defer beside.Close()
		beside.SetMaxOpenConns(1) // each connection would be a database of its own
		if err := t.runScript(ctx, beside, s); err != nil {
			return nil, err
		}
		return shape(ctx, beside, sqliteShape)
	}
	var searched string
	if err := t.on.QueryRowContext(ctx, `SELECT current_setting('search_path')`).Scan(&searched); err != nil {
		return nil, err
	}
	if _, err := t.on.ExecContext(ctx, `SET LOCAL search_path = pg_temp`); err != nil {
		return nil, err
	}
	if err := t.runScript(ctx, t.on, s); err != nil {
		return nil, err
	}
	made, err := t.shape(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{`SET LOCAL search_path = ` + searched, `DISCARD TEMP`} {
		if _, err := t.on.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// shape is what the database has: the definition of each table, column and index, by name.
func (t *Tx) shape(ctx context.Context) (map[string]string, error) {
	if t.db.Engine == SQLite {
		return shape(ctx, t.on, sqliteShape)
	}
	return shape(ctx, t.on, postgresShape)
}

const (
	sqliteShape   = `SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'schema\_%' ESCAPE '\'`
	postgresShape = `SELECT 'column ' || table_name || '.' || column_name,
		data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '')
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'schema\_%'
		UNION ALL SELECT 'index ' || indexname, REPLACE(REPLACE(indexdef, schemaname || '.', ''), 'pg_temp.', '')
		FROM pg_indexes WHERE schemaname = current_schema()`
)

// firstDifference is the first object, by name, in which a database is not what a script makes; "" if there is none.
// Indexes and tables that somebody has added for their own use are no difference; columns in our tables are.
func firstDifference(is, want map[string]string) string {
	tables := map[string]bool{}
	for object := range want {
		tables[tableOf(object)] = true
	}
	all := maps.Clone(is)
	maps.Copy(all, want)
	for _, object := range slices.Sorted(maps.Keys(all)) {
		_, wanted := want[object]
		if is[object] != want[object] && (wanted || tables[tableOf(object)]) {
			return object
		}
	}
	return ""
}

// tableOf is the table of a column, "column t" of "column t.c"; other objects are their own.
func tableOf(object string) string {
	table, _, _ := strings.Cut(object, ".")
	return table
}

func shape(ctx context.Context, on querier, query string) (map[string]string, error) {
	rows, err := on.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			return nil, err
		}
		found[name] = definition
	}
	return found, rows.Err()
}

const (
	sqliteTables = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	// Hosts of PostgreSQL put tables and views of extensions into new databases.
	postgresTables = `SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`
)

// checkOurs refuses a database that has tables, but not ours. Other programs have a schema_version, too.
func checkOurs(ctx context.Context, on querier, query string) error {
	rows, err := on.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	names := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names[name] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(names) > 0 && !(names["schema_version"] && names["contact_import"] && names["lead"]) {
		return fault.New(fault.Conflict, "db.foreign", nil)
	}
	return nil
}
