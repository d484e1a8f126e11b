package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// Only proxies that were named are believed about who asks, by which name and scheme.
func TestOnlyNamedProxiesAreBelieved(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		remote, forwarded, proto, host string
		trusted                        []netip.Prefix
		from, scheme, name             string
	}{
		{"203.0.113.5:1234", "", "", "", trusted, "203.0.113.5:1234", "", "k.example"},
		{"203.0.113.5:1234", "198.51.100.7", "https", "evil.example", trusted, "203.0.113.5:1234", "", "k.example"},
		{"127.0.0.1:1234", "198.51.100.7", "https", "a.example", nil, "127.0.0.1:1234", "", "k.example"}, // none by default
		{"127.0.0.1:1234", "198.51.100.7", "https", "a.example", trusted, "198.51.100.7:0", "https", "a.example"},
		{"10.0.0.2:1234", "1.2.3.4, 198.51.100.7, 10.9.9.9", "", "", trusted, "198.51.100.7:0", "", "k.example"},
		{"[::1]:1234", "2001:db8::1", "http", "", trusted, "[2001:db8::1]:0", "", "k.example"},
		{"127.0.0.1:1234", "<script>", "", "a.example/x", trusted, "127.0.0.1:1234", "", "k.example"},
		{"10.0.0.2:1234", "10.0.0.3, 10.0.0.4", "", "", trusted, "10.0.0.3:0", "", "k.example"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://k.example/", nil)
		r.RemoteAddr = c.remote
		for name, value := range map[string]string{"X-Forwarded-For": c.forwarded, "X-Forwarded-Proto": c.proto, "X-Forwarded-Host": c.host} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		var seen *http.Request
		behind(c.trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })).ServeHTTP(httptest.NewRecorder(), r)
		if seen.RemoteAddr != c.from || seen.Header.Get("X-Forwarded-Proto") != c.scheme || seen.Host != c.name {
			t.Errorf("%+v: from %s, %q, host %s", c, seen.RemoteAddr, seen.Header.Get("X-Forwarded-Proto"), seen.Host)
		}
		if seen.Header.Get("X-Forwarded-For") != "" {
			t.Error("the header is still there")
		}
	}
}
