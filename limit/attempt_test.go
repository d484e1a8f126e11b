package limit

import (
	"testing"

	"pgregory.net/rapid"
)

// An attempt that is not kept takes nothing.
func TestAttempts(t *testing.T) {
	b := New[string](100)
	try := func(keep bool) (given int) {
		a := b.Begin(0)
		for range 5 {
			if a.Take(1, Of[string]{"x", Daily(3)}) {
				given++
			}
		}
		if keep {
			a.Keep()
		}
		return given
	}
	if first, again, kept, after := try(false), try(false), try(true), try(true); first != 3 || again != 3 || kept != 3 || after != 0 {
		t.Errorf("%d, %d, %d, then %d", first, again, kept, after)
	}
}

// What another node gave is gone here, and is not told again.
func TestNodesTellEachOther(t *testing.T) {
	one, other := New[string](10), New[string](10)
	key, address := Of[string]{"key", Pace{1, 100}}, Of[string]{"address", Pace{1, 10}}
	one.Take(0, 9, key, address)
	gave := one.Gave()
	if len(gave) != 2 || gave[0].Name != "address" {
		t.Fatalf("%+v", gave)
	}
	other.Hear(gave, 0)
	one.Told(gave)
	if len(one.Gave()) != 0 || len(other.Gave()) != 0 {
		t.Error("it is told twice")
	}
	if other.Take(0, 2, address) == 0 || other.Take(0, 1, address) != 0 {
		t.Error("the other node does not know what was given")
	}
	if list := other.Gave(); len(list) != 1 || list[0].N != 1 {
		t.Errorf("%+v", list)
	}
}

// However callers take, no bucket gives more than its burst and what it filled.
func TestNoBucketGivesMoreThanItHolds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := New[string](10)
		x := Of[string]{"x", Pace{rapid.Float64Range(0.01, 20).Draw(r, "rate"), rapid.IntRange(1, 50).Draw(r, "burst")}}
		now, given := int64(0), 0
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			now += rapid.Int64Range(0, 5_000).Draw(r, "ms")
			n := rapid.IntRange(1, x.Pace.Burst).Draw(r, "n")
			if b.Take(now, n, x) == 0 {
				given += n
			}
		}
		if most := float64(x.Pace.Burst) + x.Pace.PerSecond*float64(now)/1000; float64(given) > most+1e-6 {
			r.Fatalf("gave %d of %f", given, most)
		}
	})
}
