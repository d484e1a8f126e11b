package db

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/testkit"
)

// nextVersion is the schema with one script more, as the next release might bring it.
func nextVersion(t *testing.T, script string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"schema/9999_next.sql": {Data: []byte(script)}}
	for _, s := range scripts(t) {
		files[s.name] = &fstest.MapFile{Data: []byte(s.text)}
	}
	return files
}

func scripts(t *testing.T) []script {
	t.Helper()
	list, err := readScripts(schema)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func lastOf(list []script) int { return list[len(list)-1].number }

// released are the scripts that databases of customers were made with: they never change. A new script gets its
// line when it is released.
var released = map[string]string{
	"schema/0001_start.sql":      "554665f371c967d86ed3846526da386e418cd80b384ca495008eb341ecb7ea8b",
	"schema/0002_standing.sql":   "acd8f343c4b66ff8d21ff98edc46ead00ac422a14dab0888d5860bf73ae6ce3e",
	"schema/0003_takeback.sql":   "fd2fa31b8b7dc2354e79334ee9f71ecf0b4dcd281a79f48f1adde949e30db08d",
	"schema/0004_checkpoint.sql": "7674d4642a4daf45d777e1dc123dd415bb3c496bc4cde070e9ae5f11d109496b",
	"schema/0005_erasure.sql":    "4fc64d8e477802d367288329f48d9bfc3bce0a28ea639e9df71309a5fa28ebe4",
	"schema/0006_lead_work.sql":  "65b42916336808f06c626ac0ca68ca79a41fccf346b790339cfc27065d11bb9d",
}

func TestReleasedScriptsNeverChange(t *testing.T) {
	for _, s := range scripts(t) {
		if released[s.name] != s.digest {
			t.Errorf("%s has the digest %s: a released script never changes, write a new one", s.name, s.digest)
		}
	}
}

// formerly opens a database as the first version left it: without digests.
func formerly(t *testing.T, url, text string) {
	t.Helper()
	d := &DB{Clock: &clock.Clock{}}
	open := d.openSQLite
	if strings.HasPrefix(url, "postgres") {
		open = d.openPostgres
	}
	if err := open(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	err := d.Write(t.Context(), func(tx *Tx) error {
		if _, err := tx.applied(t.Context()); err != nil {
			return err
		}
		if err := tx.applySchema(t.Context(), script{number: 1, name: "first", text: text}); err != nil {
			return err
		}
		for _, statement := range []string{
			`DROP TABLE schema_script`,
			`INSERT INTO lead (id, name, props, created_at, updated_at, owner, touched_at, next_at, answer_by)
				VALUES (7, '山田 太郎', '{"a":"b"}', 1, 1, 5, 11, 12, 13)`,
			`INSERT INTO lead (id, name, created_at, updated_at) VALUES (9, 'nobody''s', 1, 1)`,
			`INSERT INTO event (id, at, lead, who, kind, props) VALUES (8, 1, 7, 7, 1, '{"a":1}')`,
		} {
			if _, err := tx.on.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
}

// A database of the first version, which kept no digests, is brought forward with all that it holds.
func TestFirstVersionIsUpgraded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		formerly(t, url, scripts(t)[0].text)
		for range 2 {
			d, err := Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			var name, known, work string
			var door int
			err = d.Read(t.Context(), func(tx *Tx) error {
				err := tx.Row(t.Context(), `SELECT l.name, l.known, e.door FROM lead l JOIN event e ON e.lead = l.id`).Scan(&name, &known, &door)
				return errors.Join(err, tx.Row(t.Context(), `SELECT lead || ' ' || owner || ' ' || touched_at || ' ' || next_at
					|| ' ' || answer_by FROM lead_work`).Scan(&work))
			})
			if err != nil || name != "山田 太郎" || known == "" || door != 0 || work != "7 5 11 12 13" {
				t.Errorf("%q %q %d %q %v", name, known, door, work, err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// The first script was edited before it was released: what such a script made is refused in words.
func TestDraftsOfTheFirstVersionAreRefused(t *testing.T) {
	first := scripts(t)[0].text
	for _, edit := range [][2]string{
		{"  rank_set {int} NOT NULL DEFAULT 0, -- the rank was set by hand\n", ""},
		{"CREATE INDEX lead_kana ON lead (company, kana_key) WHERE company <> 0 AND kana_key <> '';\n", ""},
		{"WHERE cools_at <> 0;", ";"},
		{"rows_unowned {int} NOT NULL DEFAULT 0, ", ""},
		{"expires_at {int} NOT NULL DEFAULT 0, used_at {int} NOT NULL DEFAULT 0\n", "expires_at {int} NOT NULL DEFAULT 0\n"},
		{"CREATE TABLE heat_mark (", "CREATE TABLE heat_mark ( spare {int} NOT NULL DEFAULT 0, "},
	} {
		if !strings.Contains(first, edit[0]) {
			t.Fatalf("the first script has no %q", edit[0])
		}
		testkit.Engines(t, func(t *testing.T, url string) {
			formerly(t, url, strings.Replace(first, edit[0], edit[1], 1))
			refused(t, url, "db.draft")
		})
	}
}

// refused wants an error with words.
func refused(t *testing.T, url, key string) {
	t.Helper()
	d, err := Open(t.Context(), url)
	if err == nil {
		err = d.Close()
	}
	wants(t, err, key)
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	var known *fault.Error
	if !errors.As(err, &known) || known.Key != key {
		t.Errorf("want %s, got %v", key, err)
	}
}

func TestAnotherScriptsDatabaseIsRefused(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := filled(t, url)
		err := d.Write(t.Context(), func(tx *Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE schema_script SET digest = 'x' WHERE version = 2`)
			return err
		})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		refused(t, url, "db.other_script")
	})
}

// Nobody else reads the database, whatever the folder and the umask allow.
func TestFilesArePrivate(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "k.db")
	for range 2 {
		d := filledOnce(t, path)
		if err := d.Backup(t.Context(), filepath.Join(folder, "backup.db")); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s is %v %v", f.Name(), info.Mode(), err)
			}
		}
		if err := errors.Join(d.Close(), os.Remove(filepath.Join(folder, "backup.db")), os.Chmod(path, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

func filledOnce(t *testing.T, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return d
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
		if !errors.As(err, &known) || known.Key != "db.newer" || known.Args["found"] != 9999 || known.Args["known"] != lastOf(scripts(t)) {
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
