package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strconv"
	"strings"

	"kizashi/fault"
)

//go:embed schema/*.sql
var schema embed.FS

// script is one step of the schema.
type script struct {
	name, text, digest string
}

// readScripts are the steps in their order: that of their names.
func readScripts(files fs.FS) ([]script, error) {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	list := make([]script, len(names))
	for i, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(raw)
		list[i] = script{name, string(raw), hex.EncodeToString(sum[:])}
	}
	return list, nil
}

// migrate brings the schema forward, script by script, in one transaction; it never goes back. It refuses a
// database of a newer program, of another program, and one whose tables are not those of its version.
func (d *DB) migrate(ctx context.Context, files fs.FS) error {
	scripts, err := readScripts(files)
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *Tx) error {
		version, err := tx.schemaVersion(ctx)
		if err != nil {
			return err
		}
		if version > len(scripts) {
			return fault.New(fault.Conflict, "db.newer", fault.Args{"found": version, "known": len(scripts)})
		}
		if err := tx.checkApplied(ctx, scripts[:version]); err != nil {
			return err
		}
		for i, s := range scripts[version:] {
			if err := tx.applySchema(ctx, s, version+i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

// schemaVersion is how many scripts made the database; 0 for an empty one.
func (t *Tx) schemaVersion(ctx context.Context) (int, error) {
	if t.db.Engine == Postgres {
		// Two nodes that start at once must not both create the tables: one waits as long as the other takes.
		for _, statement := range []string{`SET LOCAL lock_timeout = 0`, `SELECT pg_advisory_xact_lock(7205311)`} {
			if _, err := t.on.ExecContext(ctx, statement); err != nil {
				return 0, err
			}
		}
	}
	there, others, err := t.tables(ctx)
	if err != nil {
		return 0, err
	}
	if !there && others > 0 {
		return 0, fault.New(fault.Conflict, "db.foreign", nil)
	}
	for _, table := range []string{
		`CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL) {strict}`,
		`CREATE TABLE IF NOT EXISTS schema_script (version {int} PRIMARY KEY, digest TEXT NOT NULL) {strict}`,
	} {
		if _, err := t.on.ExecContext(ctx, Text(t.db.Engine, table)); err != nil {
			return 0, err
		}
	}
	var version int
	err = t.on.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_version`).Scan(&version)
	return version, err
}

// tables tells whether the database is one of ours, and how many other tables it has.
func (t *Tx) tables(ctx context.Context) (ours bool, others int, err error) {
	names := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if t.db.Engine == Postgres {
		names = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	rows, err := t.on.QueryContext(ctx, names)
	if err != nil {
		return false, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return false, 0, err
		}
		if name == "schema_version" {
			ours = true
		} else {
			others++
		}
	}
	return ours, others, rows.Err()
}

// checkApplied refuses a database that other scripts made than those of this program.
func (t *Tx) checkApplied(ctx context.Context, applied []script) error {
	for i, s := range applied {
		var digest string
		err := t.on.QueryRowContext(ctx, `SELECT COALESCE((SELECT digest FROM schema_script WHERE version = `+
			strconv.Itoa(i+1)+`), '')`).Scan(&digest)
		switch {
		case err != nil:
			return err
		case digest == "" && i == 0: // made before digests were kept
			err = t.checkFirst(ctx, s)
		case digest != s.digest:
			err = fault.New(fault.Conflict, "db.other_script", fault.Args{"script": s.name})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkFirst compares a database of the first version that has no digest with what the first script makes: that
// script was edited before it was released, and its version stayed the same.
func (t *Tx) checkFirst(ctx context.Context, first script) error {
	want, err := t.shapeOf(ctx, first)
	if err != nil {
		return err
	}
	is, err := t.shape(ctx)
	if err != nil {
		return err
	}
	for object, definition := range want {
		if is[object] != definition {
			return fault.New(fault.Conflict, "db.draft", fault.Args{"object": object})
		}
	}
	return t.keepDigest(ctx, first, 1)
}

func (t *Tx) keepDigest(ctx context.Context, s script, version int) error {
	_, err := t.on.ExecContext(ctx, `INSERT INTO schema_script (version, digest) VALUES (`+strconv.Itoa(version)+`, '`+s.digest+`')`)
	return err
}

func (t *Tx) applySchema(ctx context.Context, s script, version int) error {
	if err := t.runScript(ctx, t.on, s); err != nil {
		return err
	}
	if _, err := t.on.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES (`+strconv.Itoa(version)+`)`); err != nil {
		return err
	}
	return t.keepDigest(ctx, s, version)
}

func (t *Tx) runScript(ctx context.Context, on execer, s script) error {
	for _, statement := range strings.Split(rewrite(t.db.Engine, s.text), ";\n") {
		if strings.TrimSpace(withoutComments(statement)) == "" {
			continue
		}
		if _, err := on.ExecContext(ctx, statement); err != nil {
			return fault.New(fault.Internal, "fault.internal", fault.Args{"schema": s.name}).Because(err)
		}
	}
	return nil
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
