package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
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
	postgresLookups = 4
	// postgresHeavy is how many heavy reads of a node run at once: the others are for lists and pages.
	postgresHeavy = 4
)

const (
	// connectTime bounds how long a connection takes to open, where the URL does not.
	connectTime = 5 * time.Second
	// idleTime is after how long PostgreSQL ends a transaction of a node that has fallen silent, so that the
	// leads it has locked are free for the other nodes.
	idleTime = 2 * time.Minute
)

func (d *DB) openPostgres(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	// A statement kept across a change of the schema would fail once; a bounded cache is refilled.
	config.StatementCacheCapacity = maxStatements
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTime)
	d.Engine = Postgres
	d.write = d.postgresPool(*config, postgresWriters, d.pointedly())
	pool := d.postgresPool(*config, postgresReaders, plainly)
	d.readers = &readers{pool: pool, gate: newGate(postgresReaders, postgresReaders/2)}
	pool = d.postgresPool(*config, postgresLookups, plainly)
	d.lookups = &readers{pool: pool, gate: newGate(postgresLookups, postgresLookups)}
	d.heavy = newGate(postgresHeavy, 1)
	ctx, end := limited(ctx, allowed(ctx, d.limits.write()))
	defer end()
	return broken(ctx, d.write.PingContext(ctx), unreachable)
}

func (d *DB) postgresPool(config pgx.ConnConfig, conns int, begin string) *sql.DB {
	pool := stdlib.OpenDB(config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		ctx, end := context.WithTimeout(ctx, connectTime) // database/sql opens some of them under no limit
		defer end()
		_, err := conn.Exec(ctx, begin)
		return err
	}))
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	d.closers = append(d.closers, pool.Close)
	return pool
}

// plainly is how connections begin: compiling a query takes longer than any of ours, and begins where the
// planner expects much.
const plainly = `SET jit = off`

// pointedly is how those that write begin. Whatever a writing transaction asks for is found by an index. A
// plan made while a table is small, or before its statistics are, would read all of it; and it is kept while
// an import makes a million rows of it. A row that somebody else holds is waited for a third of the limit, so
// that this is told from a database that does not answer.
func (d *DB) pointedly() string {
	return fmt.Sprintf(`%s; SET enable_seqscan = off; SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d`,
		plainly, max(1, d.limits.write().Milliseconds()/3), idleTime.Milliseconds())
}

// runPostgres runs f in a transaction on a connection of the pool.
func (t *Tx) runPostgres(f func(*Tx) error) error {
	conn, inner, err := beginOn(t.ctx, t.db.write, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer func() { _ = inner.Rollback() }() // also when f panics; after a commit it does nothing
	t.on, t.conn, t.Now = inner, conn, t.db.Clock.Now()
	if err := f(t); err != nil {
		return errors.Join(err, ignoreDone(inner.Rollback()))
	}
	if err := t.ctx.Err(); err != nil {
		return err
	}
	return outcome(inner.Commit())
}

// maxStale is how many connections that PostgreSQL has left meanwhile a transaction tries: more than a pool holds.
const maxStale = 64

// beginOn begins a transaction on a connection of a pool. After PostgreSQL was started again the pool still holds
// connections of before: each shows that only when it is used, and is no reason to say that the database is away.
func beginOn(ctx context.Context, pool *sql.DB, options *sql.TxOptions) (conn *sql.Conn, tx *sql.Tx, err error) {
	for range maxStale {
		if conn, err = pool.Conn(ctx); err != nil {
			return nil, nil, err
		}
		if tx, err = conn.BeginTx(ctx, options); err == nil {
			return conn, tx, nil
		}
		_ = conn.Close() // what counts is why the transaction did not begin
		if !isStale(err) || ctx.Err() != nil {
			break
		}
	}
	return nil, nil, err
}

// isStale tells that a connection was good once and is not any more; that none can be made is another thing.
func isStale(err error) bool {
	var dial *pgconn.ConnectError
	return isUnreachable(err) && !errors.As(err, &dial)
}

// errUnknown tells that PostgreSQL was asked to commit and did not say whether it has.
var errUnknown = errors.New("whether the transaction was committed is not known")

// outcome of a commit: unless PostgreSQL itself refuses it, a failure leaves open what became of it.
func outcome(err error) error {
	if err == nil || pgCode(err) != "" || errors.Is(err, pgx.ErrTxCommitRollback) {
		return err
	}
	return fmt.Errorf("%w: %w", errUnknown, err)
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

const pgCanceled = "57014"

// IsLocked tells that somebody else held a row, or another lock, for too long. The work may be sent again;
// other work goes on.
func IsLocked(err error) bool { return pgCode(err) == "55P03" }

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
