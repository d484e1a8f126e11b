package track

import (
	"kizashi/act"
	"kizashi/fault"
	"kizashi/limit"
)

// What a public key may send. A secret key has the limits of the JSON API only: whoever holds it is trusted.
const (
	burstSeconds = 20    // of the rate, that an address may send at once
	minBurst     = 5_000 // messages: two batches of the largest size
	keyFold      = 10    // a key may send as much as so many addresses
	maxSenders   = 50_000
)

// Limiter bounds how many messages come through public keys, by key and address, and by key alone: token buckets.
// An IPv6 client counts by its /64. It is safe for many goroutines.
type Limiter struct {
	// Senders are the buckets, for the nodes to share.
	Senders *limit.Buckets[string]
}

// NewLimiter makes an empty one.
func NewLimiter() *Limiter { return &Limiter{limit.New[string](maxSenders)} }

// Allow takes n messages of a client out of its buckets; a TooMany fault with the seconds to wait where they do
// not hold so many. The network is as member.NetworkOf gives it; perSecond is the rate of one address, 0 means no limit.
func (l *Limiter) Allow(who act.Who, network string, n, perSecond int, now int64) error {
	if who.Role != act.Track || perSecond <= 0 || n == 0 {
		return nil
	}
	key := who.ID.String()
	wait := l.Senders.Take(now, n,
		limit.Of[string]{Name: key + " " + network, Pace: pace(perSecond)},
		limit.Of[string]{Name: key, Pace: pace(perSecond * keyFold)})
	if wait > 0 {
		return fault.New(fault.TooMany, "track.too_fast", fault.Args{"seconds": wait})
	}
	return nil
}

func pace(perSecond int) limit.Pace {
	return limit.Pace{PerSecond: float64(perSecond), Burst: max(perSecond*burstSeconds, minBurst)}
}
