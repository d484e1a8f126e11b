package fold

import (
	"fmt"
	"testing"

	"kizashi/clock"
	"kizashi/id"
)

// newcomers lets n people arrive from an address in one transaction, kept or not, and counts those of a flood.
func newcomers(f *floods, perKey, n int, address string, now int64, kept bool) (flooded int) {
	a := f.begin(perKey)
	for i := range n {
		flooded += len(a.arrive(7, address, id.ID(i+1), now))
	}
	if kept {
		a.keep()
	}
	return flooded
}

// A transaction that is rolled back or run again counts nobody, and forgets nobody who came before.
func TestOnlyWhatCommitsCountsAsArrived(t *testing.T) {
	f := &floods{}
	for range 3 {
		if n := newcomers(f, 30, peoplePerAddress, "203.0.113.5", 0, false); n != 0 {
			t.Fatalf("an attempt that was not kept made a flood of %d", n)
		}
	}
	newcomers(f, 30, peoplePerAddress, "203.0.113.5", 0, true)
	for range 2 { // the first attempt at the sixth fails: the second must find all of them, too
		if n := newcomers(f, 30, 1, "203.0.113.5", 0, false); n != peoplePerAddress+1 {
			t.Fatalf("a flood of %d, want %d", n, peoplePerAddress+1)
		}
	}
}

// Who comes without an address has a bucket beside that of the whole key.
func TestAKeysBucketIsNoAddress(t *testing.T) {
	f := &floods{}
	newcomers(f, 30, 1, "", 0, true)
	for i := range 29 {
		if n := newcomers(f, 30, 1, fmt.Sprint("203.0.113.", i), 0, true); n != 0 {
			t.Fatalf("visitor %d is a flood", i)
		}
	}
	if n := newcomers(f, 30, 1, "198.51.100.1", 0, true); n != 31 {
		t.Errorf("a flood of %d, want 31", n)
	}
}

// Buckets fill again with time, and remember as many as they believe.
func TestBucketsFillAgain(t *testing.T) {
	f := &floods{}
	newcomers(f, 300, peoplePerAddress, "203.0.113.5", 0, true)
	if n := newcomers(f, 300, 1, "203.0.113.5", clock.Hour, true); n != 0 {
		t.Errorf("an hour later a flood of %d", n)
	}
	f = &floods{}
	for i := range 300 {
		newcomers(f, 300, 1, fmt.Sprint(i), 0, true)
	}
	if n := newcomers(f, 300, 1, "x", 0, true); n != 301 {
		t.Errorf("of 301 people %d are found", n)
	}
}
