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
	"kizashi/limit"
	"kizashi/setting"
)

// A flood is more new people through one public key than a site has visitors who give their address: invented
// ones, mostly. The settings say how many a key and an address may bring at once; twice as many may come in an hour.
const (
	floodMemory = clock.Hour // how far back those are found who came before it was known to be a flood
	maxFlooders = 20_000     // keys and addresses that are remembered
	maxRecent   = 200        // people of a bucket, or as many as it believes at once
)

// Flooding is posted when people are marked who came through a public key in a flood.
type Flooding struct {
	Key   id.ID
	Since int64 // when the first of them came, ms UTC
	Leads []id.ID
}

// floods remembers who came through public keys lately. It is not durable: after a restart those who came before
// count as genuine.
type floods struct {
	mu   sync.Mutex
	seen map[string][]newcomer // by the name of a limit
}

type newcomer struct {
	lead id.ID
	at   int64 // ms UTC
}

// source is the limit of those who came by one way.
type source struct {
	name string
	per  int // people at once
}

// sourcesOf are the ways of a newcomer: the key's from a network address, and all of the key.
func sourcesOf(door id.ID, address string, perAddress, perKey int) []source {
	return []source{{"people " + door.String() + " " + address, perAddress}, {"people " + door.String(), perKey}}
}

// arrivals are the people of one attempt at a transaction.
type arrivals struct {
	of      *floods
	limits  *limit.Attempt[string]
	now     int64                 // ms UTC
	recent  map[string][]newcomer // of the sources they came by
	flooded map[id.ID][]newcomer  // by key
}

// begin looks at who came; nothing changes before keep.
func (f *floods) begin(limits *limit.Attempt[string], now int64) *arrivals {
	return &arrivals{of: f, limits: limits, now: now, recent: map[string][]newcomer{}, flooded: map[id.ID][]newcomer{}}
}

// arrive counts a new person. Where a source has no room, it notes as flooded the person and whom the source let
// through shortly before: the flood is the first sign that they were no genuine visitors either.
func (a *arrivals) arrive(door id.ID, who id.ID, sources []source) {
	for _, s := range sources {
		if s.per == 0 {
			continue
		}
		came := append(slices.Clone(a.before(s.name)), newcomer{who, a.now})
		if a.limits.Take(1, limit.Of[string]{Name: s.name, Pace: limit.Hourly(s.per, 2*s.per)}) {
			a.recent[s.name] = came[max(0, len(came)-max(maxRecent, s.per)):]
			continue
		}
		for _, n := range came {
			if n.at > a.now-floodMemory {
				a.flooded[door] = append(a.flooded[door], n)
			}
		}
		a.recent[s.name] = nil
	}
}

func (a *arrivals) before(name string) []newcomer {
	if list, taken := a.recent[name]; taken {
		return list
	}
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	return a.of.seen[name]
}

// keep remembers who came, once it is durable.
func (a *arrivals) keep() {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if a.of.seen == nil || len(a.of.seen) > maxFlooders {
		a.of.seen = map[string][]newcomer{}
	}
	maps.Copy(a.of.seen, a.recent)
}

// watch marks the people of a batch who came in a flood.
func (e *Engine) watch(
	ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved, limits *limit.Attempt[string],
) error {
	came := func(i int) bool { return owners[i].Made && items[i].public() }
	if !slices.ContainsFunc(indexes(items), came) {
		return nil
	}
	perKey, err := setting.FloodPeople(ctx, tx)
	if err != nil {
		return err
	}
	perAddress, err := setting.FloodAddress(ctx, tx)
	if err != nil {
		return err
	}
	a := e.floods.begin(limits, tx.Now)
	for i, it := range items {
		if came(i) {
			door := it.message.Door
			a.arrive(door, owners[i].Lead, sourcesOf(door, it.message.Address, perAddress, perKey))
		}
	}
	tx.After(a.keep)
	return a.mark(ctx, tx)
}

func indexes(items []*item) []int {
	list := make([]int, len(items))
	for i := range list {
		list[i] = i
	}
	return list
}

// mark says of the flooded that they are, and posts it by key.
func (a *arrivals) mark(ctx context.Context, tx *db.Tx) error {
	for _, door := range slices.Sorted(maps.Keys(a.flooded)) {
		f := Flooding{Key: door, Since: a.now}
		for _, n := range a.flooded[door] {
			f.Leads, f.Since = append(f.Leads, n.lead), min(f.Since, n.at)
		}
		marked, err := lead.MarkFlood(ctx, tx, f.Leads)
		if err != nil {
			return err
		}
		if f.Leads = marked; len(marked) > 0 {
			tx.Post(f)
		}
	}
	return nil
}
