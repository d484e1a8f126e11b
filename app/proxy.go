package app

import (
	"context"
	"crypto/tls"
	"mime"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
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

// behind is the one place that decides who asks, by which name and by which scheme. Proxies that were named are
// believed: what they say becomes the request's RemoteAddr, Host and TLS, so that everything behind reads these as
// if the client had come directly. The headers themselves go no further, whoever sent them.
func behind(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through := false
		for _, name := range forwarded {
			through = through || len(r.Header.Values(name)) > 0 // an empty first line hides no others
		}
		if through {
			r = r.WithContext(context.WithValue(r.Context(), proxiedKey{}, true))
			if from, ok := addressOf(r.RemoteAddr); ok && among(trusted, from) {
				said(r.Header).apply(r, trusted)
			}
			r.Header = r.Header.Clone()
			for _, name := range forwarded {
				r.Header.Del(name)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// hops is what the proxies on the way say: who asked the proxy, by which scheme, for which host. Each proxy adds
// at the end; what the client made up itself comes first.
type hops struct{ from, scheme, host []string }

// said reads the headers of proxies. X-Forwarded wins over Forwarded (RFC 7239): a proxy that knows only one kind
// hands on the other as the client wrote it, and X-Forwarded is what most proxies know.
func said(h http.Header) hops {
	x := hops{listed(h, "X-Forwarded-For"), listed(h, "X-Forwarded-Proto"), listed(h, "X-Forwarded-Host")}
	if len(x.from)+len(x.scheme)+len(x.host) > 0 {
		return x
	}
	var f hops
	for _, element := range listed(h, "Forwarded") {
		_, pairs, err := mime.ParseMediaType("forwarded;" + element) // pairs of a media type have the same grammar
		if err != nil {
			pairs = nil // keeps its place, so that what stands before it is not taken for a proxy's word
		}
		f.from, f.scheme, f.host = append(f.from, pairs["for"]), append(f.scheme, pairs["proto"]), append(f.host, pairs["host"])
	}
	return f
}

// listed is the list in a header, which may stand in several lines. Commas within quotes do not separate. It is
// split from its end, so that a quote that the client left open does not swallow what proxies added.
func listed(h http.Header, name string) (list []string) {
	text := strings.Join(h.Values(name), ",")
	quoted := false
	end := len(text)
	for i := len(text) - 1; i >= 0; i-- {
		switch {
		case text[i] == '"' && !(quoted && escaped(text[:i])):
			quoted = !quoted
		case text[i] == ',' && !quoted:
			list = append(list, strings.TrimSpace(text[i+1:end]))
			end = i
		}
	}
	if text != "" {
		list = append(list, strings.TrimSpace(text[:end]))
	}
	slices.Reverse(list)
	return list
}

// escaped tells whether an odd number of backslashes ends a text.
func escaped(text string) bool {
	return (len(text)-len(strings.TrimRight(text, `\`)))%2 == 1
}

// apply goes through what was said from the end, as long as it is the word of a trusted proxy. The last address
// that is no trusted proxy's is the client's; scheme and host are those of the proxy that the client reached.
func (s hops) apply(r *http.Request, trusted []netip.Prefix) {
	word := 1 // how many from the end the word of the outermost trusted proxy stands
	for n := 1; n <= len(s.from); n++ {
		client, ok := addressOf(s.from[len(s.from)-n])
		if !ok {
			break // "unknown", or made up: the nearest proxy that is known stands for the client
		}
		r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
		word = n
		if !among(trusted, client) {
			break
		}
	}
	if host := fromEnd(s.host, word); hostName.MatchString(host) {
		r.Host = host
	}
	switch scheme := fromEnd(s.scheme, word); {
	case strings.EqualFold(scheme, "https") && r.TLS == nil:
		r.TLS = &tls.ConnectionState{}
	case strings.EqualFold(scheme, "http"):
		r.TLS = nil
	}
}

// hostName is a host as it may stand in an address, with or without a port.
var hostName = regexp.MustCompile(`^([0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// fromEnd is the nth of a list from its end, counted from 1. A proxy may set a header anew instead of adding to
// it: of a shorter list it is the first.
func fromEnd(list []string, n int) string {
	if len(list) == 0 {
		return ""
	}
	return list[max(0, len(list)-n)]
}

// addressOf reads an address with or without a port, an IPv6 address also in brackets.
func addressOf(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		var with netip.AddrPort
		with, err = netip.ParseAddrPort(text)
		a = with.Addr()
	}
	return a.Unmap().WithZone(""), err == nil
}

func among(trusted []netip.Prefix, a netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
