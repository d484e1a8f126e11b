package signin

import (
	"net/http"
	"strconv"

	"kizashi/fault"
	"kizashi/limit"
	"kizashi/member"
	"kizashi/page"
)

// What a network may ask of the routes that strangers reach before they are known: for an office behind one address
// that signs in at nine o'clock, not for a program. Guesses at passwords and codes have counters of their own.
var strangerPace = limit.Pace{PerSecond: 1, Burst: 60}

// maxNetworks is how many networks are remembered at once.
const maxNetworks = 20_000

// gate bounds what strangers ask for, by their network: in this process, so that it leaves nothing in the database.
type gate struct{ networks *limit.Buckets[string] }

func newGate() *gate { return &gate{limit.New[string](maxNetworks)} }

// pass lets a request through; TooMany with the seconds to wait if its network asks too fast.
func (g *gate) pass(r *page.Request) error {
	wait := g.networks.Take(r.Now, 1, limit.Of[string]{Name: member.NetworkOf(r.RemoteAddr), Pace: strangerPace})
	if wait == 0 {
		return nil
	}
	r.W.Header().Set("Retry-After", strconv.Itoa(wait))
	return fault.New(fault.TooMany, "signin.too_fast", fault.Args{"seconds": wait})
}

// before is a route behind the gate.
func (g *gate) before(handle func(*page.Request) error) func(*page.Request) error {
	return func(r *page.Request) error {
		if err := g.pass(r); err != nil {
			return err
		}
		return handle(r)
	}
}

// beforeScript is before for a route whose answers a script reads.
func (g *gate) beforeScript(handle func(*page.Request) error) func(*page.Request) error {
	return func(r *page.Request) error {
		if err := g.pass(r); err != nil {
			return answerWith(r, http.StatusTooManyRequests, nil, err)
		}
		return handle(r)
	}
}
