package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/act"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/limit"
)

// Rates are how many requests and events a second a key may send; 0 means no limit.
type Rates struct{ Requests, Events int }

const (
	burstSeconds = 20     // of its rate, that a key may send at once
	maxBudgets   = 20_000 // that are remembered
)

// budget names what is counted. A public key counts by network, too: it stands in every page, and one reader of the
// page must not use up what all of them have.
type budget struct {
	key     id.ID
	network string // "" for a secret key
	events  bool
}

func newBudgets() *limit.Buckets[budget] { return limit.New[budget](maxBudgets) }

// limited refuses the requests of a key that asks too fast.
func (s *service) limited(ctx huma.Context, next func(huma.Context)) {
	if err := s.spend(ctx.Context(), false, 1); err != nil {
		writeProblem(ctx, problemOf(callOf(ctx.Context()), 0, err))
		return
	}
	next(ctx)
}

// spendEvents takes events off what the caller's key may send. Those of a public key also count at the tracking door.
func (s *service) spendEvents(ctx context.Context, n int) error {
	if who := act.By(ctx); who.Role == act.Track && s.Public != nil {
		return s.Public(who, callOf(ctx).from, n)
	}
	return s.spend(ctx, true, n)
}

// spend takes n off a budget of the caller's key; a TooMany fault with the seconds to wait if it holds fewer.
func (s *service) spend(ctx context.Context, events bool, n int) error {
	if s.Rates == nil {
		return nil
	}
	rates, who := s.Rates(), act.By(ctx)
	name, perSecond := budget{key: who.ID, events: events}, rates.Requests
	if events {
		perSecond = rates.Events
	}
	if who.Role == act.Track {
		name.network = callOf(ctx).from
	}
	if perSecond <= 0 {
		return nil
	}
	pace := limit.Pace{PerSecond: float64(perSecond), Burst: perSecond * burstSeconds}
	if wait := s.budgets.Take(s.Door.DB.Clock.Now(), n, limit.Of[budget]{Name: name, Pace: pace}); wait > 0 {
		return fault.New(fault.TooMany, "api.too_fast", fault.Args{"seconds": wait})
	}
	return nil
}
