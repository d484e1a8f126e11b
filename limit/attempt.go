package limit

// Attempt takes in a transaction: what it takes counts once it is kept, and never if the transaction fails or is run
// again. It is for one goroutine.
type Attempt[K comparable] struct {
	of    *Buckets[K]
	now   int64
	taken map[K]taken
}

type taken struct {
	n    int
	pace Pace
}

// Begin looks at the buckets at a moment, ms UTC.
func (b *Buckets[K]) Begin(now int64) *Attempt[K] {
	return &Attempt[K]{of: b, now: now, taken: map[K]taken{}}
}

// Take tells whether a bucket holds n more tokens, and then takes them.
func (a *Attempt[K]) Take(n int, from Of[K]) bool {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	n += a.taken[from.Name].n
	if float64(n) > a.of.find(from, a.now).left {
		return false
	}
	a.taken[from.Name] = taken{n, from.Pace}
	return true
}

// Keep makes what was taken count.
func (a *Attempt[K]) Keep() {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	for name, t := range a.taken {
		a.of.give(Of[K]{name, t.pace}, t.n, a.now)
	}
}

// give takes n tokens, also those that the bucket does not hold.
func (b *Buckets[K]) give(from Of[K], n int, now int64) {
	after := b.find(from, now)
	after.left -= float64(n)
	after.gave += n
	b.keep(from.Name, after)
}
