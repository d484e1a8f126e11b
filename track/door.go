// Package track is the door for behaviour: it speaks the protocol of Segment's SDKs, serves the
// product's own browser tag (k.js) and a pixel, and hands what arrives to the intake as messages.
//
// A request is answered after the intake has committed it, so 200 means durable and counted.
package track

import (
	"context"
	"net/http"
	"strings"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	accounts "kizashi/member"
)

// Put hands messages to the intake and returns once they are durable: one result per message, in
// order. An error of kind Busy means that nothing was taken and that the sender should come again.
type Put func(ctx context.Context, messages []event.Message) ([]Result, error)

// Result is what became of one message.
type Result struct {
	Event    id.ID        // 0 where the message only says who somebody is
	Repeated bool         // it was known already and changed nothing
	Err      *fault.Error // why it was refused
}

// Find tells whose key a secret is; an unknown or revoked one is an error of kind Unauthenticated.
// It is asked with each request, so it remembers the keys in use by itself.
type Find func(ctx context.Context, secret string) (act.Who, error)

// Options are what an administrator may choose. The zero value is right for most.
type Options struct {
	// Origins are the web origins whose pages may send, as "https://www.example.jp"; nil or an
	// empty list means any: a write key is public and only lets its bearer add events.
	Origins func() []string
	// PublicURL is how browsers reach this server, as "https://k.example.jp"; empty means: as the
	// request for the settings came in.
	PublicURL string
	// Signed tells whether a signature that came with a key is that of a text. Without it none is.
	Signed func(key id.ID, text, signature string) bool
	// Rate is how many messages a second one address may send through a public key; nil or 0 means no limit.
	Rate func() int
	// Limiter counts against Rate, here and at other doors for public keys; nil for one of this door.
	Limiter *Limiter
	// Clock is nil for the wall clock.
	Clock *clock.Clock
}

// Door answers the tracking requests. It is safe for many goroutines.
type Door struct {
	put     Put
	find    Find
	options Options
	clock   *clock.Clock
}

// New makes the door in front of an intake.
func New(put Put, find Find, o Options) *Door {
	c := o.Clock
	if c == nil {
		c = &clock.Clock{}
	}
	if o.Limiter == nil {
		o.Limiter = NewLimiter()
	}
	return &Door{put: put, find: find, options: o, clock: c}
}

// paths are the calls of the protocol under /v1/: the words of the HTTP API, and the first letters
// that analytics-next posts to.
var paths = map[string]string{
	"track": "track", "page": "page", "screen": "screen", "identify": "identify", "group": "group", "alias": "alias", "batch": "batch",
	"t": "track", "p": "page", "s": "screen", "i": "identify", "g": "group", "a": "alias", "b": "batch",
}

// Mount adds the door's routes to a mux.
func (d *Door) Mount(mux *http.ServeMux) {
	for path, kind := range paths {
		mux.Handle("/v1/"+path, d.cors(d.take(kind)))
	}
	mux.Handle("/v1/m", d.cors(http.HandlerFunc(d.metrics)))
	mux.Handle("/v1/projects/{key}/settings", d.cors(http.HandlerFunc(d.settings)))
	mux.HandleFunc("GET /k.js", serveTag)
	mux.HandleFunc("GET /p.gif", d.pixel)
}

// take answers the calls of one kind: "batch", or a single one.
func (d *Door) take(kind string) http.Handler {
	limit := MaxMessage
	if kind == "batch" {
		limit = MaxBatch
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", "POST, OPTIONS")
			fail(w, r, fault.New(fault.Malformed, "track.method", nil), http.StatusMethodNotAllowed)
			return
		}
		var who act.Who
		if secret, _, _ := r.BasicAuth(); secret != "" { // turned away before the body is read
			var err error
			if who, err = d.mayTrack(r.Context(), secret); err != nil {
				fail(w, r, err, 0)
				return
			}
		}
		body, err := readBody(r, limit)
		if err != nil {
			fail(w, r, err, 0)
			return
		}
		defer body.free()
		d.answer(w, r, kind, body.Bytes(), who)
	})
}

