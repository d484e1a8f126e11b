// Package db opens SQLite or PostgreSQL and runs one SQL text on both.
//
// Placeholders are $1, $2, …; where the engines differ, a text holds {sqlite:…}{postgres:…}.
// SQLite has one writer and a pool of readers; PostgreSQL has one pool.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
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

	write, read *sql.DB
	stmts       stmtCache // of the readers
	signals     signals
	writer      *writer       // SQLite only
	wal         *checkpointer // SQLite only
	readTurns   chan struct{} // SQLite only: one for each transaction that may read
	closers     []func() error
	path        string // SQLite only: of the file
}

// Open opens the database of a URL: "postgres://…" or "postgresql://…" for PostgreSQL, else the
// path of an SQLite file, made if absent. It brings the schema up to date and refuses a newer one.
func Open(ctx context.Context, url string) (*DB, error) {
	d := &DB{Clock: &clock.Clock{}}
	open := d.openSQLite
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		open = d.openPostgres
	}
	if err := open(ctx, url); err != nil {
		return nil, fmt.Errorf("open database: %w", errors.Join(unusable(err), d.Close()))
	}
	if err := d.migrate(ctx, schema); err != nil {
		return nil, errors.Join(unusable(err), d.Close())
	}
	node, err := d.nodeNumber(ctx)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.IDs = id.NewMaker(node)
	if d.Engine == SQLite {
		d.path = url
		if err := d.holdNode(url, node); err != nil {
			return nil, errors.Join(unusable(err), d.Close())
		}
	}
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

// nodeNumber gives each process that opens the database the next number, so that no two make the same id.
func (d *DB) nodeNumber(ctx context.Context) (int, error) {
	var n int
	err := d.Write(ctx, func(tx *Tx) error {
		return tx.Row(ctx, `INSERT INTO setting (name, value) VALUES ('node', '1')
			ON CONFLICT (name) DO UPDATE SET value = CAST((CAST(setting.value AS {int}) + 1) % 1024 AS TEXT)
			RETURNING CAST(value AS {int})`).Scan(&n)
	})
	return n, err
}

// Write runs f in one writing transaction with one reading of the clock. It commits if f returns nil.
// On PostgreSQL a deadlock or ErrMeanwhile runs f again, three times at most: f must not
// change anything outside the transaction but what it overwrites when it runs again.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	var err error
	for range 4 {
		if err = d.writeOnce(ctx, f); !retryable(err) {
			break
		}
	}
	return explain(err)
}

func (d *DB) writeOnce(ctx context.Context, f func(*Tx) error) error {
	tx := &Tx{queries: queries{db: d}}
	run := tx.runPostgres
	if d.Engine == SQLite {
		run = tx.runSQLite
	}
	if err := run(ctx, f); err != nil {
		return err
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}

// Read runs f in one reading transaction: all its queries see the same moment.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if d.readTurns != nil {
		select {
		case d.readTurns <- struct{}{}:
			defer func() { <-d.readTurns }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	inner, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: d.readIsolation()})
	if err != nil {
		return explain(err)
	}
	tx := &Tx{queries: queries{db: d, on: inner, cache: &d.stmts}, tx: inner, Now: d.Clock.Now()}
	defer func() { _ = inner.Rollback() }()
	return explain(f(tx))
}

func (d *DB) readIsolation() sql.IsolationLevel {
	if d.Engine == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// What senders are told to wait, seconds: a disk is not emptied at once; a database that comes back must
// not meet all of them in the same moment, so that they wait from one second up to awayPause.
const (
	fullPause = 5
	awayPause = 3
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
	case IsFull(err):
		return Full(err)
	case isUnreachable(err):
		return fault.New(fault.Busy, "db.unreachable", fault.Args{"seconds": 1 + rand.IntN(awayPause)}).Because(err)
	}
	return err
}
