package job

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/testkit"
)

func TestAddWakesTheRunner(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		ran := make(chan string)
		r := &Runner{DB: d, Handlers: map[string]Handler{"note": func(_ context.Context, r *Run) error {
			var s string
			err := r.Read(&s)
			ran <- s
			return err
		}}}
		r.Start()
		for i := range 20 {
			add(t, d, Spec{Kind: "note", Payload: strconv.Itoa(i)})
			if got := <-ran; got != strconv.Itoa(i) {
				t.Errorf("got %s, want %d", got, i)
			}
		}
		r.Stop()
	})
}

// Two nodes with four workers each share the jobs: each runs once, and alone.
func TestTwoRunnersNeverRunAJobTwice(t *testing.T) {
	url := testkit.PostgresURL(t)
	const jobs = 300
	var mu sync.Mutex
	runs, left := map[id.ID]int{}, jobs
	finished := make(chan struct{})
	handler := func(_ context.Context, r *Run) error {
		mu.Lock()
		defer mu.Unlock()
		runs[r.ID]++
		if left--; left == 0 {
			close(finished)
		}
		return nil
	}
	first := open(t, url)
	for range jobs {
		add(t, first, Spec{Kind: "note"})
	}
	nodes := []*Runner{{DB: first, Workers: 4}, {DB: open(t, url), Workers: 4}}
	for _, r := range nodes {
		r.Handlers = map[string]Handler{"note": handler}
		r.Start()
	}
	<-finished
	for _, r := range nodes {
		r.Stop()
	}
	for job, n := range runs {
		if s := status(t, first, job); n != 1 || s.State != Done {
			t.Errorf("ran %d times: %+v", n, s)
		}
	}
	if len(runs) != jobs {
		t.Errorf("%d of %d ran", len(runs), jobs)
	}
}

// Stop gives the work back at once, with its place and without counting an attempt.
func TestStoppedJobGoesOnWhereItWas(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		begun := make(chan struct{})
		first := &Runner{DB: d, Handlers: map[string]Handler{"walk": func(ctx context.Context, r *Run) error {
			err := d.Write(ctx, func(tx *db.Tx) error { return r.SetProgress(ctx, tx, "half", 5, 10) })
			close(begun)
			<-ctx.Done()
			return errors.Join(err, ctx.Err())
		}}}
		job := add(t, d, Spec{Kind: "walk"})
		first.Start()
		<-begun
		first.Stop()
		if s := status(t, d, job); s.State != Ready || s.Attempts != 0 || s.Done != 5 || s.Total != 10 {
			t.Errorf("%+v", s)
		}
		place := ""
		runDue(t, &Runner{DB: d, Handlers: map[string]Handler{"walk": func(_ context.Context, r *Run) error {
			place = r.Place
			return nil
		}}})
		if place != "half" {
			t.Errorf("went on at %q", place)
		}
	})
}

