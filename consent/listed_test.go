package consent_test

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/setting"
	"kizashi/testkit"
)

// One of our own people who refuses, and allows it again, is still one of our own.
func TestWhoAllowsAgainIsWhatTheListsSay(t *testing.T) { // P19, X13
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		if err := door.Run(ctx, act.Product, &setting.Set{Setting: "own_domains", Value: []byte(`["aozora.example"]`)}); err != nil {
			t.Fatal(err)
		}
		who := newLead(t, door, "hanako@aozora.example")
		for _, step := range []struct {
			granted bool
			want    string
		}{{false, lead.ExcludedRefused}, {true, lead.ExcludedOwn}} {
			c := &consent.Record{Entry: consent.Entry{Lead: who, Purpose: consent.All, Granted: step.granted, Basis: consent.Explicit, Source: "電話"}}
			if err := door.Run(ctx, act.Product, c); err != nil {
				t.Fatal(err)
			}
			err := door.DB.Read(ctx, func(tx *db.Tx) error {
				l, err := lead.ByID(ctx, tx, who)
				if l.Excluded != step.want {
					t.Errorf("granted %v: excluded %q, want %q", step.granted, l.Excluded, step.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
