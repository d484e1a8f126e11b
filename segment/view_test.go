package segment_test

import (
	"context"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/segment"
	"kizashi/testkit"
)

// fine is the kind of no fault.
const fine = fault.Internal

// Views are their owner's: shared ones are seen by all, changed and ended by nobody else, and come back.
func TestViews(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		door := act.NewDoor(d)
		hanako, taro := act.Who{ID: 11, Name: "H", Role: act.Inside}, act.Who{ID: 12, Name: "T", Role: act.Field}
		run := func(who act.Who, c act.Command, want fault.Kind) {
			t.Helper()
			err := door.Run(ctx, who, c)
			if (want == fine) != (err == nil) || err != nil && fault.KindOf(err) != want {
				t.Errorf("%s: %v, want %v", c.Name(), err, want)
			}
		}
		seen := func(who act.Who) string {
			t.Helper()
			var names []string
			err := d.Read(ctx, func(tx *db.Tx) error {
				list, err := segment.Views(ctx, tx, who.ID)
				for _, v := range list {
					names = append(names, v.Name)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(names, " ")
		}
		shared := &segment.SaveView{Title: " b ", Shared: true, Query: segment.Query{Rule: `lead.engagement   >= 0.0`, Mine: true}}
		run(hanako, shared, fine)
		run(hanako, &segment.SaveView{Title: "a"}, fine)
		if seen(hanako) != "a b" || seen(taro) != "b" {
			t.Errorf("%q, %q", seen(hanako), seen(taro))
		}
		run(taro, &segment.SaveView{ID: shared.ID, Title: "c"}, fault.NotFound)
		run(taro, &segment.DeleteView{ID: shared.ID}, fault.NotFound)
		run(hanako, &segment.SaveView{ID: shared.ID, Title: "c"}, fine)
		run(hanako, &segment.DeleteView{ID: shared.ID}, fine)
		run(hanako, &segment.DeleteView{ID: shared.ID}, fault.NotFound)
		if seen(hanako) != "a" || seen(taro) != "" {
			t.Errorf("ended: %q, %q", seen(hanako), seen(taro))
		}
		run(hanako, &segment.DeleteView{ID: shared.ID, Undo: true}, fine)
		if seen(hanako) != "a c" {
			t.Errorf("back: %q", seen(hanako))
		}
		run(act.Who{ID: 13, Role: act.Viewer}, &segment.SaveView{Title: "v", Shared: true}, fault.Forbidden)
		run(act.Who{ID: 13, Role: act.Viewer}, &segment.SaveView{Title: "v"}, fine)
	})
}

// What is wrong with a view is said of each field.
func TestCheckView(t *testing.T) {
	for field, c := range map[string]*segment.SaveView{
		"name":   {Title: "  "},
		"search": {Title: "a", Query: segment.Query{Search: strings.Repeat("あ", 101)}},
		"rule":   {Title: "a", Query: segment.Query{Rule: "nothing >"}},
	} {
		if err := c.Check(); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := (&segment.SaveView{Title: strings.Repeat("あ", 100)}).Check(); err != nil {
		t.Error(err)
	}
	if err := (&segment.SaveView{Title: strings.Repeat("あ", 101)}).Check(); err == nil {
		t.Error("a name that is too long")
	}
}
