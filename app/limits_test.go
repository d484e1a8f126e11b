package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/setting"
	"kizashi/testkit/desk"
)

// The limits of keys are settings that hold for the JSON API, and a public key has one limit, by whichever door it
// sends.
func TestLimitsOfKeysAreSettings(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		now := d.App.DB.Clock.Now()
		d.App.DB.Clock.Set(now)
		for name, value := range map[string]string{"key_requests": "1", "key_events": "50", "track_rate": "100"} {
			d.Run(&setting.Set{Setting: name, Value: json.RawMessage(value)})
		}
		d.App.DB.Clock.Set(now + clock.Minute) // every node knows by then
		read, send, public := keyFor(d, act.Viewer), keyFor(d, act.Server), keyFor(d, act.Track)
		for n := range 21 {
			a := call(d, http.MethodGet, "/api/v1/events/0", read, "")
			if want := n == 20; (a.Status == http.StatusTooManyRequests) != want || want && a.Header.Get("Retry-After") != "1" {
				t.Errorf("request %d: %d %s", n, a.Status, a.Body)
			}
		}
		batch := `{"events":[` + strings.Repeat(`{"kind":"price_view","visitor":"v"},`, 999) + `{"kind":"price_view","visitor":"v"}]}`
		for n, want := range []int{http.StatusOK, http.StatusTooManyRequests} {
			if a := call(d, http.MethodPost, "/api/v1/events", send, batch); a.Status != want {
				t.Errorf("batch %d of a server: %d, want %d", n, a.Status, want)
			}
		}
		for n := range 5 { // the burst of an address
			if a := call(d, http.MethodPost, "/api/v1/events", public, batch); a.Status != http.StatusOK {
				t.Errorf("batch %d of a public key: %d %s", n, a.Status, a.Body)
			}
		}
		for path, body := range map[string]string{"/v1/track": `{"event":"x","anonymousId":"v"}`, "/api/v1/events": batch} {
			if a := call(d, http.MethodPost, path, public, body); a.Status != http.StatusTooManyRequests || !a.Has("track.too_fast") {
				t.Errorf("%s after a burst at the other door: %d %s", path, a.Status, a.Body)
			}
		}
	})
}
