package limit

import (
	"sync"
	"sync/atomic"
	"testing"

	"kizashi/clock"
)

func TestTakeIsAllOrNothing(t *testing.T) {
	b, now := New[string](10), int64(1_700_000_000_000)
	one, all := Of[string]{"one", Pace{1, 5}}, Of[string]{"all", Pace{2, 8}}
	if wait := b.Take(now, 5, one, all); wait != 0 {
		t.Fatal(wait)
	}
	if wait := b.Take(now, 4, one, all); wait != 4 {
		t.Errorf("wait %d s, want 4: one is empty and gets 1 a second", wait)
	}
	if wait := b.Take(now, 3, all); wait != 0 {
		t.Error("a refusal took something out of the other bucket")
	}
	if wait := b.Take(now+4*clock.Second, 4, one, all); wait != 0 {
		t.Errorf("wait %d s after the wait", wait)
	}
	b.Take(now+clock.Day, 5, one)
	if wait := b.Take(now, 1, one); wait != 1 {
		t.Errorf("a clock that went back: wait %d s", wait)
	}
	if wait := b.Take(now+clock.Second, 1, one); wait != 0 {
		t.Errorf("a clock that went back stops a bucket: wait %d s", wait)
	}
}

func TestAnotherPaceHoldsAtOnce(t *testing.T) {
	b, now := New[int](10), int64(1_700_000_000_000)
	if wait := b.Take(now, 100, Of[int]{1, Pace{10, 100}}); wait != 0 {
		t.Fatal(wait)
	}
	if wait := b.Take(now+clock.Second, 100, Of[int]{1, Pace{1000, 1000}}); wait != 1 {
		t.Errorf("wait %d s", wait)
	}
	if wait := b.Take(now+2*clock.Second, 1000, Of[int]{1, Pace{1000, 1000}}); wait != 0 {
		t.Errorf("wait %d s at the faster pace", wait)
	}
}

// However many names come, the table stays small; those at their limit are forgotten last.
func TestNamesAreBounded(t *testing.T) {
	const most = 1000
	b, now := New[int](most), int64(1_700_000_000_000)
	slow := Of[int]{-1, Pace{1e-6, 1}}
	if b.Take(now, 1, slow) != 0 {
		t.Fatal("the first is refused")
	}
	for i := range 100 * most {
		now += 10
		if wait := b.Take(now, 1, Of[int]{i, Pace{10, 10}}); wait != 0 {
			t.Fatalf("name %d waits %d s", i, wait)
		}
		if n := b.Len(); n > most {
			t.Fatalf("%d names", n)
		}
	}
	if b.Take(now, 1, slow) == 0 {
		t.Error("the bucket at its limit was forgotten for full ones")
	}
	for i := range 10 * most { // all in use at one moment
		b.Take(now, 10, Of[int]{-2 - i, Pace{0.001, 10}})
		if n := b.Len(); n > most {
			t.Fatalf("%d names", n)
		}
	}
}

func TestTakeAtTheSameMoment(t *testing.T) {
	b := New[string](10)
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if b.Take(1_700_000_000_000, 1, Of[string]{"a", Pace{1, 7}}) == 0 {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != 7 {
		t.Errorf("%d of 50 went through, want 7", taken.Load())
	}
}
