package consent_test

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
)

// X13: a refusal that was recorded by mistake is taken back, unless more was recorded of it since.
func TestARowIsTakenBack(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door, who := context.Background(), open(t, url), act.Who{ID: 5, Role: act.Inside}
		hanako := newLead(t, door, "hanako@example.co.jp")
		refuse := func() *consent.Record {
			c := &consent.Record{Entry: consent.Entry{Lead: hanako, Purpose: consent.All, Source: "電話"}}
			if err := door.Run(ctx, who, c); err != nil {
				t.Fatal(err)
			}
			return c
		}
		back := func(c *consent.Record) error {
			return door.Run(ctx, who, act.NewTakeBack(hanako, []id.ID{c.AuditRow()}, &consent.Record{}))
		}
		first, second := refuse(), refuse()
		if err := back(first); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		for _, c := range []*consent.Record{second, first} {
			if err := back(c); err != nil {
				t.Fatal(err)
			}
		}
		err := door.DB.Read(ctx, func(tx *db.Tx) error {
			rows, err := consent.Of(ctx, tx, hanako)
			if err != nil {
				return err
			}
			l, err := lead.ByID(ctx, tx, hanako)
			if len(rows) != 0 || l.Excluded != "" {
				t.Errorf("%d rows, excluded %q", len(rows), l.Excluded)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
