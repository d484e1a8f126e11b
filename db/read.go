package db

import (
	"context"
	"database/sql"

	"kizashi/fault"
)

// readers are connections that only read. The gate has a turn for each transaction.
type readers struct {
	pool  *sql.DB
	gate  *gate
	stmts stmtCache // SQLite only
}

// Read runs f in one reading transaction: all its queries see the same moment. The error is Busy if it
// takes longer than its limit; its connection is then free again.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	limit, end := limited(ctx, allowed(ctx, d.limits.read()))
	defer end()
	return d.readOn(limit, d.readers, slowRead, ctx.Done(), f)
}

// ReadHeavy is Read for queries that may go through a large part of the database, as rules about events do.
// Few of them run at once, one of each party, so that they leave time to the others and to the writer.
func (d *DB) ReadHeavy(ctx context.Context, f func(*Tx) error) error {
	wait, end := limited(ctx, allowed(ctx, d.limits.read()))
	defer end()
	leave, err := d.heavy.enter(wait)
	if err != nil {
		return broken(wait, err, busy)
	}
	defer leave()
	return d.Read(ctx, f)
}

// Lookup is Read for what finds a row or two by its key, and on which all else depends: sessions, keys, the
// health of the database. It has connections and a limit of its own, so that it never waits for other reads.
func (d *DB) Lookup(ctx context.Context, f func(*Tx) error) error {
	limit, end := limited(ctx, d.limits.lookup())
	defer end()
	return d.readOn(limit, d.lookups, unreachable, ctx.Done(), f)
}

func (d *DB) readOn(ctx context.Context, r *readers, slow func() *fault.Error, outer <-chan struct{}, f func(*Tx) error) error {
	leave, err := r.gate.enter(ctx)
	if err != nil {
		return broken(ctx, err, busy)
	}
	defer leave()
	tx := &Tx{queries: queries{db: d, cache: &r.stmts}, from: r.pool, ctx: ctx, outer: outer}
	if d.Engine == SQLite {
		return broken(ctx, tx.readSQLite(f), slow)
	}
	began, err := tx.readPostgres(f)
	if !began {
		slow = unreachable
	}
	return broken(ctx, err, slow)
}

func (t *Tx) readPostgres(f func(*Tx) error) (began bool, err error) {
	conn, inner, err := beginOn(t.ctx, t.from, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return false, err
	}
	defer conn.Close()
	defer func() { _ = inner.Rollback() }()
	t.on, t.tx, t.Now = inner, inner, t.db.Clock.Now()
	return true, f(t)
}

// readSQLite watches the time itself, and gives the driver a context that never ends: the driver looks at one
// only until the first row, and database/sql waits for the next row before it looks.
func (t *Tx) readSQLite(f func(*Tx) error) error {
	conn, err := t.from.Conn(t.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	inner, err := conn.BeginTx(context.WithoutCancel(t.ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = inner.Rollback() }()
	handle, err := handleOf(conn)
	if err != nil {
		return err
	}
	defer interruptAfter(t.ctx, handle)()
	t.on, t.tx, t.Now = inner, inner, t.db.Clock.Now()
	return f(t)
}
