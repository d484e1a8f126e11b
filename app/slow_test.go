package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/lead"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// slowRule asks for the same large number of events in very many ways.
func slowRule() string {
	list := make([]string, 60)
	for i := range list {
		list[i] = fmt.Sprintf(`followed("quad","quadb",days(%d),days(3660))`, i+1)
	}
	return strings.Join(list, "&&")
}

// manyEvents gives one lead very many events of two kinds.
func manyEvents(d *desk.Desk) {
	who := d.Lead(lead.Fields{Email: "quad@example.co.jp"})
	d.Did(event.Message{Kind: "quad", Lead: who}, event.Message{Kind: "quadb", Lead: who})
	ctx := db.Patience(context.Background(), 1e6)
	err := d.App.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `WITH {sqlite:RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80000)}
			{postgres:n (i) AS (SELECT generate_series(1, 80000))}
			INSERT INTO event (id, at, lead, who, kind) SELECT e.id - n.i * 4, e.at - n.i * 1000, e.lead, e.who, e.kind
			FROM event e CROSS JOIN n WHERE e.lead = $1`, who)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
}

// A key of a viewer asks what takes too long, from many sides and again and again. It is told to ask for less;
// sign-in, health and tracking answer meanwhile.
func TestSlowQuestionsStopNobody(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, at string) {
		d := desk.Within(t, at, db.Limits{Read: 300 * time.Millisecond, Lookup: time.Minute})
		d.SignAllIn()
		manyEvents(d)
		write, read, filter := keyFor(d, act.Track), keyFor(d, act.Viewer), url.QueryEscape(slowRule())
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				a := call(d, http.MethodGet, "/api/v1/leads?filter="+filter, read, "")
				if !isBusy(a) || !a.Has(`"key":"db.slow_read"`) && !a.Has(`"key":"fault.busy"`) {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		for n := range 20 {
			wait.Go(func() {
				if a := track(d, write, n); a.Status != http.StatusOK {
					t.Errorf("an event was answered %d %s", a.Status, a.Body)
				}
				for _, path := range []string{"/healthz", "/sign-in"} {
					if a := d.Get("", path); a.Status != http.StatusOK {
						t.Errorf("%s: %d", path, a.Status)
					}
				}
			})
		}
		wait.Wait()
		slowScreens(d, filter)
	})
}

// slowScreens asks on the desk, where the answer is in words, on pages and in the notice of a part.
func slowScreens(d *desk.Desk, filter string) {
	d.Helper()
	const words = "条件を絞って"
	for _, path := range []string{"/leads?rule=", "/leads?sort=-engagement&rule="} {
		if a := d.Get(act.Marketing, path+filter); !isBusy(a) || !a.Has(words) || a.Has("<table") {
			d.Errorf("%s: %d, in words: %v", path, a.Status, a.Has(words))
		}
		if a := d.Part(act.Marketing, path+filter); !isBusy(a) || !a.Has(words) || a.Header.Get("HX-Retarget") != "#notice" {
			d.Errorf("part of %s: %d %v", path, a.Status, a.Header)
		}
	}
	for _, sort := range []string{"created", "-engagement"} {
		state := url.Values{"state": {"sort=" + sort + "&rule=" + filter}}
		if a := d.Post(act.Marketing, "/leads/export", state); !isBusy(a) || !a.Has(words) {
			d.Errorf("export by %s: %d %v", sort, a.Status, a.Header)
		}
	}
}
