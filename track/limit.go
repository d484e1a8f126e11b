package track

import (
	"net/http"
	"sync"

	"golang.org/x/time/rate"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/fault"
	"kizashi/id"
	accounts "kizashi/member" // member is a part of a JSON object here
)

// What a public key may send. A secret key is not limited: whoever holds it is trusted.
const (
	burstSeconds = 20    // of the rate, that an address may send at once
	minBurst     = 5_000 // messages: two batches of the largest size
	keyFold      = 10    // a key may send as much as so many addresses
	maxSenders   = 50_000
)

// Limiter bounds how many messages come through public keys, by key and address, and by key alone: token
// buckets, in this process. An IPv6 client counts by its /64. It is safe for many goroutines.
type Limiter struct {
	mu      sync.Mutex
	senders map[sendersKey]*rate.Limiter
	rate    int // of the buckets, messages a second
}

type sendersKey struct {
	key     id.ID
	network string // "" for all of a key
}

// NewLimiter makes an empty one.
func NewLimiter() *Limiter { return &Limiter{senders: map[sendersKey]*rate.Limiter{}} }

// Allow takes n messages of a client out of its buckets; a TooMany fault with the seconds to wait where they do
// not hold so many. perSecond is the rate of one address; 0 means no limit.
func (l *Limiter) Allow(who act.Who, r *http.Request, n, perSecond int, now int64) error {
	if who.Role != act.Track || perSecond <= 0 || n == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate != perSecond || len(l.senders) >= maxSenders {
		clear(l.senders) // a burst more for everybody costs less than one that grows without end
		l.rate = perSecond
	}
	for _, b := range []struct {
		key sendersKey
		per int
	}{{sendersKey{who.ID, accounts.NetworkOf(r.RemoteAddr)}, perSecond}, {sendersKey{who.ID, ""}, perSecond * keyFold}} {
		if !l.bucket(b.key, b.per).AllowN(clock.Time(now), n) {
			wait := max(1, n/b.per)
			return fault.New(fault.TooMany, "track.too_fast", fault.Args{"seconds": wait})
		}
	}
	return nil
}

func (l *Limiter) bucket(key sendersKey, perSecond int) *rate.Limiter {
	b := l.senders[key]
	if b == nil {
		b = rate.NewLimiter(rate.Limit(perSecond), max(perSecond*burstSeconds, minBurst))
		l.senders[key] = b
	}
	return b
}
