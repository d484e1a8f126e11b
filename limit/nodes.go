package limit

import (
	"cmp"
	"slices"
)

// Gift is how many tokens a bucket of one node gave.
type Gift[K comparable] struct {
	Name K    `json:"b"`
	N    int  `json:"n"`
	Pace Pace `json:"p"`
}

// Gave is what the buckets gave since the other nodes were told, the largest part of a bucket first.
func (b *Buckets[K]) Gave() (list []Gift[K]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, one := range b.known {
		if one.gave > 0 {
			list = append(list, Gift[K]{name, one.gave, one.pace})
		}
	}
	slices.SortFunc(list, func(x, y Gift[K]) int { return cmp.Compare(y.N*x.Pace.Burst, x.N*y.Pace.Burst) })
	return list
}

// Told notes what the other nodes know now.
func (b *Buckets[K]) Told(list []Gift[K]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range list {
		if one, held := b.known[g.Name]; held {
			one.gave = max(one.gave-g.N, 0)
			b.known[g.Name] = one
		}
	}
}

// Hear takes what another node gave out of the buckets of this one, at a moment, ms UTC.
func (b *Buckets[K]) Hear(list []Gift[K], now int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range list {
		if g.Pace.Burst < 1 || g.Pace.PerSecond <= 0 {
			continue
		}
		gave := b.find(Of[K]{g.Name, g.Pace}, now).gave
		b.give(Of[K]{g.Name, g.Pace}, g.N, now)
		one := b.known[g.Name]
		one.gave = gave
		b.known[g.Name] = one
	}
}
