package fold

import (
	"context"
	"maps"
	"slices"
	"sync"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/setting"
)

// A flood is more new people through one public key than a site has visitors who give their address: invented
// ones, mostly. Of one address a few an hour are believed, of a key as many as the setting says.
const (
	peoplePerAddress = 5
	floodMemory      = clock.Hour // how far back those are found who came before it was known to be a flood
	maxFlooders      = 20_000     // buckets that are remembered
	maxRecent        = 200        // people of a bucket, or as many as it believes at once
)

// floods watches over the people that public keys bring. It is not durable: after a restart the first few count
// as genuine again.
type floods struct {
	mu   sync.Mutex
	seen map[floodKey]flood
	per  int
}

// floodKey names a bucket: that of a key and an address, or that of the whole key.
type floodKey struct {
	door    id.ID
	address string
	whole   bool
}

// flood is a token bucket of new people. It is a value, so that a transaction that does not commit, or is run
// again, counts nobody.
type flood struct {
	left   float64 // tokens
	at     int64   // when they were counted, ms UTC
	recent []newcomer
}

type newcomer struct {
	lead id.ID
	at   int64 // ms UTC
}

// take counts a person; where the bucket is empty, it gives the person and those before as flooded. The bucket holds
// per people and fills with twice as many an hour.
func (f flood) take(who id.ID, per int, now int64) (after flood, flooded []id.ID) {
	f.left = min(float64(per), f.left+float64(max(now-f.at, 0))*float64(2*per)/float64(clock.Hour))
	f.at = now
	f.recent = append(slices.Clone(f.recent), newcomer{who, now})
	if f.left >= 1 {
		f.left--
		f.recent = f.recent[max(0, len(f.recent)-max(maxRecent, per)):]
		return f, nil
	}
	for _, n := range f.recent {
		if n.at > now-floodMemory {
			flooded = append(flooded, n.lead)
		}
	}
	f.recent = nil
	return f, flooded
}

// arrivals are the people of one attempt at a transaction.
type arrivals struct {
	of    *floods
	per   int
	taken map[floodKey]flood
}

// begin looks at the buckets as they are; nothing changes before keep.
func (f *floods) begin(perKey int) *arrivals {
	return &arrivals{of: f, per: perKey, taken: map[floodKey]flood{}}
}

// arrive counts a new person, and gives those who came in a flood: the person, and whom the same bucket let
// through shortly before, for the flood is the first sign that they were no genuine visitors either.
func (a *arrivals) arrive(door id.ID, address string, who id.ID, now int64) (flooded []id.ID) {
	for _, b := range []struct {
		key floodKey
		per int
	}{{floodKey{door: door, address: address}, peoplePerAddress}, {floodKey{door: door, whole: true}, a.per}} {
		after, came := a.bucket(b.key, b.per, now).take(who, b.per, now)
		a.taken[b.key] = after
		flooded = append(flooded, came...)
	}
	return flooded
}

func (a *arrivals) bucket(key floodKey, per int, now int64) flood {
	if f, taken := a.taken[key]; taken {
		return f
	}
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if f, seen := a.of.seen[key]; seen && a.of.per == a.per {
		return f
	}
	return flood{left: float64(per), at: now}
}

// keep makes what an attempt counted count, once it is durable.
func (a *arrivals) keep() {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if a.of.seen == nil || a.of.per != a.per || len(a.of.seen) > maxFlooders {
		a.of.seen, a.of.per = map[floodKey]flood{}, a.per
	}
	maps.Copy(a.of.seen, a.taken)
}

// watch marks the people of a batch who came in a flood.
func (e *Engine) watch(ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved) error {
	var came *arrivals
	var flooded []id.ID
	for i, it := range items {
		if !owners[i].Made || it.message.Standing >= lead.Entered || it.message.Door == 0 {
			continue
		}
		if came == nil {
			perKey, err := setting.FloodPeople(ctx, tx)
			if err != nil || perKey == 0 {
				return err
			}
			came = e.floods.begin(perKey)
		}
		flooded = append(flooded, came.arrive(it.message.Door, it.message.Address, owners[i].Lead, tx.Now)...)
	}
	if came == nil {
		return nil
	}
	tx.After(came.keep)
	if len(flooded) == 0 {
		return nil
	}
	return lead.MarkFlood(ctx, tx, flooded)
}
