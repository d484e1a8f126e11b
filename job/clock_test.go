package job

import (
	"context"
	"testing"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/testkit"
)

// After a clock that ran ahead came back, leases and retries end by now, daily work is asked for anew, and what
// people planned stays.
func TestRecoverAfterTheClockCameBack(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := context.Background(), open(t, url)
		now := d.Clock.Now()
		far := now + 365*clock.Day
		d.Clock.Set(far)
		planned := add(t, d, Spec{Kind: "planned", RunAt: far + clock.Day})
		daily := add(t, d, Spec{Kind: "daily", Key: "daily/1", RunAt: far + clock.Day})
		held := add(t, d, Spec{Kind: "held"})
		r := &Runner{DB: d, Handlers: map[string]Handler{"held": counting(d, 1, func(int) {})}}
		if run, err := r.claim(ctx); run == nil || err != nil {
			t.Fatal(run, err)
		}

		d.Clock.Set(now)
		r.seenAt = far
		if !r.wentBack() || r.wentBack() {
			t.Error("the clock went back once")
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return Recover(ctx, tx, []string{"daily"}) }); err != nil {
			t.Fatal(err)
		}
		if run, err := r.claim(ctx); run == nil || run.ID != held || err != nil {
			t.Errorf("held: %v %v", run, err)
		}
		if s := status(t, d, planned); s.RunAt != far+clock.Day {
			t.Errorf("planned: %+v", s)
		}
		err := d.Read(ctx, func(tx *db.Tx) error { _, err := Find(ctx, tx, daily); return err })
		if err == nil {
			t.Error("the daily job is still in the future")
		}
	})
}

// A job whose process is known to be dead goes on at once.
func TestDeadOwnersJobIsFree(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, d := context.Background(), open(t, url)
		number := add(t, d, Spec{Kind: "x"})
		r := &Runner{DB: d, Handlers: map[string]Handler{"x": counting(d, 1, func(int) {})}}
		run, err := r.claim(ctx)
		if run == nil || err != nil {
			t.Fatal(run, err)
		}
		for _, alive := range []bool{true, false} {
			var asked int
			err := d.Write(ctx, func(tx *db.Tx) error {
				return FreeDead(ctx, tx, func(node int) bool { asked = node; return alive })
			})
			if err != nil || asked != run.claim.Node() {
				t.Fatal(asked, err)
			}
			again, err := r.claim(ctx)
			if err != nil || (again == nil) != alive || again != nil && again.ID != number {
				t.Errorf("alive %v: %v %v", alive, again, err)
			}
		}
	})
}
