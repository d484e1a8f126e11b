package db_test

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"strconv"
	"testing"

	"kizashi/arch"
	"kizashi/db"
	"kizashi/testkit"
)

// mostComposed is how many places put their text together at run time in a way that is not followed: their
// own tests run them on both engines. Fewer is better.
const mostComposed = 24 // nine of attach: app tries them on every table that is declared

// Every statement of the product is one that both engines understand: names, types, placeholders.
func TestEveryStatementPrepares(t *testing.T) {
	h, err := arch.Read(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	all := arch.Statements(h)
	var composed []string
	for _, s := range all {
		if len(s.Texts) == 0 {
			composed = append(composed, s.Place)
		}
	}
	if len(composed) > mostComposed {
		t.Errorf("%d of %d statements are composed at run time, at most %d: let constants say what they are, %v",
			len(composed), len(all), mostComposed, composed)
	}
	for driver, e := range map[string]db.Engine{"sqlite": db.SQLite, "pgx": db.Postgres} {
		t.Run(e.String(), func(t *testing.T) {
			pool := emptyDatabase(t, driver, e)
			for _, s := range all {
				for _, text := range s.Texts {
					if err := prepare(t.Context(), pool, e, db.Text(e, text)); err != nil {
						t.Errorf("%s: %v\n%s", s.Place, err, db.Text(e, text))
					}
				}
			}
		})
	}
}

// emptyDatabase is a database with the schema of this version.
func emptyDatabase(t *testing.T, driver string, e db.Engine) *sql.DB {
	t.Helper()
	url := testkit.SQLiteURL(t)
	if e == db.Postgres {
		url = testkit.PostgresURL(t)
	}
	d, err := db.Open(t.Context(), url)
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}

var placeholder = regexp.MustCompile(`\$(\d+)`)

// prepare lets the engine parse and check a text without running it. SQLite's driver does so only to run
// it: it explains the text. An empty text is for the other engine only.
func prepare(ctx context.Context, pool *sql.DB, e db.Engine, text string) error {
	if text == "" {
		return nil
	}
	if e == db.Postgres {
		s, err := pool.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		return s.Close()
	}
	most := 0
	for _, p := range placeholder.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(p[1]) // digits only
		most = max(most, n)
	}
	rows, err := pool.QueryContext(ctx, `EXPLAIN `+text, make([]any, most)...)
	if err != nil {
		return err
	}
	return rows.Close()
}
