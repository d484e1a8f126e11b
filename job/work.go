package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"kizashi/db"
)

// patience is that with the transactions of a handler: nobody waits for them at a screen.
const patience = 10

// work does one attempt and writes down how it ended.
func (r *Runner) work(outer context.Context, run *Run) {
	ctx, cancel := context.WithCancelCause(outer)
	var beat sync.WaitGroup
	beat.Go(func() { r.keepLease(ctx, cancel, run) })
	err := r.attempt(ctx, run)
	lost := errors.Is(context.Cause(ctx), ErrLost)
	cancel(nil)
	beat.Wait()
	// The ending is written even while we stop.
	ctx, done := context.WithTimeout(context.WithoutCancel(outer), 10*time.Second)
	defer done()
	if err := r.end(ctx, run, err, outer.Err() != nil, lost); err != nil && !errors.Is(err, ErrLost) {
		r.log().Error("the end of a job cannot be saved; it runs again after its lease", "job", run.ID, "kind", run.Kind, "error", err)
	}
}

func (r *Runner) end(ctx context.Context, run *Run, err error, stopped, lost bool) error {
	switch {
	case err == nil:
		return r.complete(ctx, run)
	case lost || errors.Is(err, ErrLost):
		r.log().Warn("a job went to another runner or was cancelled", "job", run.ID, "kind", run.Kind)
		return nil
	case stopped:
		return r.release(ctx, run)
	case givesUp(err, run.Attempt):
		r.log().Error("a job failed for good", "job", run.ID, "kind", run.Kind, "attempt", run.Attempt, "error", err)
		return r.fail(ctx, run, err)
	}
	r.log().Warn("a job failed and is tried again", "job", run.ID, "kind", run.Kind, "attempt", run.Attempt, "error", err)
	return r.again(ctx, run, err, run.Attempt)
}

// attempt calls the handler; its panic is an error like any other.
func (r *Runner) attempt(ctx context.Context, run *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log().Error("a job panicked", "job", run.ID, "kind", run.Kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.Handlers[run.Kind](db.Patience(ctx, patience), run)
}

// keepLease prolongs the lease until the attempt ends. A runner that cannot, because another has
// the job or the database is away for the whole lease, ends the attempt before another begins.
func (r *Runner) keepLease(ctx context.Context, lost context.CancelCauseFunc, run *Run) {
	lease := time.Duration(run.lease) * time.Millisecond
	beat := time.NewTicker(lease / 3)
	defer beat.Stop()
	for held := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		asked := time.Now()
		err := r.prolong(ctx, run)
		if err == nil {
			held = asked
			continue
		}
		if errors.Is(err, ErrLost) || time.Since(held) > lease*2/3 {
			lost(ErrLost)
			return
		}
	}
}
