package demo_test

import (
	"context"
	"errors"
	"testing"

	"kizashi/app"
	"kizashi/db"
	"kizashi/demo"
	"kizashi/fold"
	"kizashi/testkit"
)

// A seed that was interrupted is not taken for a filled installation, and goes on to what it would have been.
func TestInterruptedSeedGoesOn(t *testing.T) {
	a, err := app.Open(context.Background(), app.Config{Database: testkit.SQLiteURL(t), Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	o := demo.Options{Seed: 3, Leads: 120, Days: 30}
	days := 0
	o.Progress = func(int) {
		if days++; days == 12 {
			cancel()
		}
	}
	if err := demo.Seed(ctx, a.Engine, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if empty, err := demo.Empty(t.Context(), a.DB); !empty || err != nil {
		t.Fatalf("half a seed counts as filled: %v", err)
	}
	days = 0
	if err := demo.Seed(t.Context(), a.Engine, demo.Options{Seed: 9, Leads: 5, Days: 2, Progress: func(int) { days++ }}); err != nil {
		t.Fatal(err)
	}
	if empty, err := demo.Empty(t.Context(), a.DB); empty || err != nil || days != 18 {
		t.Errorf("empty %v after %d days more: %v", empty, days, err)
	}
	whole := seed(t, testkit.SQLiteURL(t), demo.Options{Seed: 3, Leads: 120, Days: 30})
	if got, want := people(t, a.Engine), people(t, whole); got != want {
		t.Errorf("%d people, uninterrupted %d", got, want)
	}
	v, err := a.Engine.Verify(t.Context(), nil)
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("%v %+v", err, v.Differences)
	}
}

func people(t *testing.T, engine *fold.Engine) (n int) {
	t.Helper()
	err := engine.Door.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Row(t.Context(), `SELECT COUNT(*) FROM lead WHERE gone = ''`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The team's day: everybody has an account, leads have owners, calls were logged with results and answers,
// next steps are planned and a hand-over waits.
func TestTheTeamHasADay(t *testing.T) {
	engine := seed(t, testkit.SQLiteURL(t), demo.Options{Seed: 1, Leads: 600, Days: 60})
	err := engine.Door.DB.Read(t.Context(), func(tx *db.Tx) error {
		for what, query := range map[string]string{
			"roles":           `SELECT COUNT(DISTINCT role) - 4 FROM account`,
			"owned leads":     `SELECT COUNT(*) FROM lead WHERE owner <> 0`,
			"unowned leads":   `SELECT COUNT(*) FROM lead l JOIN lead_state s ON s.lead = l.id WHERE owner = 0 AND s.stage IN ('mql', 'tql')`,
			"calls":           `SELECT COUNT(*) FROM activity WHERE kind = 'call' AND result <> ''`,
			"answers":         `SELECT COUNT(*) FROM hearing`,
			"next steps":      `SELECT COUNT(*) FROM task WHERE state = 'open'`,
			"hand-overs":      `SELECT COUNT(*) FROM handover WHERE state IN ('offered', 'expired')`,
			"hot leads today": `SELECT COUNT(*) FROM lead_state WHERE temperature = 'hot' AND today = 1`,
		} {
			n := 0
			if err := tx.Row(t.Context(), query).Scan(&n); err != nil {
				return err
			}
			if t.Logf("%s: %d", what, n); n < 1 {
				t.Errorf("no %s", what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
