package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

var someProxies = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128"),
}

// asSeen is a request as everything behind the proxies reads it.
func asSeen(trusted []netip.Prefix, remote string, headers ...string) (seen *http.Request) {
	r := httptest.NewRequest(http.MethodGet, "http://k.example/", nil)
	r.RemoteAddr = remote
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	end := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })
	behind(trusted, end).ServeHTTP(httptest.NewRecorder(), r)
	return seen
}

// Only proxies that were named are believed about who asks, by which name and scheme.
func TestOnlyNamedProxiesAreBelieved(t *testing.T) {
	const xff, proto, host, rfc = "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"
	for name, c := range map[string]struct {
		trusted []netip.Prefix
		remote  string
		headers []string
		from    string
		https   bool
		host    string
	}{
		"directly":             {someProxies, "203.0.113.5:1234", nil, "203.0.113.5:1234", false, "k.example"},
		"a stranger's word":    {someProxies, "203.0.113.5:1234", []string{xff, "198.51.100.7", proto, "https", host, "evil.example"}, "203.0.113.5:1234", false, "k.example"},
		"a stranger's RFC":     {someProxies, "203.0.113.5:1234", []string{rfc, "for=198.51.100.7;proto=https;host=evil.example"}, "203.0.113.5:1234", false, "k.example"},
		"none by default":      {nil, "127.0.0.1:1234", []string{xff, "198.51.100.7", proto, "https", host, "a.example"}, "127.0.0.1:1234", false, "k.example"},
		"one proxy":            {someProxies, "127.0.0.1:1234", []string{xff, "198.51.100.7", proto, "https", host, "a.example"}, "198.51.100.7:0", true, "a.example"},
		"two proxies":          {someProxies, "10.0.0.2:1234", []string{xff, "1.2.3.4, 198.51.100.7, 10.9.9.9"}, "198.51.100.7:0", false, "k.example"},
		"two lines":            {someProxies, "10.0.0.2:1234", []string{xff, "1.2.3.4", xff, "198.51.100.7"}, "198.51.100.7:0", false, "k.example"},
		"IPv6":                 {someProxies, "[::1]:1234", []string{xff, "2001:db8::1", proto, "http"}, "[2001:db8::1]:0", false, "k.example"},
		"with ports":           {someProxies, "[::1]:1234", []string{xff, "198.51.100.9:55, [2001:db8::1]:4711"}, "[2001:db8::1]:0", false, "k.example"},
		"not an address":       {someProxies, "127.0.0.1:1234", []string{xff, "<script>", host, "a.example/x"}, "127.0.0.1:1234", false, "k.example"},
		"made up before":       {someProxies, "127.0.0.1:1234", []string{xff, "8.8.8.8, x, 10.0.0.3"}, "10.0.0.3:0", false, "k.example"},
		"only our own":         {someProxies, "10.0.0.2:1234", []string{xff, "10.0.0.3, 10.0.0.4"}, "10.0.0.3:0", false, "k.example"},
		"added schemes":        {someProxies, "10.0.0.2:1234", []string{xff, "1.1.1.1, 198.51.100.7, 10.0.0.3", proto, "http, https, http", host, "evil.example, a.example, inner"}, "198.51.100.7:0", true, "a.example"},
		"made up scheme":       {someProxies, "10.0.0.2:1234", []string{xff, "198.51.100.7", proto, "https, http"}, "198.51.100.7:0", false, "k.example"},
		"RFC 7239":             {someProxies, "10.0.0.2:1234", []string{rfc, `for=1.2.3.4;proto=http, For="[2001:db8::1]:47";Proto=https;host="a.example:8443";by=10.0.0.3, for=10.0.0.3`}, "[2001:db8::1]:0", true, "a.example:8443"},
		"RFC, quoted comma":    {someProxies, "10.0.0.2:1234", []string{rfc, `for="_a,b\",for=9.9.9.9";x=y, for=198.51.100.7`}, "198.51.100.7:0", false, "k.example"},
		"RFC, not known":       {someProxies, "10.0.0.2:1234", []string{rfc, `for=9.9.9.9;proto=https, for=unknown`}, "10.0.0.2:1234", false, "k.example"},
		"RFC, damaged":         {someProxies, "10.0.0.2:1234", []string{rfc, `for=9.9.9.9;proto=https, for="198`}, "10.0.0.2:1234", false, "k.example"},
		"RFC, quote left open": {someProxies, "10.0.0.2:1234", []string{rfc, `for="9.9.9.9, for=198.51.100.7;proto=https`}, "198.51.100.7:0", true, "k.example"},
		"both kinds":           {someProxies, "10.0.0.2:1234", []string{xff, "198.51.100.7", proto, "http", rfc, "for=9.9.9.9;proto=https;host=evil.example"}, "198.51.100.7:0", false, "k.example"},
	} {
		seen := asSeen(c.trusted, c.remote, c.headers...)
		if seen.RemoteAddr != c.from || (seen.TLS != nil) != c.https || seen.Host != c.host {
			t.Errorf("%s: from %s, https %v, host %s", name, seen.RemoteAddr, seen.TLS != nil, seen.Host)
		}
		for _, header := range forwarded {
			if seen.Header.Get(header) != "" {
				t.Errorf("%s: %s goes further", name, header)
			}
		}
		if throughProxy(seen) != (len(c.headers) > 0) {
			t.Errorf("%s: through a proxy: %v", name, throughProxy(seen))
		}
	}
}

// Whatever a client writes before the word of the proxy, the proxy's own word decides.
func FuzzForwarded(f *testing.F) {
	for _, text := range []string{"", "1.2.3.4", `for="a`, `for=1.2.3.4;proto=https`, `"`, `\"`, ",,", "[::1]:5,", "x=\"\\\"\",\""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, headers := range [][]string{
			{"X-Forwarded-For", text, "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", text, "X-Forwarded-Proto", "http"},
			{"Forwarded", text, "Forwarded", "for=198.51.100.7;proto=http"},
		} {
			seen := asSeen(someProxies, "127.0.0.1:1234", headers...)
			if seen.RemoteAddr != "198.51.100.7:0" || seen.TLS != nil {
				t.Errorf("from %s, https %v", seen.RemoteAddr, seen.TLS != nil)
			}
		}
	})
}
