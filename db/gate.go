package db

import (
	"context"
	"sync"

	"kizashi/id"
)

// gate lets few in at once, and even fewer of one party, so that nobody takes all turns.
type gate struct {
	turns   turns
	each    int // turns of one party at a time
	mu      sync.Mutex
	parties map[id.ID]*party
}

// party is who has or wants turns.
type party struct {
	turns turns
	users int
}

// turns are taken by sending; whoever waits longest is next.
type turns chan struct{}

func (t turns) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	default:
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turns) give() { <-t }

func newGate(all, each int) *gate {
	return &gate{turns: make(turns, all), each: each, parties: map[id.ID]*party{}}
}

type partyKey struct{}

// For says on whose behalf a context reads, an account or a key: one party has only a part of the turns.
// Without one, or with 0, only the number of all turns counts.
func For(ctx context.Context, who id.ID) context.Context {
	return context.WithValue(ctx, partyKey{}, who)
}

// enter waits for a turn. The caller ends it by calling leave.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	who, _ := ctx.Value(partyKey{}).(id.ID)
	if who == 0 {
		return g.turns.give, g.turns.take(ctx)
	}
	p := g.join(who)
	if err := p.turns.take(ctx); err != nil {
		g.quit(who, p)
		return nil, err
	}
	if err := g.turns.take(ctx); err != nil {
		p.turns.give()
		g.quit(who, p)
		return nil, err
	}
	return func() {
		g.turns.give()
		p.turns.give()
		g.quit(who, p)
	}, nil
}

func (g *gate) join(who id.ID) *party {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.parties[who]
	if p == nil {
		p = &party{turns: make(turns, g.each)}
		g.parties[who] = p
	}
	p.users++
	return p
}

func (g *gate) quit(who id.ID, p *party) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.users--; p.users == 0 {
		delete(g.parties, who)
	}
}
