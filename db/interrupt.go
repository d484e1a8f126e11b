package db

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// interruptEvery is how often a connection is interrupted again: SQLite forgets an interruption that comes
// between two statements.
const interruptEvery = 10 * time.Millisecond

// handle is the address by which SQLite knows a connection.
type handle uintptr

// handleOf reads the handle of a connection from the driver, which keeps it to itself: by its own means it
// interrupts a query only until the first row.
func handleOf(conn *sql.Conn) (h handle, err error) {
	err = conn.Raw(func(driver any) error {
		v := reflect.ValueOf(driver)
		if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
			if f := v.Elem().FieldByName("db"); f.IsValid() && f.Kind() == reflect.Uintptr && f.Uint() != 0 {
				h = handle(f.Uint())
				return nil
			}
		}
		return errors.New("the SQLite driver hides its connection")
	})
	return h, err
}

// interruptAfter breaks off what runs on a connection once ctx ends, until stop is called. The connection
// must be open until stop returns.
func interruptAfter(ctx context.Context, h handle) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	release := context.AfterFunc(ctx, func() {
		defer close(ended)
		again := time.NewTicker(interruptEvery)
		defer again.Stop()
		for {
			h.interrupt()
			select {
			case <-done:
				return
			case <-again.C:
			}
		}
	})
	return func() {
		if !release() {
			close(done)
			<-ended
		}
	}
}

func (h handle) interrupt() {
	tls := libc.NewTLS()
	defer tls.Close()
	sqlite3.Xsqlite3_interrupt(tls, uintptr(h))
}
