package job

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"kizashi/clock"
	"kizashi/db"
)

const (
	// leaseLength is how long a job of a killed process waits for the next runner. The clocks of
	// nodes that share a database may differ by half of it.
	leaseLength = 30 * time.Second
	// poll bounds the time until a job that another process added is seen.
	poll = time.Second
	// retry is the pause after a claim that found nothing although a job may be due: another
	// transaction has its row.
	retry = 50 * time.Millisecond
	// keepDone is how long finished jobs can be looked up, in ms.
	keepDone = 30 * clock.Day
)

// Runner claims jobs and gives them to their handlers. Set the fields before Start.
type Runner struct {
	DB       *db.DB
	Handlers map[string]Handler // by kind; jobs of other kinds are left to other nodes
	Workers  int                // jobs at a time; 0 = 2
	Lease    time.Duration      // 0 = 30 s
	Log      *slog.Logger       // nil = slog.Default()
	// ClockBack is called when the clock went back; nil = nothing. See Recover.
	ClockBack func(context.Context) error

	wake     chan struct{}
	stop     context.CancelFunc
	prunedAt int64
	seenAt   int64 // what the clock showed last, ms UTC
	working  sync.WaitGroup
}

// awake are the runners of this process, to be told of new jobs at once.
var awake = struct {
	sync.Mutex
	runners map[*Runner]bool
}{runners: map[*Runner]bool{}}

func wakeAll() {
	awake.Lock()
	defer awake.Unlock()
	for r := range awake.runners {
		select {
		case r.wake <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// Start begins to work in the background, until Stop.
func (r *Runner) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.wake = cancel, make(chan struct{}, 1)
	awake.Lock()
	awake.runners[r] = true
	awake.Unlock()
	r.working.Go(func() { r.loop(ctx) })
}

// Stop ends the contexts of the running handlers and waits for them. What they had not finished is
// ready again at once, for another node or the next start.
func (r *Runner) Stop() {
	awake.Lock()
	delete(awake.runners, r)
	awake.Unlock()
	r.stop()
	r.working.Wait()
}

// RunDue does the jobs that are due, one after the other, and returns when none is left: for the
// command line, and for tests that want the work done.
func (r *Runner) RunDue(ctx context.Context) error {
	for {
		run, err := r.claim(ctx)
		if run == nil || err != nil {
			return err
		}
		r.work(ctx, run)
	}
}

func (r *Runner) loop(ctx context.Context) {
	slots := make(chan struct{}, cmp.Or(r.Workers, 2))
	for ctx.Err() == nil {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		run, err := r.claim(ctx)
		if run != nil {
			r.working.Go(func() {
				r.work(ctx, run)
				<-slots
			})
			continue
		}
		<-slots
		if err != nil && ctx.Err() == nil {
			r.log().Error("jobs cannot be claimed", "error", err)
		}
		r.rest(ctx)
	}
}

// rest waits until a job is due. It looks without writing: a claim would hold up other writers.
func (r *Runner) rest(ctx context.Context) {
	if r.wentBack() && r.ClockBack != nil {
		if err := r.ClockBack(ctx); err != nil && ctx.Err() == nil {
			r.log().Error("the clock went back; what was planned meanwhile stays in the future", "error", err)
		}
	}
	r.prune(ctx)
	for wait := max(r.untilNext(ctx), retry); wait > 0; wait = r.untilNext(ctx) {
		timer := time.NewTimer(min(wait, poll))
		select {
		case <-timer.C:
			continue
		case <-r.wake:
		case <-ctx.Done():
		}
		timer.Stop()
		return
	}
}

// prune forgets the jobs that ended long ago. Ids begin with the time, so the oldest rows are
// looked at, and only those.
func (r *Runner) prune(ctx context.Context) {
	now := r.DB.Clock.Now()
	if now < r.prunedAt+clock.Day {
		return
	}
	r.prunedAt = now
	if err := r.DB.Write(ctx, func(tx *db.Tx) error { return prune(ctx, tx) }); err != nil && ctx.Err() == nil {
		r.log().Error("finished jobs cannot be removed", "error", err)
	}
}

func (r *Runner) lease() int64 { return cmp.Or(r.Lease, leaseLength).Milliseconds() }

func (r *Runner) log() *slog.Logger { return cmp.Or(r.Log, slog.Default()) }
