package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kizashi/app"
	"kizashi/testkit"
)

// watch asks for /metrics from an address, under a host name, with pairs of headers.
func watch(h http.Handler, from, host string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/metrics", nil)
	r.RemoteAddr, r.Host = from, host
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// How busy a server is, is nobody's business but of who runs it (S18).
func TestMetricsAreForWhoRunsTheServer(t *testing.T) {
	const token = "a-token-of-prometheus"
	for _, c := range []struct {
		name, token, from, host string
		headers                 []string
		want                    int
	}{
		{"this machine", "", "127.0.0.1:50000", "127.0.0.1:8080", nil, 200},
		{"this machine by name", "", "127.0.0.1:50000", "localhost:8080", nil, 200},
		{"this machine by IPv6", "", "[::1]:50000", "[::1]:8080", nil, 200},
		{"another machine", "", "192.0.2.7:50000", "localhost:8080", nil, 403},
		{"the same network", "", "10.0.0.7:50000", "10.0.0.1:8080", nil, 403},
		{"a proxy here", "", "127.0.0.1:50000", "127.0.0.1:8080", []string{"X-Forwarded-For", "192.0.2.7"}, 403},
		{"a silent proxy here", "", "127.0.0.1:50000", "kizashi.example", nil, 403},
		{"another machine that claims to be here", "", "192.0.2.7:50000", "localhost", []string{"X-Forwarded-For", "127.0.0.1"}, 403},
		{"a token where none is set", "", "192.0.2.7:50000", "kizashi.example", []string{"Authorization", "Bearer "}, 403},
		{"the token", token, "192.0.2.7:50000", "kizashi.example", []string{"Authorization", "Bearer " + token}, 200},
		{"another token", token, "192.0.2.7:50000", "kizashi.example", []string{"Authorization", "Bearer x" + token}, 401},
		{"not as a bearer", token, "192.0.2.7:50000", "kizashi.example", []string{"Authorization", "Basic " + token}, 401},
		{"this machine without the token", token, "127.0.0.1:50000", "127.0.0.1:8080", nil, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Database: testkit.SQLiteURL(t), Metrics: c.token})
			if err != nil {
				t.Fatal(err)
			}
			a.Start()
			defer func() {
				a.Stop()
				if err := a.Close(); err != nil {
					t.Error(err)
				}
			}()
			w := watch(a.Handler(), c.from, c.host, c.headers...)
			if w.Code != c.want || strings.Contains(w.Body.String(), "kizashi_intake") != (c.want == 200) {
				t.Errorf("%d: %.80s", w.Code, w.Body)
			}
		})
	}
}