// answer reads the calls of a body, hands them over and tells the sender what became of them. The key may stand
// in the body instead of the headers.
func (d *Door) answer(w http.ResponseWriter, r *http.Request, kind string, body []byte, who act.Who) {
	parcel, err := read(body, kind)
	if err != nil {
		fail(w, r, err, 0)
		return
	}
	if who.Role == "" {
		if who, err = d.mayTrack(r.Context(), parcel.writeKey); err != nil {
			fail(w, r, err, 0)
			return
		}
	}
	if err := d.limit(who, r, len(parcel.calls)); err != nil {
		fail(w, r, err, 0)
		return
	}
	from := d.sender(who, r, parcel.sentAt)
	if r.Header.Get("Origin") != "" {
		// Only a browser says where its page is from, and only then the agent is the visitor's own:
		// a server speaks for somebody else.
		from.hit = hitOf(r)
	}
	refused, err := d.hand(r.Context(), parcel, from)
	if err != nil {
		fail(w, r, err, 0)
		return
	}
	reply(w, r, kind, len(parcel.calls), refused)
}

// sender is whoever holds a key.
func (d *Door) sender(who act.Who, r *http.Request, sentAt int64) sender {
	from := sender{now: d.clock.Now(), sentAt: sentAt, key: who.ID, standing: lead.StandingOf(who), address: accounts.NetworkOf(r.RemoteAddr)}
	if d.options.Signed != nil {
		from.signed = d.options.Signed
	}
	return from
}

// limit refuses what comes too fast.
func (d *Door) limit(who act.Who, r *http.Request, n int) error {
	if d.options.Rate == nil {
		return nil
	}
	return d.options.Limiter.Allow(who, accounts.NetworkOf(r.RemoteAddr), n, d.options.Rate(), d.clock.Now())
}

// hitOf is what the headers tell about the browser of a request.
func hitOf(r *http.Request) *event.Hit {
	purpose := r.Header.Get("Sec-Purpose")
	if purpose == "" {
		purpose = r.Header.Get("Purpose")
	}
	return &event.Hit{UserAgent: plain(r.UserAgent()), Method: r.Method, Purpose: purpose}
}

// hand puts the good calls into the intake and returns the mistakes of the others by their index.
func (d *Door) hand(ctx context.Context, p *parcel, from sender) (refusals, error) {
	var refused refusals
	messages := make([]event.Message, 0, len(p.calls))
	index := make([]int, 0, len(p.calls))
	for i := range p.calls {
		m, err := p.calls[i].message(from)
		if err != nil {
			refused = append(refused, refusal{i, err})
			continue
		}
		messages = append(messages, m)
		index = append(index, i)
	}
	if len(messages) == 0 {
		return refused, nil
	}
	results, err := d.put(ctx, messages)
	if err != nil {
		return nil, err
	}
	for i, result := range results {
		if result.Err != nil {
			refused = append(refused, refusal{index[i], result.Err})
		}
	}
	refused.sort()
	return refused, nil
}

// mayTrack checks a write key; keys of people's roles that change leads may send events as well.
func (d *Door) mayTrack(ctx context.Context, secret string) (act.Who, error) {
	if secret == "" {
		return act.Who{}, fault.New(fault.Unauthenticated, "track.no_key", nil)
	}
	who, err := d.find(ctx, secret)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated || fault.KindOf(err) == fault.NotFound:
		return who, fault.New(fault.Unauthenticated, "track.wrong_key", nil).Because(err)
	case err != nil:
		return who, err
	case !act.Send.Holds(who):
		return who, fault.New(fault.Forbidden, "fault.forbidden", fault.Args{"role": string(who.Role)})
	}
	return who, nil
}

// cors lets pages of other origins send, and answers the browser's question beforehand. Cookies and
// the like never count here, so that any origin is harmless.
func (d *Door) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowed := d.allowOrigin(w.Header(), r.Header.Get("Origin"))
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, *")
			w.Header().Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if !allowed {
			fail(w, r, fault.New(fault.Forbidden, "track.origin", fault.Args{"origin": clip(r.Header.Get("Origin"))}), 0)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// allowOrigin says in the headers who may read the answer, and tells whether the origin may send.
func (d *Door) allowOrigin(h http.Header, origin string) bool {
	var allowed []string
	if d.options.Origins != nil {
		allowed = d.options.Origins()
	}
	if len(allowed) == 0 {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Retry-After")
		return true
	}
	h.Add("Vary", "Origin")
	if origin == "" {
		return true // no page: a server, whose key is what counts
	}
	for _, a := range allowed {
		if strings.EqualFold(strings.TrimSuffix(a, "/"), origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Retry-After")
			return true
		}
	}
	return false
}

// clip shortens a stranger's text for an error message.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
