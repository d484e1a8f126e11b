package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// The connections of one node, at most.
const (
	postgresWriters = 8
	postgresReaders = 8
)

func (d *DB) openPostgres(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	// A statement kept across a change of the schema would fail once; a bounded cache is refilled.
	config.StatementCacheCapacity = maxStatements
	d.Engine = Postgres
	d.write = d.postgresPool(*config, postgresWriters, pointedly)
	d.read = d.postgresPool(*config, postgresReaders, plainly)
	return d.write.PingContext(ctx)
}

func (d *DB) postgresPool(config pgx.ConnConfig, conns int, begin string) *sql.DB {
	pool := stdlib.OpenDB(config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, begin)
		return err
	}))
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	d.closers = append(d.closers, pool.Close)
	return pool
}

// How connections begin.
const (
	// Compiling a query takes longer than any of ours, and begins where the planner expects much.
	plainly = `SET jit = off`
	// Whatever a writing transaction asks for is found by an index. A plan made while a table is small, or
	// before its statistics are, would read all of it; and it is kept while an import makes a million rows of it.
	pointedly = plainly + `; SET enable_seqscan = off`
)

// runPostgres runs f in a transaction on a connection of the pool.
func (t *Tx) runPostgres(ctx context.Context, f func(*Tx) error) error {
	conn, err := t.db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	inner, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = inner.Rollback() }() // also when f panics; after a commit it does nothing
	t.on, t.conn, t.Now = inner, conn, t.db.Clock.Now()
	if err := f(t); err != nil {
		return errors.Join(err, ignoreDone(inner.Rollback()))
	}
	return inner.Commit()
}

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// ErrMeanwhile is given by a transaction that finds out late that another one has changed, since it looked,
// what it builds on: Write runs it again.
var ErrMeanwhile = errors.New("changed by another transaction meanwhile")

// retryable tells failures after which nothing was written and the same work may succeed.
func retryable(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01" || errors.Is(err, ErrMeanwhile)
}

// IsUnique tells that a row with the same key was there already.
func IsUnique(err error) bool {
	code := sqliteCode(err)
	return code == sqliteUnique || code == sqlitePK || pgCode(err) == "23505"
}

// IsFull tells that a disk or a quota is full.
func IsFull(err error) bool {
	return sqliteCode(err)&0xff == sqliteFull || pgCode(err) == "53100" ||
		errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// isUnreachable tells that PostgreSQL is away or going: the work may be sent again later. A connection
// that breaks in the middle of an answer, even that to a commit, is an unexpected end.
func isUnreachable(err error) bool {
	var netErr net.Error
	code := pgCode(err)
	return errors.As(err, &netErr) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08")
}
