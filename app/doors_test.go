package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// changes counts what was done through the one door for changes; exports are noted there, and change nothing.
func changes(d *desk.Desk) (n int) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT count(*) FROM audit WHERE command NOT LIKE '%export%'`).Scan(&n)
	})
	return n
}

// Whatever follows links, as scanners of mail do, changes nothing (S18).
func TestGetChangesNothing(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	before := changes(d)
	for _, screen := range d.App.Site.Screens() {
		for _, route := range screen.Routes {
			if method, path, _ := strings.Cut(route.Pattern, " "); method == http.MethodGet {
				for _, role := range []act.Role{"", act.Admin} {
					d.Get(role, fill(path))
				}
				if now := changes(d); now != before {
					t.Fatalf("%s changes something", route.Pattern)
				}
			}
		}
	}
}

// Another site's page sends no form and no JSON in somebody's name (S18).
func TestOtherSitesChangeNothing(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	before := changes(d)
	for _, screen := range d.App.Site.Screens() {
		for _, route := range screen.Routes {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if method == http.MethodGet {
				continue
			}
			for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
				for _, kind := range []string{"application/x-www-form-urlencoded", "application/json", "text/plain"} {
					r, err := http.NewRequestWithContext(t.Context(), method, d.URL+fill(path), strings.NewReader("{}"))
					if err != nil {
						t.Fatal(err)
					}
					r.Header.Set(header, value)
					r.Header.Set("Content-Type", kind)
					res, err := d.Stranger().Do(r)
					if err != nil {
						t.Fatal(err)
					}
					res.Body.Close()
					if res.StatusCode != http.StatusForbidden {
						t.Errorf("%s from another site: %d", route.Pattern, res.StatusCode)
					}
				}
			}
		}
	}
	if now := changes(d); now != before {
		t.Error("another site changed something")
	}
}

// Every page tells browsers what they must not do with it; who came by https comes so again.
func TestPagesAreFencedIn(t *testing.T) {
	d := desk.Empty(t, testkit.SQLiteURL(t))
	d.App.Config.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} // where httptest comes from
	for _, https := range []bool{false, true} {
		r := httptest.NewRequest(http.MethodGet, "http://kizashi.example/sign-in?lang=en", nil)
		if https {
			r.Header.Set("X-Forwarded-Proto", "https")
		}
		w := httptest.NewRecorder()
		d.App.Handler().ServeHTTP(w, r)
		res := w.Result()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Error(csp)
		}
		if got := res.Header.Get("Strict-Transport-Security") != ""; got != https {
			t.Errorf("https %v, told to stay %v", https, got)
		}
		for _, c := range res.Cookies() {
			if !c.HttpOnly || c.Secure != https || c.SameSite != http.SameSiteLaxMode {
				t.Error(c)
			}
		}
	}
}
