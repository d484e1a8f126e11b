package db

import (
	"bytes"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"kizashi/testkit"
)

// Nodes that start at once bring a database forward once, an empty one as well as one of the first version.
func TestNodesThatStartAtOnceMigrateOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		formerly(t, url, scripts(t)[0].text)
		openedAtOnce(t, url)
	})
	testkit.Engines(t, openedAtOnce)
}

func openedAtOnce(t *testing.T, url string) {
	t.Helper()
	const nodes = 4
	opened := make(chan error, nodes)
	for range nodes {
		go func() {
			d, err := Open(t.Context(), url)
			if err == nil {
				err = d.Close()
			}
			opened <- err
		}()
	}
	for range nodes {
		if err := <-opened; err != nil {
			t.Error(err)
		}
	}
	d, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var made int
	err = d.Read(t.Context(), func(tx *Tx) error { return tx.Row(t.Context(), `SELECT COUNT(*) FROM schema_version`).Scan(&made) })
	if err != nil || made != len(scripts(t)) {
		t.Errorf("%d scripts were run, want %d: %v", made, len(scripts(t)), err)
	}
}

// A script whose number lies between those that a database has is applied, too; one that the program does not have
// is refused.
func TestNumbersMayHaveGaps(t *testing.T) {
	later := nextVersion(t, "CREATE TABLE late (id {pk}) {strict};\n")
	both := nextVersion(t, "CREATE TABLE late (id {pk}) {strict};\n")
	both["schema/5000_between.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE between_two (id {pk}) {strict};\n")}
	testkit.Engines(t, func(t *testing.T, url string) {
		d := filled(t, url)
		defer d.Close()
		for _, files := range []fstest.MapFS{later, both, both} {
			if err := d.migrate(t.Context(), files); err != nil {
				t.Fatal(err)
			}
		}
		err := d.Write(t.Context(), func(tx *Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO between_two (id) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM late)`)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		wants(t, d.migrate(t.Context(), later), "db.other_script")
	})
}

func TestScriptsHaveNumbersOfTheirOwn(t *testing.T) {
	for _, names := range [][]string{{"0001_a", "0001_b"}, {"a"}, {"0000_a"}} {
		files := fstest.MapFS{}
		for _, name := range names {
			files["schema/"+name+".sql"] = &fstest.MapFile{}
		}
		if _, err := readScripts(files); err == nil {
			t.Errorf("%q are taken", names)
		}
	}
}

// What an administrator has added beside the tables of the first version is no reason to refuse it.
func TestFirstVersionWithObjectsOfItsOwnersIsUpgraded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		formerly(t, url, scripts(t)[0].text)
		other(t, url, `CREATE INDEX our_report ON lead (created_at, id)`, `CREATE TABLE our_notes (id int)`)
		d, err := Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}

// other runs statements as another program does.
func other(t *testing.T, url string, statements ...string) {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(url, "postgres") {
		driver = "pgx"
	}
	pool, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := pool.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}

// Another program's database is refused and stays as it was, also one that counts its versions as ours does.
func TestForeignDatabaseIsRefused(t *testing.T) {
	for _, tables := range [][]string{
		{`CREATE TABLE wp_posts (id int)`},
		{`CREATE TABLE schema_version (version text)`, `INSERT INTO schema_version VALUES ('1.0')`, `CREATE TABLE lead (id int)`},
	} {
		testkit.Engines(t, func(t *testing.T, url string) {
			other(t, url, tables...)
			before, _ := os.ReadFile(url) // of SQLite
			_ = os.Chmod(url, 0o640)
			refused(t, url, "db.foreign")
			if strings.HasPrefix(url, "postgres") {
				return
			}
			after, err := os.ReadFile(url)
			info, bad := os.Stat(url)
			if err := errors.Join(err, bad); err != nil || !bytes.Equal(before, after) || info.Mode().Perm() != 0o640 {
				t.Errorf("another program's file was changed: %v", err)
			}
		})
	}
}

// Hosts of PostgreSQL put views and tables of extensions into new databases.
func TestExtensionsAreNoForeignTables(t *testing.T) {
	url := testkit.PostgresURL(t)
	other(t, url, `CREATE VIEW pg_stat_ours AS SELECT 1 AS n`)
	d, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoDatabaseIsRefused(t *testing.T) {
	folder := t.TempDir()
	noise := filepath.Join(folder, "noise.db")
	if err := os.WriteFile(noise, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, noise, "db.not_a_database")
	refused(t, folder, "db.read_only")
	refused(t, filepath.Join(noise, "k.db"), "db.read_only")
	refused(t, damaged(t, folder, 1), "db.damaged")
}

// damaged is the file of a database whose pages from one on are overwritten.
func damaged(t *testing.T, folder string, from int) string {
	t.Helper()
	path := filepath.Join(folder, "damaged.db")
	if err := filled(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := max((from-1)*pageSize, 100); i < len(raw); i++ { // behind the header
		raw[i] = 0xff
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Damage that only shows later is told in the same words.
func TestDamageBehindTheFirstPagesIsNamed(t *testing.T) {
	path := damaged(t, t.TempDir(), 60)
	d, err := Open(t.Context(), path)
	if err == nil {
		defer d.Close()
		err = d.Read(t.Context(), func(tx *Tx) error {
			return tx.Each(t.Context(), `PRAGMA integrity_check`, nil, func(scan func(...any) error) error {
				var text string
				if err := scan(&text); err != nil || text == "ok" {
					return err
				}
				return tx.Each(t.Context(), `SELECT * FROM lead, event, setting, company, task, job`, nil, func(func(...any) error) error { return nil })
			})
		})
	}
	wants(t, err, "db.damaged")
}

func TestRefusalsOfPostgresHaveWords(t *testing.T) {
	server := testkit.PostgresURL(t)
	other(t, server, `CREATE ROLE plain LOGIN`)
	t.Cleanup(func() { other(t, server, `DROP ROLE plain`) })
	for key, change := range map[string]func(*url.URL){
		"db.no_database": func(u *url.URL) { u.Path = "/nowhere" },
		"db.wrong_login": func(u *url.URL) { u.User = url.User("nobody_here") },
		"db.no_right":    func(u *url.URL) { u.User = url.User("plain") },
		"db.bad_url":     func(u *url.URL) { u.RawQuery = "sslmode=perhaps" },
	} {
		u, err := url.Parse(server)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		refused(t, u.String(), key)
	}
}
