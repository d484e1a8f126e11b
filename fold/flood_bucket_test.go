package fold

import (
	"fmt"
	"testing"

	"kizashi/clock"
	"kizashi/id"
	"kizashi/limit"
)

// gate is what watches over newcomers.
type gate struct {
	floods
	limits *limit.Buckets[string]
	perKey int
}

const perAddress = 5

func newGate(perKey int) *gate { return &gate{limits: limit.New[string](1000), perKey: perKey} }

// newcomers lets n people arrive from an address in one transaction, kept or not, and counts those of a flood.
func (g *gate) newcomers(n int, address string, now int64, kept bool) int {
	taken := g.limits.Begin(now)
	a := g.begin(taken, now)
	for i := range n {
		a.arrive(7, id.ID(i+1), sourcesOf(7, address, perAddress, g.perKey))
	}
	if kept {
		taken.Keep()
		a.keep()
	}
	return len(a.flooded[7])
}

// A transaction that is rolled back or run again counts nobody, and forgets nobody who came before.
func TestOnlyWhatCommitsCountsAsArrived(t *testing.T) {
	g := newGate(30)
	for range 3 {
		if n := g.newcomers(perAddress, "203.0.113.5", 0, false); n != 0 {
			t.Fatalf("an attempt that was not kept made a flood of %d", n)
		}
	}
	g.newcomers(perAddress, "203.0.113.5", 0, true)
	for range 2 { // the first attempt at the sixth fails: the second must find all of them, too
		if n := g.newcomers(1, "203.0.113.5", 0, false); n != perAddress+1 {
			t.Fatalf("a flood of %d, want %d", n, perAddress+1)
		}
	}
}

// Who comes without an address has a bucket beside that of the whole key.
func TestAKeysBucketIsNoAddress(t *testing.T) {
	g := newGate(30)
	g.newcomers(1, "", 0, true)
	for i := range 29 {
		if n := g.newcomers(1, fmt.Sprint("203.0.113.", i), 0, true); n != 0 {
			t.Fatalf("visitor %d is a flood", i)
		}
	}
	if n := g.newcomers(1, "198.51.100.1", 0, true); n != 31 {
		t.Errorf("a flood of %d, want 31", n)
	}
}

// Buckets fill again with time, and remember as many as they believe.
func TestBucketsFillAgain(t *testing.T) {
	g := newGate(300)
	g.newcomers(perAddress, "203.0.113.5", 0, true)
	if n := g.newcomers(1, "203.0.113.5", clock.Hour, true); n != 0 {
		t.Errorf("an hour later a flood of %d", n)
	}
	g = newGate(300)
	for i := range 300 {
		g.newcomers(1, fmt.Sprint(i), 0, true)
	}
	if n := g.newcomers(1, "x", 0, true); n != 301 {
		t.Errorf("of 301 people %d are found", n)
	}
}
