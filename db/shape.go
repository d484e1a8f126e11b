package db

import (
	"context"
	"database/sql"
)

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// checkSchema is where PostgreSQL makes the first script again to compare with.
const checkSchema = "kizashi_check"

// shapeOf is what a script makes: in a database of its own on SQLite, in a schema that is dropped again on
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
	var path string
	if err := t.on.QueryRowContext(ctx, `SELECT current_setting('search_path')`).Scan(&path); err != nil {
		return nil, err
	}
	for _, statement := range []string{`CREATE SCHEMA ` + checkSchema, `SET LOCAL search_path = ` + checkSchema} {
		if _, err := t.on.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	if err := t.runScript(ctx, t.on, s); err != nil {
		return nil, err
	}
	made, err := t.shape(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{`SET LOCAL search_path = ` + path, `DROP SCHEMA ` + checkSchema + ` CASCADE`} {
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
		UNION ALL SELECT 'index ' || indexname, REPLACE(indexdef, schemaname || '.', '')
		FROM pg_indexes WHERE schemaname = current_schema()`
)

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
