package act_test

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/testkit"
)

// touch is a command that does nothing.
type touch struct {
	Word string `json:"word"`
	At   id.ID  `json:"-"`
}

func (c *touch) Name() string                     { return "test." + c.Word }
func (c *touch) Allow(act.Who) bool               { return true }
func (c *touch) Check() error                     { return nil }
func (c *touch) Target() id.ID                    { return c.At }
func (c *touch) Do(context.Context, *db.Tx) error { return nil }

// The audit log is found by who, what and when, page by page, the newest first.
func TestEntries(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		door := act.NewDoor(d)
		start := int64(1_790_000_000_000)
		for i := range 6 {
			d.Clock.Set(start + int64(i)*1000)
			who := act.Who{ID: id.ID(1 + i%2), Name: "w", Role: act.Admin}
			if err := door.Run(ctx, who, &touch{Word: []string{"a", "b", "c"}[i%3], At: id.ID(i)}); err != nil {
				t.Fatal(err)
			}
		}
		find := func(q act.EntryQuery) (targets []id.ID, last id.ID) {
			t.Helper()
			err := d.Read(ctx, func(tx *db.Tx) error {
				list, err := act.Entries(ctx, tx, q)
				for _, e := range list {
					targets, last = append(targets, e.Target), e.ID
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return targets, last
		}
		for name, c := range map[string]struct {
			q    act.EntryQuery
			want []id.ID
		}{
			"all":     {act.EntryQuery{}, []id.ID{5, 4, 3, 2, 1, 0}},
			"who":     {act.EntryQuery{Who: 2}, []id.ID{5, 3, 1}},
			"command": {act.EntryQuery{Command: "test.c"}, []id.ID{5, 2}},
			"time":    {act.EntryQuery{From: start + 1000, Until: start + 3000}, []id.ID{2, 1}},
		} {
			c.q.Limit = 10
			if got, _ := find(c.q); len(got) != len(c.want) || len(got) > 0 && (got[0] != c.want[0] || got[len(got)-1] != c.want[len(got)-1]) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		_, last := find(act.EntryQuery{Limit: 4})
		if got, _ := find(act.EntryQuery{Limit: 4, Before: last}); len(got) != 2 || got[0] != 1 {
			t.Errorf("second page: %v", got)
		}
	})
}
