package job

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/testkit"
)

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func add(t testing.TB, d *db.DB, s Spec) (job id.ID) {
	t.Helper()
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		job, err = Add(ctx, tx, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func status(t testing.TB, d *db.DB, job id.ID) (s Status) {
	t.Helper()
	ctx := context.Background()
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = Find(ctx, tx, job)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func runDue(t testing.TB, r *Runner) {
	t.Helper()
	if err := r.RunDue(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestOneUnfinishedJobPerKey(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		var payloads []string
		r := &Runner{DB: d, Handlers: map[string]Handler{"note": func(_ context.Context, r *Run) error {
			var s string
			err := r.Read(&s)
			payloads = append(payloads, s)
			return err
		}}}
		first := add(t, d, Spec{Kind: "note", Key: "k", Payload: "a"})
		if again := add(t, d, Spec{Kind: "note", Key: "k", Payload: "b"}); again != first {
			t.Errorf("two unfinished jobs with one key")
		}
		add(t, d, Spec{Kind: "note", Payload: "no key"})
		add(t, d, Spec{Kind: "note", Payload: "no key"})
		add(t, d, Spec{Kind: "another node's", Payload: "x"})
		runDue(t, r)
		second := add(t, d, Spec{Kind: "note", Key: "k", Payload: "c"})
		if second == first || status(t, d, second).State != Ready {
			t.Error("a finished job makes no room for the next")
		}
		runDue(t, r)
		if want := []string{"a", "no key", "no key", "c"}; !slices.Equal(payloads, want) {
			t.Errorf("got %q, want %q", payloads, want)
		}
		if s := status(t, d, second); s.State != Done || s.Key != "k" || s.EndedAt == 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestJobsOfARolledBackTransactionDoNotExist(t *testing.T) {
	ctx, d := context.Background(), open(t, testkit.SQLiteURL(t))
	boom := errors.New("boom")
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := Add(ctx, tx, Spec{Kind: "note"})
		return errors.Join(boom, err)
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	runDue(t, &Runner{DB: d, Handlers: map[string]Handler{"note": func(context.Context, *Run) error {
		t.Error("it ran")
		return nil
	}}})
}

func TestJobsWaitForTheirTime(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		now := d.Clock.Now()
		d.Clock.Set(now)
		ran := 0
		r := &Runner{DB: d, Handlers: map[string]Handler{"note": func(context.Context, *Run) error { ran++; return nil }}}
		add(t, d, Spec{Kind: "note", RunAt: now + clock.Hour})
		d.Clock.Set(now + clock.Hour - 1)
		if runDue(t, r); ran != 0 {
			t.Error("too early")
		}
		d.Clock.Set(now + clock.Hour)
		if runDue(t, r); ran != 1 {
			t.Error("not in time")
		}
	})
}

func TestFailuresAreTriedAgainLaterAndThenKept(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		now := d.Clock.Now()
		tries := 0
		r := &Runner{DB: d, Handlers: map[string]Handler{"note": func(_ context.Context, r *Run) error {
			if tries++; r.Attempt != tries {
				t.Errorf("attempt %d is called %d", tries, r.Attempt)
			}
			if tries == 2 {
				panic("a handler's bug")
			}
			return errors.New("no \x00 route \xff to host")
		}}}
		job := add(t, d, Spec{Kind: "note"})
		for n := 1; n <= MaxAttempts+1; n++ {
			d.Clock.Set(now + int64(n)*clock.Day)
			runDue(t, r)
			runDue(t, r) // the next attempt is later, not now
			if s := status(t, d, job); n == 2 && !strings.Contains(s.Error, "a handler's bug") {
				t.Error(s.Error)
			}
		}
		s := status(t, d, job)
		if tries != MaxAttempts || s.State != Failed || s.Error != "no  route  to host" {
			t.Errorf("after %d tries: %+v", tries, s)
		}
		door := act.NewDoor(d)
		if err := door.Run(context.Background(), act.Product, &Retry{Job: job}); err != nil {
			t.Fatal(err)
		}
		tries = 0
		if runDue(t, r); tries != 1 {
			t.Error("a retried job does not run")
		}
	})
}

func TestFinalErrorsFailAtOnce(t *testing.T) {
	d := open(t, testkit.SQLiteURL(t))
	r := &Runner{DB: d, Handlers: map[string]Handler{"note": func(_ context.Context, r *Run) error {
		var n int
		return r.Read(&n)
	}}}
	job := add(t, d, Spec{Kind: "note", Payload: "no number"})
	runDue(t, r)
	if s := status(t, d, job); s.State != Failed || s.Attempts != 1 || s.Error == "" {
		t.Errorf("%+v", s)
	}
}

func TestPausesGrowToHalfAnHour(t *testing.T) {
	last := pause(1)
	for n := 2; n <= 100; n++ {
		if p := pause(n); p < last || p > maxPause {
			t.Errorf("pause %d is %v after %v", n, p, last)
		} else {
			last = p
		}
	}
	if pause(1) != firstPause || last != maxPause {
		t.Error(pause(1), last)
	}
}

// The kinds of these tests may be cancelled; others may not, for they would not come again.
var _ = Stoppable("note", "walk")

func TestWorkThatPlansItselfIsNotCancelled(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := context.Background(), open(t, url)
		daily := add(t, d, Spec{Kind: "daily"})
		if err := act.NewDoor(d).Run(ctx, act.Product, &Cancel{Job: daily}); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		if s := status(t, d, daily); s.State != Ready || s.Stoppable() {
			t.Errorf("%+v", s)
		}
		note := add(t, d, Spec{Kind: "note"})
		add(t, d, Spec{Kind: "note", Key: "dropped"})
		if err := d.Write(ctx, func(tx *db.Tx) error { return Drop(ctx, tx, "dropped") }); err != nil {
			t.Fatal(err)
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			list, err := List(ctx, tx, 10)
			if len(list) != 1 || list[0].ID != note || !list[0].Stoppable() {
				t.Errorf("%+v", list)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestCancelledJobsDoNotRun(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := context.Background(), open(t, url)
		door := act.NewDoor(d)
		a, b := add(t, d, Spec{Kind: "note"}), add(t, d, Spec{Kind: "note", Key: "b"})
		if err := door.Run(ctx, act.Product, &Cancel{Job: a}); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return Drop(ctx, tx, "b") }); err != nil {
			t.Fatal(err)
		}
		runDue(t, &Runner{DB: d, Handlers: map[string]Handler{"note": func(context.Context, *Run) error {
			t.Error("it ran")
			return nil
		}}})
		for _, job := range []id.ID{a, b} {
			if s := status(t, d, job); s.State != Cancelled {
				t.Errorf("%+v", s)
			}
		}
		if err := door.Run(ctx, act.Product, &Cancel{Job: a}); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		if err := door.Run(ctx, act.Product, &Cancel{Job: 1}); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if err := door.Run(ctx, act.Who{Role: act.Viewer}, &Cancel{Job: a}); fault.KindOf(err) != fault.Forbidden {
			t.Error(err)
		}
	})
}

func TestOldFinishedJobsAreForgotten(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := context.Background(), open(t, url)
		r := &Runner{DB: d, Handlers: map[string]Handler{"note": func(context.Context, *Run) error { return nil }}}
		old := add(t, d, Spec{Kind: "note"})
		waiting := add(t, d, Spec{Kind: "another node's"})
		runDue(t, r)
		d.Clock.Set(d.Clock.Now() + 31*clock.Day)
		fresh := add(t, d, Spec{Kind: "note"})
		runDue(t, r)
		r.prune(ctx)
		var left []id.ID
		err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Each(ctx, `SELECT id FROM job ORDER BY id DESC`, nil, func(scan func(...any) error) error {
				left = append(left, 0)
				return scan(&left[len(left)-1])
			})
		})
		if err != nil || !slices.Equal(left, []id.ID{fresh, waiting}) {
			t.Errorf("%v left of %v, %v", left, []id.ID{old, waiting, fresh}, err)
		}
	})
}
