package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/testkit"
)

// strangers are requests from addresses of their own choice.
type strangers struct {
	*house
	mux *http.ServeMux
}

func newStrangers(h *house) strangers {
	mux := http.NewServeMux()
	h.site.Mount(mux)
	h.door.DB.Clock.Set(h.door.DB.Clock.Now())
	return strangers{h, mux}
}

func (s strangers) ask(method, path, from string, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w
}

func (s strangers) rows(table string) (n int) {
	s.Helper()
	err := s.door.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.Row(context.Background(), `SELECT count(*) FROM `+table).Scan(&n)
	})
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// Every route that strangers reach before they are known is limited by their network.
func TestDoorsForStrangersAreLimited(t *testing.T) { // S18
	engines(t, func(h *house) {
		h.user("guest@example.jp", act.Viewer)
		h.site.Guests = []string{"guest@example.jp"}
		s := newStrangers(h)
		for _, route := range [][2]string{
			{"POST", "/sign-in/guest"}, {"GET", "/sign-in/sso"}, {"GET", "/sign-in/sso/back"}, {"POST", "/sign-in/code"},
			{"POST", "/sign-in/passkey/begin"}, {"POST", "/sign-in/passkey"}, {"GET", "/join/x"}, {"POST", "/join/x"},
			{"GET", "/reset/x"}, {"POST", "/reset/x"}, {"GET", "/setup"}, {"POST", "/setup"},
		} {
			network := s.limited(route[0], route[1])
			s.door.DB.Clock.Set(s.door.DB.Clock.Now() + 2*clock.Second)
			if w := s.ask(route[0], route[1], network, nil); w.Code == http.StatusTooManyRequests {
				t.Errorf("%v is still refused after the wait", route)
			}
		}
	})
}

// limited asks from one network of many addresses until it is refused, and gives an address of that network.
func (s strangers) limited(method, path string) (from string) {
	s.Helper()
	place := fmt.Sprintf("2001:db8:%x:%x", len(path), len(method))
	for n := range strangerPace.Burst + 1 {
		from = fmt.Sprintf("[%s::%x]:5", place, n)
		w := s.ask(method, path, from, nil)
		if (w.Code == http.StatusTooManyRequests) != (n == strangerPace.Burst) {
			s.Fatalf("%s %s, request %d: %d", method, path, n, w.Code)
		}
		if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); n == strangerPace.Burst && (err != nil || wait != 1) {
			s.Errorf("%s %s: Retry-After %q", method, path, w.Header().Get("Retry-After"))
		}
		if n < strangerPace.Burst {
			continue
		}
		if !strings.Contains(w.Body.String(), "try again in 1 s") {
			s.Errorf("%s %s: %s", method, path, w.Body)
		}
		if strings.Contains(path, "passkey") && !json.Valid(w.Body.Bytes()) {
			s.Error("the script of passkeys reads JSON:", w.Body)
		}
	}
	if w := s.ask(method, path, "[2001:db8:ffff:1::1]:5", nil); w.Code == http.StatusTooManyRequests {
		s.Errorf("%s %s: another network waits, too", method, path)
	}
	return from
}

// Requests from many networks leave bounded memory, and rows only where somebody got in.
func TestManyNetworksLeaveLittle(t *testing.T) {
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("guest@example.jp", act.Viewer)
	h.site.Guests = []string{"guest@example.jp"}
	s := newStrangers(h)
	for n := range 600 {
		from := fmt.Sprintf("[2001:db8:%x:%x::1]:5", 7, n)
		if w := s.ask("POST", "/sign-in/guest", from, url.Values{"email": {"guest@example.jp"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("guest %d: %d", n, w.Code)
		}
		s.ask("POST", "/sign-in/passkey/begin", from, nil)
		s.ask("GET", "/sign-in/sso?next=/"+strings.Repeat("a", 900), from, nil)
	}
	if n := s.rows("session"); n > 500 {
		t.Errorf("%d sessions of a guest", n)
	}
	if tickets, counters := s.rows("ticket"), s.rows("throttle"); tickets+counters != 0 {
		t.Errorf("%d tickets, %d counters", tickets, counters)
	}
}
