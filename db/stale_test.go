package db_test

import (
	"context"
	"sync"
	"testing"

	"kizashi/db"
	"kizashi/testkit"
	"kizashi/testkit/pg"
)

// After PostgreSQL was started again, the first thing that is asked is answered, although the pools hold connections
// of before.
func TestConnectionsOfBeforeAreNoReasonToRefuse(t *testing.T) {
	server := testkit.PostgresServer(t)
	d, ctx := within(t, server.URL("postgres"), db.Limits{}), t.Context()
	runs := map[string]func(context.Context, func(*db.Tx) error) error{"look up": d.Lookup, "read": d.Read, "write": d.Write}
	for _, mode := range []pg.Mode{pg.Crash, pg.Fast} {
		for _, run := range runs {
			fill(t, ctx, run)
		}
		if err := server.Stop(mode); err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		for name, run := range runs {
			for range 3 {
				if err := run(ctx, one(ctx, `SELECT 1`)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

// fill lets a pool hold several connections.
func fill(t *testing.T, ctx context.Context, run func(context.Context, func(*db.Tx) error) error) {
	t.Helper()
	const together = 2
	var all sync.WaitGroup
	all.Add(together)
	var ended sync.WaitGroup
	for range together {
		ended.Go(func() {
			err := run(ctx, func(tx *db.Tx) error {
				all.Done()
				all.Wait()
				return one(ctx, `SELECT 1`)(tx)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	ended.Wait()
}
