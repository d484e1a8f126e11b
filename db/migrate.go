package db

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"kizashi/fault"
)

//go:embed schema/*.sql
var schema embed.FS

// script is one step of the schema. Its number begins the name of its file; numbers may have gaps.
type script struct {
	number             int
	name, text, digest string
}

// readScripts are the steps by their numbers.
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
		number, err := numberOf(name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(raw)
		list[i] = script{number, name, string(raw), hex.EncodeToString(sum[:])}
	}
	slices.SortFunc(list, func(a, b script) int { return cmp.Compare(a.number, b.number) })
	for i := 1; i < len(list); i++ {
		if list[i].number == list[i-1].number {
			return nil, fmt.Errorf("%s and %s have one number", list[i-1].name, list[i].name)
		}
	}
	return list, nil
}

func numberOf(name string) (int, error) {
	digits, _, _ := strings.Cut(path.Base(name), "_")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 1 {
		return 0, fmt.Errorf("%s does not begin with its number", name)
	}
	return number, nil
}

// migrate brings the schema forward, script by script, in one transaction; it never goes back. It refuses a
// database of a newer program, of another program, and one whose tables are not those of its scripts.
func (d *DB) migrate(ctx context.Context, files fs.FS) error {
	scripts, err := readScripts(files)
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *Tx) error {
		applied, err := tx.applied(ctx)
		if err != nil {
			return err
		}
		if err := tx.checkApplied(ctx, applied, scripts); err != nil {
			return err
		}
		for _, s := range scripts {
			if _, done := applied[s.number]; done {
				continue
			}
			if err := tx.applySchema(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// applied are the digests of the scripts that made the database, by number; none for an empty one. A script of
// before digests were kept has "".
func (t *Tx) applied(ctx context.Context) (map[int]string, error) {
	if t.db.Engine == Postgres {
		// Two nodes that start at once must not both create the tables: one waits as long as the other takes.
		for _, statement := range []string{`SET LOCAL lock_timeout = 0`, `SELECT pg_advisory_xact_lock(7205311)`} {
			if _, err := t.on.ExecContext(ctx, statement); err != nil {
				return nil, err
			}
		}
	}
	if err := t.checkOurs(ctx); err != nil {
		return nil, err
	}
	for _, table := range []string{
		`CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL) {strict}`,
		`CREATE TABLE IF NOT EXISTS schema_script (version {int} PRIMARY KEY, digest TEXT NOT NULL) {strict}`,
	} {
		if _, err := t.on.ExecContext(ctx, Text(t.db.Engine, table)); err != nil {
			return nil, err
		}
	}
	rows, err := t.on.QueryContext(ctx, `SELECT v.version, COALESCE(s.digest, '') FROM schema_version v
		LEFT JOIN schema_script s ON s.version = v.version`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := map[int]string{}
	for rows.Next() {
		var number int
		var digest string
		if err := rows.Scan(&number, &digest); err != nil {
			return nil, err
		}
		list[number] = digest
	}
	return list, rows.Err()
}

// checkOurs refuses a database that has tables, but not ours.
func (t *Tx) checkOurs(ctx context.Context) error {
	names := sqliteTables
	if t.db.Engine == Postgres {
		names = postgresTables
	}
	return checkOurs(ctx, t.on, names)
}

// checkApplied refuses a database that other scripts made than those of this program.
func (t *Tx) checkApplied(ctx context.Context, applied map[int]string, scripts []script) error {
	last := scripts[len(scripts)-1].number
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(applied))) {
		switch {
		case number > last:
			return fault.New(fault.Conflict, "db.newer", fault.Args{"found": number, "known": last})
		case !slices.ContainsFunc(scripts, func(s script) bool { return s.number == number }):
			return fault.New(fault.Conflict, "db.other_script", fault.Args{"script": fmt.Sprintf("%04d", number)})
		}
	}
	for _, s := range scripts {
		digest, done := applied[s.number]
		switch {
		case !done || digest == s.digest:
		case digest == "" && s.number == 1:
			if err := t.checkFirst(ctx, s); err != nil {
				return err
			}
		default:
			return fault.New(fault.Conflict, "db.other_script", fault.Args{"script": s.name})
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
	if object := firstDifference(is, want); object != "" {
		return fault.New(fault.Conflict, "db.draft", fault.Args{"object": object})
	}
	return t.keepDigest(ctx, first)
}

func (t *Tx) keepDigest(ctx context.Context, s script) error {
	_, err := t.on.ExecContext(ctx, fmt.Sprintf(`INSERT INTO schema_script (version, digest) VALUES (%d, '%s')`, s.number, s.digest))
	return err
}

func (t *Tx) applySchema(ctx context.Context, s script) error {
	if err := t.runScript(ctx, t.on, s); err != nil {
		return err
	}
	if _, err := t.on.ExecContext(ctx, fmt.Sprintf(`INSERT INTO schema_version (version) VALUES (%d)`, s.number)); err != nil {
		return err
	}
	return t.keepDigest(ctx, s)
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
