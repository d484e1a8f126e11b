package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/testkit"
)

const (
	// soon is a limit that work without an end is sure to reach.
	soon = 100 * time.Millisecond
	// never gives no row however long it is asked; first gives some first, so long that PostgreSQL sends them.
	numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) `
	never   = numbers + `SELECT i FROM n WHERE i < 0`
	first   = numbers + `SELECT {sqlite:''}{postgres:repeat('x', 20000)} FROM n WHERE i <= 5 OR i < 0`
)

func within(t *testing.T, url string, l db.Limits) *db.DB {
	t.Helper()
	d, err := db.Open(db.Patience(context.Background(), 1e6), url, db.Within(l))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// forever reads until it is stopped; it says when it has begun.
func forever(ctx context.Context, began chan<- bool) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		n := 0
		return tx.Each(ctx, first, nil, func(scan func(...any) error) error {
			if n++; n == 1 {
				began <- true
			}
			return scan(new(string))
		})
	}
}

func one(ctx context.Context, query string) func(*db.Tx) error {
	return func(tx *db.Tx) error { return tx.Row(ctx, query).Scan(new(int64)) }
}

func expect(t *testing.T, err error, keys ...string) {
	t.Helper()
	var known *fault.Error
	if errors.As(err, &known) && known.Kind == fault.Busy && known.Wait() > 0 {
		for _, key := range keys {
			if known.Key == key {
				return
			}
		}
	}
	t.Errorf("%v, wanted %q", err, keys)
}

// A read that takes too long is broken off, before its first row and after it, and its connection is free again.
// On a busy machine connecting to PostgreSQL can already take the whole time.
func TestSlowReadIsBrokenOff(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d, ctx := within(t, url, db.Limits{Read: soon}), t.Context()
		for range 10 { // more than there are connections
			expect(t, d.Read(ctx, forever(ctx, make(chan bool, 1))), "db.slow_read", "db.unreachable")
			expect(t, d.Read(ctx, one(ctx, never)), "db.slow_read", "db.unreachable")
		}
		if err := d.Read(db.Patience(ctx, 1e6), one(ctx, `SELECT 1`)); err != nil {
			t.Error(err)
		}
	})
}

// Whoever goes away while a row is looked for ends the search.
func TestReadEndsWithItsContext(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := within(t, url, db.Limits{Read: time.Hour})
		for range 10 {
			ctx, leave := context.WithCancel(t.Context())
			began, ended := make(chan bool, 1), make(chan error, 1)
			go func() { ended <- d.Read(ctx, forever(ctx, began)) }()
			<-began
			leave()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	})
}

// Readers that never end leave sessions and keys, the other party and the writer their turns.
func TestSlowReadersStarveNobody(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := within(t, url, db.Limits{Read: time.Hour})
		slow, stop := context.WithCancel(db.For(t.Context(), id.ID(7)))
		began, ended := make(chan bool, 20), make(chan error, 20)
		for i := range 20 {
			read := d.Read
			if i%2 == 0 {
				read = d.ReadHeavy
			}
			go func() { ended <- read(slow, forever(slow, began)) }()
		}
		<-began
		<-began
		ctx := db.For(t.Context(), id.ID(8))
		for name, run := range map[string]func(context.Context, func(*db.Tx) error) error{
			"look up": d.Lookup, "another party reads": d.Read, "write": d.Write,
		} {
			if err := run(ctx, one(ctx, `SELECT 1`)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		stop()
		for range 20 {
			<-ended
		}
	})
}

// All turns taken, by whomever: sessions and keys do not wait, and who waits in vain is told so.
func TestLookupHasConnectionsOfItsOwn(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := within(t, url, db.Limits{Read: soon, Lookup: time.Hour})
		slow, stop := context.WithCancel(db.Patience(t.Context(), 1e6))
		began, ended := make(chan bool, 20), make(chan error, 20)
		for range 20 {
			go func() { ended <- d.Read(slow, forever(slow, began)) }()
		}
		for range 4 {
			<-began
		}
		if err := d.Lookup(t.Context(), one(t.Context(), `SELECT 1`)); err != nil {
			t.Error(err)
		}
		if d.Engine == db.SQLite { // its four turns are taken
			expect(t, d.Read(t.Context(), one(t.Context(), `SELECT 1`)), "fault.busy")
		}
		stop()
		for range 20 {
			<-ended
		}
	})
}

// A write that takes too long keeps nothing, and the next one is served.
func TestSlowWriteIsBrokenOff(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d, ctx := within(t, url, db.Limits{Write: soon}), t.Context()
		for _, stuck := range []func(*db.Tx) error{
			one(ctx, never),
			forever(ctx, make(chan bool, 1)),
		} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('half', '')`); err != nil {
					return err
				}
				return stuck(tx)
			})
			expect(t, err, "db.slow_write")
		}
		var n int
		err := d.Write(db.Patience(ctx, 1e6), func(tx *db.Tx) error {
			return tx.Row(ctx, `SELECT count(*) FROM setting WHERE name = 'half'`).Scan(&n)
		})
		if err != nil || n != 0 {
			t.Errorf("%d rows stayed, %v", n, err)
		}
	})
}

