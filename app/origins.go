package app

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"kizashi/api"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/setting"
)

// originsFor is how long the allowed origins are believed without asking the database, in ms: a
// change reaches the tracking door of every node within that time.
const originsFor = 2 * clock.Second

// origins remembers which web origins may send, for each request of the tracking door asks.
type origins struct {
	db    *db.DB
	until atomic.Int64 // ms UTC
	last  atomic.Pointer[[]string]
	pace  atomic.Int64 // messages a second of one address
	keys  atomic.Pointer[api.Rates]
}

// keyRates are what a key may ask of the JSON API.
func (o *origins) keyRates() api.Rates {
	o.list()
	if rates := o.keys.Load(); rates != nil {
		return *rates
	}
	return api.Rates{}
}

// rate is how many messages a second one address may send through a public key.
func (o *origins) rate() int {
	o.list()
	return int(o.pace.Load())
}

// list is the allowed origins; none allows all. Where the database does not answer, what was allowed last
// counts on: the request fails or waits at the intake anyway.
func (o *origins) list() []string {
	if now := o.db.Clock.Now(); now >= o.until.Load() || o.until.Load() > now+originsFor || o.last.Load() == nil {
		o.refresh(now)
	}
	if list := o.last.Load(); list != nil {
		return *list
	}
	return nil
}

func (o *origins) refresh(now int64) {
	var list []string
	var keys api.Rates
	pace, ctx := 0, context.Background()
	err := o.db.Lookup(ctx, func(tx *db.Tx) error {
		var errs [4]error
		pace, errs[0] = setting.TrackRate(ctx, tx)
		list, errs[1] = setting.TrackOrigins(ctx, tx)
		keys.Requests, errs[2] = setting.KeyRequests(ctx, tx)
		keys.Events, errs[3] = setting.KeyEvents(ctx, tx)
		return errors.Join(errs[:]...)
	})
	if err != nil {
		slog.Warn("allowed origins", "error", err)
		return
	}
	o.last.Store(&list)
	o.pace.Store(int64(pace))
	o.keys.Store(&keys)
	o.until.Store(now + originsFor)
}
