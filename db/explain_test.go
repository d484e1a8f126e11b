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
