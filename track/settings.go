package track

import (
	"io"
	"net/http"
	"strings"

	"kizashi/fault"
)

// settings answers what analytics-next asks its content network for before it starts: which
// destinations there are. There is one, this server. So a page only needs `cdnURL` to point here.
// The key is not checked: the answer holds nothing but the address that was asked.
func (d *Door) settings(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		fail(w, r, fault.New(fault.Malformed, "track.method", nil), http.StatusMethodNotAllowed)
		return
	}
	scheme, host := d.address(r)
	type destination struct {
		APIKey   string `json:"apiKey"`
		APIHost  string `json:"apiHost"`
		Protocol string `json:"protocol"`
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	write(w, "application/json", http.StatusOK, map[string]any{
		"integrations": map[string]any{"Segment.io": destination{r.PathValue("key"), host + "/v1", scheme}},
		"plan":         map[string]any{},
		"metrics":      map[string]any{"sampleRate": 0}, // how the library itself fares is its maker's business
	})
}

// address is how browsers reach this server.
func (d *Door) address(r *http.Request) (scheme, host string) {
	if scheme, host, ok := strings.Cut(strings.TrimSuffix(d.options.PublicURL, "/"), "://"); ok {
		return scheme, host
	}
	scheme = "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme, r.Host
}

// metrics takes what analytics-next says about its own health, and forgets it.
func (d *Door) metrics(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, MaxMessage))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(success)
}
