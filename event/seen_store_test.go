package event_test

import (
	"context"
	"testing"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/testkit"
)

// Two nodes that take one message at the same moment: the second waits for the first, finds the message, and is
// run again. Neither counts it twice.
func TestTwoNodesTakeAMessageOnce(t *testing.T) {
	ctx := t.Context()
	d, err := db.Open(ctx, testkit.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	kinds := event.NewKinds()
	take := func(ctx context.Context, tx *db.Tx) error {
		known, err := event.Repeats(ctx, tx, []event.Sent{{Message: "form-1"}})
		if err != nil || known[0] != 0 {
			return err
		}
		e := &event.Event{ID: tx.NewID(), At: tx.Now, Lead: 1, Who: 1, Kind: "inquiry_sent", Message: "form-1"}
		return event.Append(ctx, tx, kinds, []*event.Event{e})
	}
	do(t, d, func(ctx context.Context, tx *db.Tx) error {
		_, err := kinds.Ensure(ctx, tx, []string{"inquiry_sent"})
		return err
	})
	second := make(chan error, 1)
	do(t, d, func(ctx context.Context, tx *db.Tx) error {
		if err := take(ctx, tx); err != nil {
			return err
		}
		go func() { second <- d.Write(ctx, func(tx *db.Tx) error { return take(ctx, tx) }) }()
		return untilWaiting(ctx, d)
	})
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	n := 0
	do(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Row(ctx, `SELECT COUNT(*) FROM event`).Scan(&n) })
	if n != 1 {
		t.Errorf("the message is counted %d times", n)
	}
}

// untilWaiting returns when a transaction of this database waits for another one.
func untilWaiting(ctx context.Context, d *db.DB) error {
	for waiting := false; !waiting; {
		err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Row(ctx, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// The id of a message whose event was removed is free again, and recognised anew.
func TestTheIDOfARemovedEventIsFree(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		kinds := event.NewKinds()
		sent := event.Sent{Message: "m", Door: 7, Lead: 1}
		take := func() (e *event.Event, repeated bool) {
			do(t, d, func(ctx context.Context, tx *db.Tx) error {
				known, err := event.Repeats(ctx, tx, []event.Sent{sent})
				if repeated = err == nil && known[0] != 0; err != nil || repeated {
					return err
				}
				e = &event.Event{ID: tx.NewID(), At: tx.Now, Lead: 1, Who: 1, Kind: "inquiry_sent", Message: "m", Door: 7}
				e.Scope(sent)
				return event.Append(ctx, tx, kinds, []*event.Event{e})
			})
			return e, repeated
		}
		e, repeated := take()
		if repeated {
			t.Fatal("new, and repeated")
		}
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := event.Remove(ctx, tx, []id.ID{e.ID})
			return err
		})
		for i, want := range []bool{false, true} {
			if _, repeated := take(); repeated != want {
				t.Errorf("%d: repeated %v", i, repeated)
			}
		}
	})
}
