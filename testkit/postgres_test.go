package testkit

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestEnginesGivesEmptyDatabases(t *testing.T) {
	var urls []string
	for range 2 {
		Engines(t, func(t *testing.T, url string) {
			if strings.HasPrefix(url, "postgres://") {
				execute(t, url, `CREATE TABLE note (n int)`) // fails if it is there already
			}
			urls = append(urls, url)
		})
	}
	if len(urls) == 4 && (urls[0] == urls[2] || urls[1] == urls[3]) {
		t.Errorf("two tests share a database: %q", urls)
	}
}

func TestPostgresDatabaseIsDroppedAfterTheTest(t *testing.T) {
	var gone string
	t.Run("user", func(t *testing.T) { gone = PostgresURL(t) })
	if gone == "" {
		t.Skip("no PostgreSQL server")
	}
	if c, err := pgx.Connect(context.Background(), gone); err == nil {
		c.Close(context.Background())
		t.Errorf("%s still exists", gone)
	}
}
