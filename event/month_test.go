package event_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/job"
	"kizashi/testkit"
)

// The log of PostgreSQL lies in a partition a month; the daily job makes the next ones before they are needed.
func TestEventsLieInThePartitionOfTheirMonth(t *testing.T) {
	ctx := t.Context()
	d, err := db.Open(ctx, testkit.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	at := time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC)
	d.Clock.Set(at.UnixMilli())
	do(t, d, event.EnsureMonths)
	do(t, d, event.EnsureMonths) // another node starts
	put(t, d)
	d.Clock.Set(at.Add(time.Second).UnixMilli())
	put(t, d)
	where := map[string]int{"event_2026_11": 1, "event_2026_12": 1}
	if got := places(t, d); !maps.Equal(got, where) {
		t.Fatalf("got %v, wanted %v", got, where)
	}
	d.Clock.Set(time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC).UnixMilli())
	runMonths(t, d)
	d.Clock.Set(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	put(t, d)
	where["event_2027_02"] = 1
	if got := places(t, d); !maps.Equal(got, where) {
		t.Errorf("got %v, wanted %v", got, where)
	}
}

// A month of which the default partition has rows stays there, and the next ones get their own.
func TestMonthInTheDefaultPartitionStays(t *testing.T) {
	d, err := db.Open(t.Context(), testkit.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	d.Clock.Set(time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC).UnixMilli())
	put(t, d)
	do(t, d, event.EnsureMonths)
	put(t, d)
	d.Clock.Set(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	put(t, d)
	where := map[string]int{"event_rest": 2, "event_2026_12": 1}
	if got := places(t, d); !maps.Equal(got, where) {
		t.Errorf("got %v, wanted %v", got, where)
	}
}

func do(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// put writes an event that tells of something years ago, as imports do.
func put(t *testing.T, d *db.DB) {
	t.Helper()
	do(t, d, func(ctx context.Context, tx *db.Tx) error {
		old := time.Date(2019, 4, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
		return event.Append(ctx, tx, event.NewKinds(), []*event.Event{{ID: tx.NewID(), At: old, Lead: 1, Kind: "inquiry_sent"}})
	})
}

// places counts the rows of each partition.
func places(t *testing.T, d *db.DB) map[string]int {
	t.Helper()
	found := map[string]int{}
	do(t, d, func(ctx context.Context, tx *db.Tx) error {
		return tx.Each(ctx, `SELECT CAST(tableoid::regclass AS TEXT), COUNT(*) FROM event GROUP BY 1`, nil, func(scan func(...any) error) error {
			var name string
			var n int
			err := scan(&name, &n)
			found[name] = n
			return err
		})
	})
	return found
}

// runMonths runs the job that is due, and waits until it has asked for the next day.
func runMonths(t *testing.T, d *db.DB) {
	t.Helper()
	done := make(chan error, 1)
	work := event.MonthsJob(act.NewDoor(d))
	r := &job.Runner{DB: d, Handlers: map[string]job.Handler{event.JobMonths: func(ctx context.Context, run *job.Run) error {
		err := work(ctx, run)
		done <- err
		return err
	}}}
	r.Start()
	defer r.Stop()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the job did not run")
	}
}
