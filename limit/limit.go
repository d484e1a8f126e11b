// Package limit bounds how much of something may happen in a time: token buckets by name, in this process. The nodes of
// an installation may tell each other what their buckets gave: see Gave.
package limit

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"

	"kizashi/clock"
)

// Pace is how much may happen: Burst at once, and PerSecond more in each second. Both are above 0.
type Pace struct {
	PerSecond float64
	Burst     int
}

// Hourly is a pace of burst at once, and perHour in an hour.
func Hourly(burst, perHour int) Pace { return Pace{float64(perHour) / 3600, burst} }

// Daily is a pace of n at once, which fills again in a day.
func Daily(n int) Pace { return Pace{float64(n) / 86400, n} }

// Of names a bucket and its pace.
type Of[K comparable] struct {
	Name K
	Pace Pace
}

// Buckets holds token buckets by name, a bounded number of them. It is safe for many goroutines.
type Buckets[K comparable] struct {
	mu    sync.Mutex
	most  int
	known map[K]bucket
}

// bucket is what is left of a burst. golang.org/x/time/rate is not used: its limiter stands still until a clock that
// ran ahead and came back is as far again.
type bucket struct {
	left float64 // tokens
	at   int64   // when that was so, ms UTC
	pace Pace
	gave int // tokens since the other nodes were told, see Gave
}

// filled is the bucket as of a moment, at the pace that holds then.
func (b bucket) filled(p Pace, now int64) bucket {
	gained := float64(max(now-b.at, 0)) / float64(clock.Second) * b.pace.PerSecond
	return bucket{min(float64(p.Burst), b.left+gained), now, p, b.gave}
}

// New makes buckets that remember as many names as most says, at least 1.
func New[K comparable](most int) *Buckets[K] {
	return &Buckets[K]{most: most, known: map[K]bucket{}}
}

// Take takes n tokens out of each bucket, or out of none of them if one holds fewer. In that case wait is after how
// many seconds, at least 1, all of them will hold n; otherwise it is 0. What is more than a burst takes a full
// bucket. now is in ms UTC.
func (b *Buckets[K]) Take(now int64, n int, from ...Of[K]) (wait int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range from {
		if short := f.part(n) - b.find(f, now).left; short > 0 {
			wait = max(wait, 1, int(math.Ceil(short/f.Pace.PerSecond)))
		}
	}
	for _, f := range from {
		after := b.find(f, now)
		if wait == 0 {
			after.left -= f.part(n)
			after.gave += n
		}
		b.keep(f.Name, after)
	}
	return wait
}

// part is how many of n tokens a bucket is asked for.
func (f Of[K]) part(n int) float64 { return float64(min(n, f.Pace.Burst)) }

func (b *Buckets[K]) find(f Of[K], now int64) bucket {
	if known, ok := b.known[f.Name]; ok {
		return known.filled(f.Pace, now)
	}
	return bucket{left: float64(f.Pace.Burst), at: now, pace: f.Pace}
}

func (b *Buckets[K]) keep(name K, after bucket) {
	if _, ok := b.known[name]; !ok && len(b.known) >= b.most {
		b.forget(after.at)
	}
	b.known[name] = after
}

// forget makes room: it drops the fuller half. A burst more for a few costs less than a table that grows without end,
// and whoever is at a limit stays there, however many others come.
func (b *Buckets[K]) forget(now int64) {
	names := slices.Collect(maps.Keys(b.known))
	share := make(map[K]float64, len(names))
	for name, known := range b.known {
		share[name] = known.filled(known.pace, now).left / float64(known.pace.Burst)
	}
	slices.SortFunc(names, func(x, y K) int { return cmp.Compare(share[y], share[x]) })
	for _, name := range names[:(len(names)+1)/2] {
		delete(b.known, name)
	}
}

// Len is how many names are remembered.
func (b *Buckets[K]) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.known)
}
