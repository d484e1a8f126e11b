package app

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func (a *App) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "kizashi_intake_waiting_requests", Help: "Requests that wait for the next commit.",
		}, func() float64 { return float64(a.Intake.Waiting()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "kizashi_rule_failures_total", Help: "Rules that failed on a lead; the lead's score tells which.",
		}, func() float64 { return float64(a.Engine.Failures.Rules.Load()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "kizashi_events_aside_total", Help: "Events that broke the fold of their lead and were set aside.",
		}, func() float64 { return float64(a.Engine.Failures.Events.Load()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "kizashi_events_excess_total", Help: "Events of public keys above the limits: kept, and not counted.",
		}, func() float64 { return float64(a.Engine.Excess.Load()) }),
	)
	return a.watched(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

// watched lets through who may watch the server: the bearer of the token, or without one this machine.
func (a *App) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch token := a.Config.Metrics; {
		case token != "" && !bears(r, token):
			w.Header().Set("WWW-Authenticate", `Bearer realm="metrics"`)
			http.Error(w, "the token of KIZASHI_METRICS_TOKEN is needed", http.StatusUnauthorized)
		case token == "" && !fromHere(r):
			http.Error(w, "only for this machine; others need KIZASHI_METRICS_TOKEN to be set", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// bears compares hashes, so that the time it takes tells nothing about the token, nor its length.
func bears(r *http.Request, token string) bool {
	scheme, brought, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	have, want := sha256.Sum256([]byte(brought)), sha256.Sum256([]byte(token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(have[:], want[:]) == 1
}

// fromHere tells whether a program on this machine asks for itself. A proxy on this machine asks for
// somebody else, and says so; a page of another name that resolves to this machine has that name as host.
func fromHere(r *http.Request) bool {
	if throughProxy(r) {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && localName(r.Host)
}

// localName tells whether a host is this machine's own name for itself. A proxy that says nothing of whom it
// asks for often passes on the name by which it was called.
func localName(host string) bool {
	if at, err := netip.ParseAddrPort(host); err == nil {
		return at.Addr().Unmap().IsLoopback()
	}
	if at, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return at.Unmap().IsLoopback()
	}
	name, _, _ := strings.Cut(host, ":")
	return strings.EqualFold(name, "localhost")
}
