package fold

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

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
	maxRecent        = 200        // people of a bucket
)

// floods watches over the people that public keys bring. It belongs to the committer, and is not durable: after a
// restart the first few count as genuine again.
type floods struct {
	mu   sync.Mutex
	seen map[floodKey]*flood
	per  int
}

type floodKey struct {
	door    id.ID
	address string // "" for all of a key
}

type flood struct {
	allow  *rate.Limiter
	recent []newcomer // within floodMemory, the oldest first
}

type newcomer struct {
	lead id.ID
	at   int64
}

// arrive counts a new person, and gives those who came in a flood: the person, and whom the same key brought
// shortly before, as the first sign that they were no genuine visitors either.
func (f *floods) arrive(door id.ID, address string, who id.ID, perKey int, now int64) (flooded []id.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen == nil || f.per != perKey || len(f.seen) > maxFlooders {
		f.seen, f.per = map[floodKey]*flood{}, perKey
	}
	for _, b := range []struct {
		key floodKey
		per int
	}{{floodKey{door, address}, peoplePerAddress}, {floodKey{door, ""}, perKey}} {
		bucket := f.seen[b.key]
		if bucket == nil {
			bucket = &flood{allow: rate.NewLimiter(rate.Every(time.Hour/time.Duration(2*b.per)), b.per)}
			f.seen[b.key] = bucket
		}
		bucket.recent = append(bucket.recent, newcomer{who, now})
		if !bucket.allow.AllowN(clock.Time(now), 1) {
			for _, n := range bucket.recent {
				if n.at > now-floodMemory {
					flooded = append(flooded, n.lead)
				}
			}
			bucket.recent = nil
		}
		bucket.recent = bucket.recent[max(0, len(bucket.recent)-maxRecent):]
	}
	return flooded
}

// watch marks the people of a batch who came in a flood.
func (e *Engine) watch(ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved) error {
	var flooded []id.ID
	perKey := -1
	for i, it := range items {
		if !owners[i].Made || it.message.Standing >= lead.Entered || it.message.Door == 0 {
			continue
		}
		if perKey < 0 {
			var err error
			if perKey, err = setting.FloodPeople(ctx, tx); err != nil {
				return err
			}
		}
		if perKey > 0 {
			flooded = append(flooded, e.floods.arrive(it.message.Door, it.message.Address, owners[i].Lead, perKey, tx.Now)...)
		}
	}
	if len(flooded) == 0 {
		return nil
	}
	return lead.MarkFlood(ctx, tx, flooded)
}
