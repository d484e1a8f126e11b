package db

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"kizashi/fault"
)

// What an operator can mend has its own words, and senders are told to come again.
func TestFailuresOfTheDatabaseAreNamed(t *testing.T) {
	for _, c := range []struct {
		err error
		key string
	}{
		{&pgconn.PgError{Code: "53100"}, "db.full"},
		{fmt.Errorf("write: %w", syscall.ENOSPC), "db.full"},
		{&pgconn.PgError{Code: "57P01"}, "db.unreachable"}, // an operator stops PostgreSQL
		{&pgconn.PgError{Code: "57P03"}, "db.unreachable"}, // it starts
		{&pgconn.PgError{Code: "08006"}, "db.unreachable"},
		{fmt.Errorf("commit: %w", io.ErrUnexpectedEOF), "db.unreachable"},
		{errors.Join(errors.New("query"), pgconn.ErrConnClosed), "db.unreachable"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "db.unreachable"},
		{driver.ErrBadConn, "db.unreachable"},
		{&pgconn.PgError{Code: "23505"}, ""},
		{errors.New("a mistake of ours"), ""},
	} {
		err := explain(c.err)
		var known *fault.Error
		if c.key == "" {
			if errors.As(err, &known) {
				t.Errorf("%v became %s", c.err, known.Key)
			}
			continue
		}
		if !errors.As(err, &known) || known.Kind != fault.Busy || known.Key != c.key || !errors.Is(err, c.err) {
			t.Errorf("%v became %v, not %s", c.err, err, c.key)
		}
	}
}

// A full disk is not emptied at once; a database that comes back is not met by everybody in one moment.
func TestSendersAreToldHowLongToWait(t *testing.T) {
	waits := map[any]bool{}
	for range 200 {
		waits[secondsOf(t, explain(driver.ErrBadConn))] = true
	}
	if len(waits) != 3 || !waits[1] || !waits[2] || !waits[3] {
		t.Errorf("an absent database: %v", waits)
	}
	if got := secondsOf(t, explain(syscall.ENOSPC)); got != 5 {
		t.Errorf("a full disk: %v", got)
	}
}

func secondsOf(t *testing.T, err error) any {
	t.Helper()
	var known *fault.Error
	if !errors.As(err, &known) {
		t.Fatalf("%v has no words", err)
	}
	return known.Args["seconds"]
}
