package setting

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/fault"
	"kizashi/testkit"
)

// L07: people say for themselves how many leads a day they can work on; nobody else's number changes.
func TestOwnCapacity(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako, taro := act.Who{ID: 11, Role: act.Inside}, act.Who{ID: 12, Role: act.Field}
		set := func(who act.Who, n *int) error { return door.Run(ctx, who, &SetOwnCapacity{Leads: n}) }
		want := func(h, t2 int) {
			t.Helper()
			all := get(t, door, LeadCapacity)
			if all.Of(hanako.ID) != h || all.Of(taro.ID) != t2 || all.Usual != 20 {
				t.Errorf("%+v, want %d and %d", all, h, t2)
			}
		}
		for _, err := range []error{set(hanako, new(5)), set(taro, new(0))} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want(5, 0)
		if err := set(hanako, nil); err != nil {
			t.Fatal(err)
		}
		want(20, 0)
		for _, n := range []int{-1, maxCapacity + 1} {
			if err := set(hanako, &n); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%d: %v", n, err)
			}
		}
		if err := set(act.Who{ID: 13, Role: act.Viewer}, new(5)); fault.KindOf(err) != fault.Forbidden {
			t.Error(err)
		}
		want(20, 0)
	})
}
