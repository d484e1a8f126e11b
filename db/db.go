// Package db opens SQLite or PostgreSQL and runs one SQL text on both.
//
// Placeholders are $1, $2, …; where the engines differ, a text holds {sqlite:…}{postgres:…}.
// SQLite has one writer and readers beside it; PostgreSQL has pools. Every transaction has a limit in time.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/seal"
)

// DB is an open database.
type DB struct {
	Engine Engine
	Clock  *clock.Clock
	IDs    *id.Maker
	Seal   seal.Key // of the secrets in the database; set before the first use

	limits  Limits
	write   *sql.DB
	readers *readers
	lookups *readers
	heavy   *gate // of ReadHeavy
	signals signals
	writer  *writer       // SQLite only
	wal     *checkpointer // SQLite only
	closers []func() error
	path    string // SQLite only: of the file
	node    int    // the number of this process, see takeNode
}

// Open opens the database of a URL: "postgres://…" or "postgresql://…" for PostgreSQL, else the
// path of an SQLite file, made if absent. It brings the schema up to date and refuses a newer one.
func Open(ctx context.Context, url string, options ...Option) (*DB, error) {
	d := &DB{Clock: &clock.Clock{}}
	for _, o := range options {
		o(d)
	}
	open := d.openSQLite
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		open = d.openPostgres
	}
	if err := open(ctx, url); err != nil {
		return nil, fmt.Errorf("open database: %w", errors.Join(unusable(err), d.Close()))
	}
	if err := d.migrate(Patience(ctx, upgradePatience), schema); err != nil {
		return nil, errors.Join(unusable(err), d.Close())
	}
	if d.Engine == SQLite {
		d.path = url
	}
	node, err := d.takeNode(ctx)
	if err != nil {
		return nil, errors.Join(unusable(err), d.Close())
	}
	newest, err := d.newestID(ctx)
	if err != nil {
		return nil, errors.Join(unusable(err), d.Close())
	}
	d.node, d.IDs = node, id.NewMaker(node)
	d.IDs.After(newest)
	return d, nil
}

// Close finishes the background work and closes all connections.
func (d *DB) Close() error {
	var errs []error
	for _, c := range d.closers {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// Write runs f in one writing transaction with one reading of the clock. It commits if f returns nil.
// On PostgreSQL a deadlock or ErrMeanwhile runs f again, three times at most: f must not
// change anything outside the transaction but what it overwrites when it runs again.
//
// The error is Busy if it takes longer than its limit. Nothing is kept then, unless the time was up in the
// middle of PostgreSQL's commit: the key of that error is db.unknown, and whoever sends must be recognised
// when they send again.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	limit, end := limited(ctx, allowed(ctx, d.limits.write()))
	defer end()
	var err error
	for range 4 {
		if err = d.writeOnce(limit, ctx.Done(), f); !retryable(err) {
			break
		}
	}
	return broken(limit, err, slowWrite)
}

func (d *DB) writeOnce(ctx context.Context, outer <-chan struct{}, f func(*Tx) error) error {
	tx := &Tx{queries: queries{db: d}, ctx: ctx, outer: outer}
	run := tx.runPostgres
	if d.Engine == SQLite {
		run = tx.runSQLite
	}
	if err := run(f); err != nil {
		return err
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// What senders are told to wait, seconds: a disk is not emptied at once; a database that comes back must
// not meet all of them in the same moment, so that they wait from one second up to awayPause; who asked too
// much of it leaves it some time for others.
const (
	fullPause = 5
	awayPause = 3
	slowPause = 5
)

// Full is the error of a full disk with words for the reader.
func Full(err error) *fault.Error {
	return fault.New(fault.Busy, "db.full", fault.Args{"seconds": fullPause}).Because(err)
}

// explain gives the failures that an operator can mend their own words.
func explain(err error) error {
	var known *fault.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, errUnknown):
		return fault.New(fault.Busy, "db.unknown", fault.Args{"seconds": awaySeconds()}).Because(err)
	case IsFull(err):
		return Full(err)
	case IsLocked(err):
		return fault.New(fault.Busy, "db.locked", fault.Args{"seconds": awaySeconds()}).Because(err)
	case isDamaged(err):
		return fault.New(fault.Internal, "db.damaged", nil).Because(err)
	case isUnreachable(err):
		return unreachable().Because(err)
	}
	return err
}
