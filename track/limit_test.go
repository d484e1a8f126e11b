package track

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"kizashi/act"
	accounts "kizashi/member"
)

// A public key has a limit for each address and for all of them; a secret key has none.
func TestPublicKeysAreLimited(t *testing.T) {
	in, h := newDoor(t, Options{Rate: func() int { return 100 }})
	batch := `{"batch":[` + strings.TrimSuffix(strings.Repeat(`{"type":"track","event":"x","anonymousId":"v"},`, 1000), ",") + `]}`
	send := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/v1/batch", strings.NewReader(batch))
		r.RemoteAddr = address
		r.SetBasicAuth("wk", "")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for n := range 6 {
		w, want := send("203.0.113.5:1"), http.StatusOK
		if n == 5 {
			want = http.StatusTooManyRequests
		}
		if w.Code != want {
			t.Errorf("batch %d: %d %s", n, w.Code, w.Body)
		}
		if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); n == 5 && (err != nil || wait < 1) {
			t.Error("it does not say when to come again")
		}
	}
	if got := len(in.taken); got != 5000 {
		t.Errorf("%d messages taken", got)
	}
	if w := send("203.0.113.6:1"); w.Code != http.StatusOK {
		t.Errorf("another address: %d", w.Code)
	}
	// One subscriber has all of an IPv6 /64.
	if accounts.NetworkOf("[2001:db8::1]:5") != accounts.NetworkOf("[2001:db8::ffff:1]:6") ||
		accounts.NetworkOf("[2001:db8:0:1::1]:5") == accounts.NetworkOf("[2001:db8::1]:5") {
		t.Error("IPv6 addresses are told apart wrongly")
	}
	l := NewLimiter()
	for range 100 {
		if err := l.Allow(act.Who{ID: 1, Role: act.Server}, "192.0.2.1", 10_000, 1, 0); err != nil {
			t.Fatal("a secret key is limited")
		}
	}
}
