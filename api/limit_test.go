package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/testkit"
)

// gauge is an API that knows keys by their role and number, and takes everything.
type gauge struct {
	*testing.T
	mux   *http.ServeMux
	db    *db.DB
	rates Rates
	taken int
}

func newGauge(t *testing.T, rates Rates) *gauge {
	d, err := db.Open(t.Context(), testkit.SQLiteURL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Clock.Set(d.Clock.Now())
	g := &gauge{T: t, mux: http.NewServeMux(), db: d, rates: rates}
	Mount(g.mux, Deps{
		Door:  act.NewDoor(d),
		Rates: func() Rates { return g.rates },
		Put: func(_ context.Context, m []event.Message) ([]fold.Answer, error) {
			g.taken += len(m)
			return make([]fold.Answer, len(m)), nil
		},
		FindKey: func(_ context.Context, secret string) (act.Who, error) {
			role, number, _ := strings.Cut(secret, ":")
			n, err := strconv.Atoi(number)
			return act.Who{ID: id.ID(n), Role: act.Role(role)}, err
		},
	})
	return g
}

func (g *gauge) ask(key, from, method, path, body string) *reply {
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, Prefix+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.RemoteAddr = from
	g.mux.ServeHTTP(w, r)
	return &reply{g.T, w.Code, w.Header(), w.Body.Bytes(), method + " " + path}
}

func (g *gauge) events(key, from string, n int) *reply {
	list := strings.TrimSuffix(strings.Repeat(`{"kind":"x","visitor":"v"},`, n), ",")
	return g.ask(key, from, http.MethodPost, "/events", `{"events":[`+list+`]}`)
}

// waits wants a refusal that says when to come again.
func (g *gauge) waits(a *reply, seconds string) {
	g.Helper()
	a.problem(http.StatusTooManyRequests, "api.too_fast")
	if got := a.header.Get("Retry-After"); got != seconds {
		g.Errorf("Retry-After %q, want %s", got, seconds)
	}
}

func TestRequestsOfAKeyAreLimited(t *testing.T) {
	g := newGauge(t, Rates{Requests: 2})
	const here, there = "192.0.2.1:5", "198.51.100.1:5"
	for range 2 * burstSeconds {
		g.ask("viewer:1", here, http.MethodGet, "/events/0", "").problem(http.StatusNotFound, "id.bad")
	}
	g.waits(g.ask("viewer:1", there, http.MethodGet, "/events/0", ""), "1")
	g.ask("viewer:2", here, http.MethodGet, "/events/0", "").problem(http.StatusNotFound, "id.bad")
	g.db.Clock.Set(g.db.Clock.Now() + clock.Second)
	g.ask("viewer:1", here, http.MethodGet, "/events/0", "").problem(http.StatusNotFound, "id.bad")
	for range 2 * burstSeconds { // a public key counts by network
		g.events("track:3", here, 1).want(http.StatusOK)
	}
	g.waits(g.events("track:3", "192.0.2.1:6", 1), "1")
	g.events("track:3", there, 1).want(http.StatusOK)
	g.rates.Requests = 0
	g.events("track:3", here, 1).want(http.StatusOK)
}

func TestEventsOfAKeyAreLimited(t *testing.T) {
	g := newGauge(t, Rates{Events: 100})
	for range 2 {
		g.events("server:1", "192.0.2.1:5", 1000).want(http.StatusOK)
	}
	g.waits(g.events("server:1", "192.0.2.2:5", 500), "5")
	g.db.Clock.Set(g.db.Clock.Now() + 5*clock.Second)
	g.events("server:1", "192.0.2.2:5", 500).want(http.StatusOK)
	g.events("server:2", "192.0.2.1:5", 1000).want(http.StatusOK)
	if g.taken != 3500 {
		t.Errorf("%d events taken, want 3500: what is refused is not taken", g.taken)
	}
}

// Events of a public key count against the limits of the tracking door, wherever they come in.
func TestPublicEventsCountAtTheTrackingDoor(t *testing.T) {
	var asked []string
	mux := http.NewServeMux()
	Mount(mux, Deps{
		FindKey: func(context.Context, string) (act.Who, error) { return act.Who{ID: 5, Role: act.Track}, nil },
		Public: func(who act.Who, network string, n int) error {
			asked = append(asked, fmt.Sprint(int64(who.ID), network, n))
			return fault.New(fault.TooMany, "track.too_fast", fault.Args{"seconds": 3})
		},
	})
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, Prefix+"/events", strings.NewReader(`{"events":[{"kind":"a","visitor":"v"}]}`))
	r.Header.Set("Authorization", "Bearer x")
	r.RemoteAddr = "192.0.2.1:5"
	mux.ServeHTTP(w, r)
	got := &reply{t, w.Code, w.Header(), w.Body.Bytes(), ""}
	got.problem(http.StatusTooManyRequests, "track.too_fast")
	if w.Header().Get("Retry-After") != "3" || len(asked) != 1 || asked[0] != fmt.Sprint(5, "192.0.2.1", 1) {
		t.Error(w.Header().Get("Retry-After"), asked)
	}
}
