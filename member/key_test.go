package member

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/testkit"
)

func keyOf(t *testing.T, door *act.Door) (k Key) {
	t.Helper()
	err := door.DB.Read(t.Context(), func(tx *db.Tx) error {
		list, err := Keys(t.Context(), tx)
		k = list[0]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAKeyTellsWhenItWasUsedAndEnds(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		start := door.DB.Clock.Now()
		door.DB.Clock.Set(start)
		wantKey(t, door.Run(ctx, act.Product, &AddKey{Label: "x", Role: act.Track, Days: -1}), "member.key_days")
		add := &AddKey{Label: "site", Role: act.Track, Days: 30}
		run(t, door, act.Product, add)
		if k := keyOf(t, door); k.UsedAt != 0 || k.ExpiresAt != start+30*clock.Day || k.Off(start) {
			t.Error(k)
		}
		for _, c := range []struct{ at, used int64 }{ // noted once a minute, however often it is used
			{0, 0}, {10 * clock.Second, 0}, {54 * clock.Second, 0}, {clock.Minute, clock.Minute}, {90 * clock.Second, clock.Minute},
			{30*clock.Day - clock.Second, 30*clock.Day - clock.Second},
		} {
			door.DB.Clock.Set(start + c.at)
			for range 3 {
				if _, err := FindKey(ctx, door.DB, add.Secret); err != nil {
					t.Fatal(err)
				}
			}
			if k := keyOf(t, door); k.UsedAt != start+c.used {
				t.Errorf("used at %d, noted %d", c.at, k.UsedAt-start)
			}
		}
		door.DB.Clock.Set(start + 30*clock.Day) // a second after it was last believed
		_, err := FindKey(ctx, door.DB, add.Secret)
		wantKey(t, err, "fault.unauthenticated")
		if !keyOf(t, door).Off(door.DB.Clock.Now()) {
			t.Error("it does not look expired")
		}
	})
}
