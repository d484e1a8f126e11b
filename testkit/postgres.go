// Package testkit gives tests real databases. Only tests import it.
package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"kizashi/testkit/pg"
)

// Engines runs a store test once on SQLite and once on PostgreSQL; url is what db.Open takes,
// of an empty database that is gone after the test.
func Engines(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLiteURL(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, PostgresURL(t)) })
}

// SQLiteURL is the path of an SQLite file that does not exist yet, in a folder of this test.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "kizashi.db")
}

// PostgresURL is a new empty database, dropped after the test. Where no server is named and none
// can be started, the test is skipped.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server, err := serverURL()
	if errors.Is(err, pg.ErrMissing) {
		t.Skipf("%v, or set %s", err, pg.Variable)
	}
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", pg.Variable, err)
	}
	name := "kizashi_" + strings.ToLower(rand.Text())
	// template0 takes no connections, so parallel tests can copy it at the same time.
	execute(t, server, "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() { execute(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// PostgresServer is a server of this test alone, durable as in production, to stop and start.
func PostgresServer(t testing.TB) *pg.Server {
	t.Helper()
	s, err := pg.New(pg.Durable)
	if errors.Is(err, pg.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// serverURL is the named server, or one that lives as long as this process.
func serverURL() (string, error) {
	if named := os.Getenv(pg.Variable); named != "" {
		return named, nil
	}
	s, err := ownServer()
	if err != nil {
		return "", err
	}
	return s.URL("postgres"), nil
}

// ownServer keeps the server itself: were it collected, its pipe would close, and its reaper would stop it.
var ownServer = sync.OnceValues(func() (*pg.Server, error) { return pg.New() })

func execute(t testing.TB, server, statement string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
