package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/segment"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// keyFor makes an API key of a role.
func keyFor(d *desk.Desk, role act.Role) string {
	add := &member.AddKey{Label: "test", Role: role}
	d.Run(add)
	return add.Secret
}

// call sends a request with a key, as a program does, and gives its answer.
func call(d *desk.Desk, method, path, key, body string) desk.Answer {
	d.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, d.URL+path, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	if key != "" && strings.HasPrefix(path, "/v1/") {
		r.SetBasicAuth(key, "")
	} else if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	res, err := d.Stranger().Do(r)
	if err != nil {
		d.Error(err)
		return desk.Answer{}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.Error(err)
	}
	return desk.Answer{Status: res.StatusCode, Header: res.Header, Body: string(raw)}
}

// track sends one event, which its message id names.
func track(d *desk.Desk, key string, n int) desk.Answer {
	return call(d, http.MethodPost, "/v1/track", key,
		fmt.Sprintf(`{"messageId":"m-%d","event":"price_view","anonymousId":"browser-%d"}`, n, n%7))
}

// isBusy tells whether an answer says that the database is not there for now.
func isBusy(a desk.Answer) bool {
	return a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != ""
}

const frozenEvents = 60

// PostgreSQL stands still: everybody is told so, nothing that was acknowledged is lost, nothing is counted twice,
// and when it is back everything goes on without a restart.
func TestAFrozenDatabaseStopsNobodyForLong(t *testing.T) {
	server := testkit.PostgresServer(t)
	d := desk.Within(t, server.URL("postgres"), db.Limits{Lookup: 300 * time.Millisecond, Read: 300 * time.Millisecond, Write: time.Second})
	d.SignAllIn()
	write, read := keyFor(d, act.Track), keyFor(d, act.Viewer)
	for n := range frozenEvents / 2 {
		until(t, "tracked before", func() bool { return track(d, write, n).Status == http.StatusOK })
	}
	hot := &segment.Save{Title: "hot", Rule: `did("price_view", days(30))`}
	d.Run(hot)
	if err := server.Freeze(); err != nil {
		t.Fatal(err)
	}
	frozen(d, write, read)
	if err := server.Thaw(); err != nil {
		t.Fatal(err)
	}
	for n := range frozenEvents { // all once more, as a sender does that got no answer
		until(t, "tracked again", func() bool { return track(d, write, n).Status == http.StatusOK })
	}
	for path, role := range map[string]act.Role{"/healthz": "", "/sign-in": "", "/leads": act.Marketing, "/": act.Inside} {
		until(t, path, func() bool { return d.Get(role, path).Status == http.StatusOK })
	}
	until(t, "segments are filled", func() (ready bool) {
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			s, err := segment.Find(ctx, tx, hot.ID)
			ready = s.Ready
			return err
		})
		return ready
	})
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		var all, different int
		err := tx.Row(ctx, `SELECT count(*), count(DISTINCT message) FROM event`).Scan(&all, &different)
		if all != frozenEvents || different != frozenEvents {
			t.Errorf("%d events, %d different ones", all, different)
		}
		return err
	})
}

// frozen asks for everything while nothing answers.
func frozen(d *desk.Desk, write, read string) {
	var wait sync.WaitGroup
	for n := range frozenEvents {
		wait.Go(func() {
			if a := track(d, write, n); !isBusy(a) {
				d.Errorf("an event was answered %d %s", a.Status, a.Body)
			}
		})
	}
	for _, path := range []string{"/api/v1/leads", "/api/v1/today", "/api/v1/segments"} {
		wait.Go(func() {
			if a := call(d, http.MethodGet, path, read, ""); !isBusy(a) || !a.Has(`"key":"db.`) {
				d.Errorf("%s: %d %s", path, a.Status, a.Body)
			}
		})
	}
	for path, role := range map[string]act.Role{"/healthz": "", "/sign-in": "", "/leads": act.Marketing, "/": act.Inside} {
		wait.Go(func() {
			if a := d.Get(role, path); a.Status != http.StatusServiceUnavailable || path != "/healthz" && !isBusy(a) {
				d.Errorf("%s: %d", path, a.Status)
			}
		})
	}
	wait.Wait()
}

// until asks again until something is so.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(2 * time.Minute)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("never: %s", what)
		}
	}
}

// Somebody holds a lead for ever. What is about it waits and is refused, what is about others is taken.
func TestALeadThatIsHeldStopsNoOther(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := desk.Within(t, url, db.Limits{Write: time.Second})
		held := d.Lead(lead.Fields{Email: "held@example.co.jp"})
		free := d.Lead(lead.Fields{Email: "free@example.co.jp"})
		began, release, ended := make(chan bool), make(chan bool), make(chan error)
		patient := db.Patience(context.Background(), 1e6)
		go func() {
			ended <- d.App.DB.Write(patient, func(tx *db.Tx) error {
				_, err := tx.Exec(patient, `UPDATE lead SET updated_at = updated_at WHERE id = $1`, held)
				began <- true
				<-release
				return err
			})
		}()
		<-began
		put := func(of id.ID, n int) bool {
			answers, err := d.App.Intake.Put(context.Background(), []event.Message{
				{ID: fmt.Sprintf("%s-%d", of, n), Kind: "price_view", Lead: of}})
			return err == nil && answers[0].Err == nil
		}
		var refused sync.WaitGroup
		for n := range 5 {
			refused.Go(func() {
				if put(held, n) {
					t.Error("taken for a lead that somebody holds")
				}
			})
		}
		if d.App.DB.Engine == db.Postgres { // SQLite has one writer: it is for nobody
			until(t, "taken for another lead", func() bool { return put(free, 0) })
		}
		refused.Wait()
		close(release)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for n := range 5 {
			until(t, "taken afterwards", func() bool { return put(held, n) && put(free, n) })
		}
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			var n int
			err := tx.Row(ctx, `SELECT count(*) FROM event WHERE lead = $1 OR lead = $2`, held, free).Scan(&n)
			if n != 10 {
				t.Errorf("%d events, wanted 10", n)
			}
			return err
		})
	})
}
