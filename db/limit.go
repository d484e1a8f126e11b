package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"kizashi/fault"
)

// Limits are how long the database may take. A zero one is its default.
type Limits struct {
	Lookup time.Duration // of what finds a row or two by its key; 0 = 3 s
	Read   time.Duration // of any other reading transaction; 0 = 10 s
	Write  time.Duration // of a writing transaction, with the wait for its turn; 0 = 30 s
}

const (
	lookupTime = 3 * time.Second
	readTime   = 10 * time.Second
	writeTime  = 30 * time.Second
	// upgradePatience is that with the schema when it is brought up to date: eight hours.
	upgradePatience = 1000
)

// Option changes how Open opens a database.
type Option func(*DB)

// Within sets other limits than the defaults.
func Within(l Limits) Option {
	return func(d *DB) { d.limits = l }
}

func (l Limits) lookup() time.Duration { return cmp.Or(l.Lookup, lookupTime) }
func (l Limits) read() time.Duration   { return cmp.Or(l.Read, readTime) }
func (l Limits) write() time.Duration  { return cmp.Or(l.Write, writeTime) }

type patienceKey struct{}

// Patience lets each transaction under a context take so many times as long as usual: for files that are
// written, and for work in the background and on the command line, for which nobody waits at a screen. What
// Lookup reads keeps its limit.
func Patience(ctx context.Context, times float64) context.Context {
	return context.WithValue(ctx, patienceKey{}, times)
}

// errTooLong is the cause of a context that ended with the time of its transaction.
var errTooLong = errors.New("the time of the transaction is up")

// IsLate tells that the time of a transaction was up.
func IsLate(err error) bool { return errors.Is(err, errTooLong) }

func allowed(ctx context.Context, usual time.Duration) time.Duration {
	if times, ok := ctx.Value(patienceKey{}).(float64); ok {
		return time.Duration(float64(usual) * times)
	}
	return usual
}

func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, errTooLong)
}

// Why work was broken off, and what people can do about it.

func busy() *fault.Error {
	return fault.New(fault.Busy, "fault.busy", fault.Args{"seconds": awaySeconds()})
}

func unreachable() *fault.Error {
	return fault.New(fault.Busy, "db.unreachable", fault.Args{"seconds": awaySeconds()})
}

func slowRead() *fault.Error {
	return fault.New(fault.Busy, "db.slow_read", fault.Args{"seconds": slowPause})
}

func slowWrite() *fault.Error {
	return fault.New(fault.Busy, "db.slow_write", fault.Args{"seconds": awaySeconds()})
}

func awaySeconds() int { return 1 + rand.IntN(awayPause) }

// broken explains the error of a transaction under ctx. If its time was up, or PostgreSQL ended a statement
// by a limit of its own, slow has the words.
func broken(ctx context.Context, err error, slow func() *fault.Error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	late := ctx.Err() != nil && context.Cause(ctx) == errTooLong
	if late {
		err = fmt.Errorf("%w: %w", errTooLong, err)
	}
	switch {
	case errors.Is(err, errUnknown):
		return explain(err)
	case late, pgCode(err) == pgCanceled && ctx.Err() == nil:
		return slow().Because(err)
	case ctx.Err() != nil: // whoever asked is gone, or had less time
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return explain(err)
}