// What somebody else holds for ever is waited for only so long, and this is told from a database that is away.
func TestLockHeldForEver(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d, ctx := within(t, url, db.Limits{Write: 10 * soon}), t.Context()
		change := func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE setting SET value = value WHERE name = 'node'`)
			return err
		}
		held, release, ended := make(chan bool), make(chan bool), make(chan error)
		go func() {
			ended <- d.Write(db.Patience(ctx, 1e6), func(tx *db.Tx) error {
				err := change(tx)
				held <- true
				<-release
				return err
			})
		}()
		<-held
		err := d.Write(ctx, change)
		if d.Engine == db.Postgres {
			expect(t, err, "db.locked")
		} else {
			expect(t, err, "db.slow_write")
		}
		if locked := d.Engine == db.Postgres; db.IsLocked(err) != locked {
			t.Errorf("locked: %v", !locked)
		}
		close(release)
		if err := errors.Join(<-ended, d.Write(db.Patience(ctx, 1e6), change)); err != nil {
			t.Error(err)
		}
	})
}

// PostgreSQL that does not answer holds up nobody for longer than the limits; when it is back all goes on.
func TestFrozenDatabase(t *testing.T) {
	server := testkit.PostgresServer(t)
	d, ctx := within(t, server.URL("postgres"), db.Limits{Lookup: soon, Read: soon, Write: 3 * soon}), t.Context()
	runs := map[string]func(context.Context, func(*db.Tx) error) error{"look up": d.Lookup, "read": d.Read, "write": d.Write}
	for range 2 {
		if err := server.Freeze(); err != nil {
			t.Fatal(err)
		}
		for range 10 { // more than there are connections
			for _, run := range runs {
				expect(t, run(ctx, one(ctx, `SELECT 1`)), "db.unreachable", "db.slow_read", "db.slow_write")
			}
		}
		if err := server.Thaw(); err != nil {
			t.Fatal(err)
		}
		for name, run := range runs {
			for err := error(fault.New(fault.Busy, "", nil)); err != nil; {
				if err = run(ctx, one(ctx, `SELECT 1`)); fault.KindOf(err) != fault.Busy && err != nil {
					t.Fatal(name, err)
				}
			}
		}
	}
}

// A database that freezes in the middle of a commit says later that it was done: the answer promises nothing.
func TestCommitWithoutAnAnswer(t *testing.T) {
	server := testkit.PostgresServer(t)
	d, ctx := within(t, server.URL("postgres"), db.Limits{Write: 10 * soon}), t.Context()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('kept', '')`)
		return errors.Join(err, server.Freeze())
	})
	expect(t, err, "db.unknown")
	if err := server.Thaw(); err != nil {
		t.Fatal(err)
	}
	for n := 0; n == 0; {
		err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.Row(ctx, `SELECT count(*) FROM setting WHERE name = 'kept'`).Scan(&n)
		})
		if err != nil && fault.KindOf(err) != fault.Busy {
			t.Fatal(err)
		}
	}
}
