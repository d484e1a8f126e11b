package app

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwarded are the headers by which proxies say for whom they ask.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

type proxiedKey struct{}

// throughProxy tells that a request bore a proxy's headers, believed or not.
func throughProxy(r *http.Request) bool {
	through, _ := r.Context().Value(proxiedKey{}).(bool)
	return through
}

// behind is the one place that decides who asks, by which name and by which scheme. Only proxies that were named
// are believed: their X-Forwarded headers change the request, and everything behind reads it as if it had come
// directly. What others send is taken away.
func behind(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through := false
		for _, name := range forwarded {
			through = through || len(r.Header.Values(name)) > 0 // an empty first line hides no others
		}
		if through {
			r = r.WithContext(context.WithValue(r.Context(), proxiedKey{}, true))
			r.Header = r.Header.Clone()
			if from, ok := peer(r.RemoteAddr); ok && among(trusted, from) {
				believe(r, trusted)
			} else {
				for _, name := range forwarded {
					r.Header.Del(name)
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// believe takes over what a trusted proxy says: the last address that is no trusted proxy's own is the client's.
func believe(r *http.Request, trusted []netip.Prefix) {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		client, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(hops[i]), "[]"))
		if err != nil {
			break // whatever stands before it was not written by a proxy of ours
		}
		r.RemoteAddr = netip.AddrPortFrom(client.Unmap().WithZone(""), 0).String()
		if !among(trusted, client) {
			break
		}
	}
	if host := r.Header.Get("X-Forwarded-Host"); host != "" && !strings.ContainsAny(host, ", /\\@") {
		r.Host = host
	}
	if !strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		r.Header.Del("X-Forwarded-Proto")
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		r.Header.Del(name)
	}
}

func peer(address string) (netip.Addr, bool) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	a, err := netip.ParseAddr(host)
	return a.Unmap().WithZone(""), err == nil
}

func among(trusted []netip.Prefix, a netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}