// A runner that was away for longer than its lease can save nothing over the next one's work.
func TestALostLeaseSavesNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := context.Background(), open(t, url)
		r := &Runner{DB: d, Handlers: map[string]Handler{"walk": nil}}
		job := add(t, d, Spec{Kind: "walk"})
		slow := claimed(t, r)
		if other, err := r.claim(ctx); other != nil || err != nil {
			t.Fatalf("claimed twice: %v %v", other, err)
		}
		d.Clock.Set(d.Clock.Now() + r.lease() + 1)
		next := claimed(t, r)
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('half', 'done')`); err != nil {
				return err
			}
			return slow.SetProgress(ctx, tx, "half", 1, 2)
		})
		if !errors.Is(err, ErrLost) || !errors.Is(r.complete(ctx, slow), ErrLost) {
			t.Error("the slow runner saved its work", err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return next.SetProgress(ctx, tx, "end", 2, 2) }); err != nil {
			t.Fatal(err)
		}
		if err := r.complete(ctx, next); err != nil || status(t, d, job).State != Done {
			t.Error(err)
		}
		var rows int
		err = d.Read(ctx, func(tx *db.Tx) error {
			return tx.Row(ctx, `SELECT COUNT(*) FROM setting WHERE name = 'half'`).Scan(&rows)
		})
		if err != nil || rows != 0 {
			t.Error("the slow runner's work stayed", err)
		}
	})
}

func claimed(t *testing.T, r *Runner) *Run {
	t.Helper()
	run, err := r.claim(context.Background())
	if run == nil || err != nil {
		t.Fatal(run, err)
	}
	return run
}

func TestTheLeaseIsProlongedWhileTheHandlerWorks(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		r := &Runner{DB: d, Lease: 300 * time.Millisecond}
		r.Handlers = map[string]Handler{"walk": func(ctx context.Context, run *Run) error {
			before := status(t, d, run.ID).RunAt
			for status(t, d, run.ID).RunAt == before && ctx.Err() == nil {
				time.Sleep(time.Millisecond) // the heartbeat tells nobody; we look until it was there
			}
			return ctx.Err()
		}}
		job := add(t, d, Spec{Kind: "walk"})
		runDue(t, r)
		if s := status(t, d, job); s.State != Done {
			t.Errorf("%+v", s)
		}
	})
}

func TestCancelEndsTheRunningHandler(t *testing.T) {
	d := open(t, testkit.SQLiteURL(t))
	r := &Runner{DB: d, Lease: 60 * time.Millisecond}
	r.Handlers = map[string]Handler{"walk": func(ctx context.Context, run *Run) error {
		if err := act.NewDoor(d).Run(context.Background(), act.Product, &Cancel{Job: run.ID}); err != nil {
			t.Error(err)
		}
		<-ctx.Done()
		return ctx.Err()
	}}
	job := add(t, d, Spec{Kind: "walk"})
	runDue(t, r)
	if s := status(t, d, job); s.State != Cancelled {
		t.Errorf("%+v", s)
	}
}

func TestProgressBringsNewAttempts(t *testing.T) {
	d := open(t, testkit.SQLiteURL(t))
	var step atomic.Int64
	r := &Runner{DB: d, Handlers: map[string]Handler{"walk": func(ctx context.Context, r *Run) error {
		n := step.Add(1)
		if n > 3*MaxAttempts {
			return nil
		}
		err := d.Write(ctx, func(tx *db.Tx) error { return r.SetProgress(ctx, tx, strconv.FormatInt(n, 10), n, 0) })
		return errors.Join(err, errors.New("killed after one more step"))
	}}}
	job := add(t, d, Spec{Kind: "walk"})
	for range 3*MaxAttempts + 1 {
		d.Clock.Set(d.Clock.Now() + clock.Hour)
		runDue(t, r)
	}
	if s := status(t, d, job); s.State != Done {
		t.Errorf("%+v", s)
	}
}

// In another process a job counts in steps of one transaction each until SIGKILL; here it goes on.
// Every step is there exactly once.
func TestKilledJobIsResumedWhereItWas(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		add(t, d, Spec{Kind: "count"})
		for kill := 1; kill <= 3; kill++ {
			killAfterSteps(t, url, 3)
			d.Clock.Set(d.Clock.Now() + leaseLength.Milliseconds() + clock.Minute)
		}
		runDue(t, &Runner{DB: d, Handlers: map[string]Handler{"count": counting(d, 30, func(int) {})}})
		var rows, places int
		ctx := context.Background()
		err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Row(ctx, `SELECT COUNT(*), COUNT(DISTINCT wording) FROM consent`).Scan(&rows, &places)
		})
		if err != nil || rows != 30 || places != 30 {
			t.Errorf("%d rows of %d steps, want 30: %v", rows, places, err)
		}
	})
}

// counting writes one row per step, which any table can take.
func counting(d *db.DB, steps int, stepped func(int)) Handler {
	return func(ctx context.Context, r *Run) error {
		at, _ := strconv.Atoi(r.Place)
		for n := at + 1; n <= steps; n++ {
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO consent (id, lead, purpose, basis, granted, source, wording, at)
					VALUES ($1, 1, 'mail', 'card', 1, 'test', $2, $3)`, tx.NewID(), strconv.Itoa(n), tx.Now)
				return errors.Join(err, r.SetProgress(ctx, tx, strconv.Itoa(n), int64(n), int64(steps)))
			})
			if err != nil {
				return err
			}
			stepped(n)
		}
		return nil
	}
}

const childVariable = "KIZASHI_TEST_JOB_CHILD"

// killAfterSteps runs the job in a child of this test binary and kills it, while it works, once it
// has told of so many steps.
func killAfterSteps(t *testing.T, url string, steps int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+url)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range steps {
		if !lines.Scan() {
			t.Fatal("the child ended by itself", lines.Err())
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // "signal: killed"
}

func TestMain(m *testing.M) {
	if url := os.Getenv(childVariable); url != "" {
		runChild(url)
		return
	}
	os.Exit(m.Run())
}

// runChild never finishes its job: after 8 steps it stands still, holding its lease.
func runChild(url string) {
	d, err := db.Open(context.Background(), url)
	if err != nil {
		panic(err)
	}
	ahead, err := lastLease(d)
	if err != nil {
		panic(err)
	}
	d.Clock.Set(max(ahead+1, d.Clock.Now())) // the lease of the child before this one has ended
	steps := 0
	r := &Runner{DB: d, Handlers: map[string]Handler{"count": counting(d, 1000, func(n int) {
		fmt.Println(n)
		if steps++; steps == 8 {
			select {}
		}
	})}}
	r.Start()
	select {}
}

func lastLease(d *db.DB) (at int64, err error) {
	ctx := context.Background()
	err = d.Read(ctx, func(tx *db.Tx) error { return tx.Row(ctx, `SELECT MAX(run_at) FROM job`).Scan(&at) })
	return at, err
}
