package db

import (
	"context"
	"embed"
	"io/fs"
	"strconv"
	"strings"

	"kizashi/fault"
)

//go:embed schema/*.sql
var schema embed.FS

// migrate brings the schema forward, script by script, in one transaction; it never goes back.
func (d *DB) migrate(ctx context.Context, scripts fs.FS) error {
	names, err := fs.Glob(scripts, "schema/*.sql")
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *Tx) error {
		version, err := tx.schemaVersion(ctx)
		if err != nil {
			return err
		}
		if version > len(names) {
			return fault.New(fault.Conflict, "db.newer", fault.Args{"found": version, "known": len(names)})
		}
		for i, name := range names[version:] {
			if err := tx.applySchema(ctx, scripts, name, version+i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *Tx) schemaVersion(ctx context.Context) (int, error) {
	if t.db.Engine == Postgres {
		// Two nodes that start at once must not both create the tables.
		if _, err := t.on.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7205311)`); err != nil {
			return 0, err
		}
	}
	_, err := t.on.ExecContext(ctx, Text(t.db.Engine, `CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL) {strict}`))
	if err != nil {
		return 0, err
	}
	var version int
	err = t.on.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_version`).Scan(&version)
	return version, err
}

func (t *Tx) applySchema(ctx context.Context, scripts fs.FS, name string, version int) error {
	raw, err := fs.ReadFile(scripts, name)
	if err != nil {
		return err
	}
	for _, statement := range strings.Split(rewrite(t.db.Engine, string(raw)), ";\n") {
		if strings.TrimSpace(withoutComments(statement)) == "" {
			continue
		}
		if _, err := t.on.ExecContext(ctx, statement); err != nil {
			return fault.New(fault.Internal, "fault.internal", fault.Args{"schema": name}).Because(err)
		}
	}
	_, err = t.on.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES (`+strconv.Itoa(version)+`)`)
	return err
}

func withoutComments(s string) string {
	var kept []string
	for _, line := range strings.Split(s, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
