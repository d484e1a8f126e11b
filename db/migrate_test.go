package db

import (
	"errors"
	"testing"
	"testing/fstest"

	"kizashi/fault"
	"kizashi/testkit"
)

// nextVersion is the schema with one script more, as the next release might bring it.
func nextVersion(t *testing.T, script string) fstest.MapFS {
	t.Helper()
	first, err := schema.ReadFile("schema/0001_start.sql")
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"schema/0001_start.sql": {Data: first}, "schema/0002_next.sql": {Data: []byte(script)}}
}

// filled is a database of the released version with a row of state, of the log and of settings; the caller closes it.
func filled(t *testing.T, url string) *DB {
	t.Helper()
	ctx := t.Context()
	d, err := Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *Tx) error {
		for _, statement := range []string{
			`INSERT INTO setting (name, value) VALUES ('kept', 'as it was')`,
			`INSERT INTO lead (id, name, created_at, updated_at) VALUES (7, '山田 太郎', 1, 1)`,
			`INSERT INTO event (id, at, lead, who, kind, props) VALUES (8, 1, 7, 7, 1, '{"a":1}')`,
		} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A filled database of the former version is brought forward and keeps what it holds; the former program
// then refuses it in words that say what to do.
func TestUpgradeKeepsTheData(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := t.Context(), filled(t, url)
		next := nextVersion(t, `-- version 2
ALTER TABLE lead ADD COLUMN nick TEXT NOT NULL DEFAULT 'たろう';
CREATE TABLE extra (id {pk}, name TEXT NOT NULL) {strict};
INSERT INTO extra (id, name) SELECT id, name FROM lead;
`)
		for range 2 { // the second time there is nothing to do
			if err := d.migrate(ctx, next); err != nil {
				t.Fatal(err)
			}
		}
		var nick, name, props, kept string
		err := d.Read(ctx, func(tx *Tx) error {
			return tx.Row(ctx, `SELECT l.nick, x.name, e.props, s.value FROM lead l JOIN extra x ON x.id = l.id
				JOIN event e ON e.lead = l.id JOIN setting s ON s.name = 'kept'`).Scan(&nick, &name, &props, &kept)
		})
		if err != nil || nick != "たろう" || name != "山田 太郎" || props != `{"a":1}` || kept != "as it was" {
			t.Fatalf("%q %q %q %q %v", nick, name, props, kept, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = Open(ctx, url)
		var known *fault.Error
		if !errors.As(err, &known) || known.Key != "db.newer" || known.Args["found"] != 2 || known.Args["known"] != 1 {
			t.Errorf("a newer database: %v", err)
		}
	})
}

// A script that fails leaves the former version whole.
func TestFailedUpgradeChangesNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := t.Context(), filled(t, url)
		err := d.migrate(ctx, nextVersion(t, "CREATE TABLE extra (id {pk}) {strict};\nINSERT INTO nowhere VALUES (1);\n"))
		if err == nil {
			t.Fatal("a script that fails was taken")
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		err = again.Write(ctx, func(tx *Tx) error {
			_, err := tx.Exec(ctx, `CREATE TABLE extra (id {pk})`)
			return err
		})
		if err != nil {
			t.Errorf("something of the failed script is there: %v", err)
		}
	})
}
