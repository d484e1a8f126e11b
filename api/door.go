package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/act"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
)

// door stands before every route: it numbers and logs requests, and answers those that lead nowhere.
type door struct{ inner *http.ServeMux }

// call is what the door knows about a request; the routes fill in who it was.
type call struct {
	id    string
	lang  i18n.Lang
	who   act.Who
	from  string // the network of the client, for limits
	cause error  // of an answer that is our fault, for the log
}

type callKey struct{}

// callOf is the call of a context; an empty one outside of a request.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{lang: i18n.Japanese}
}

// ServeHTTP answers a request and writes its line into the log.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{id: requestID(r), lang: i18n.Parse(r.Header.Get("Accept-Language")), from: member.NetworkOf(r.RemoteAddr)}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	w.Header().Set("X-Request-Id", c.id)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	out := &statusWriter{ResponseWriter: w}
	began := time.Now()
	route := d.serve(out, r, c)
	level := slog.LevelInfo
	if out.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attributes := []any{
		"request", c.id, "method", r.Method, "route", route, "status", out.status,
		"ms", float64(time.Since(began).Microseconds()) / 1000, "key", c.who.Name, "role", string(c.who.Role),
	}
	if c.cause != nil {
		attributes = append(attributes, "error", c.cause)
	}
	slog.Log(r.Context(), level, "api", attributes...)
}

// serve finds the route and gives its pattern.
func (d *door) serve(w *statusWriter, r *http.Request, c *call) (route string) {
	_, route = d.inner.Handler(r)
	defer func() {
		if broken := recover(); broken != nil {
			slog.ErrorContext(r.Context(), "api panic", "request", c.id, "panic", broken, "stack", string(debug.Stack()))
			if w.status == 0 {
				refuse(w, c, problemOf(c, 0, fault.New(fault.Internal, "fault.internal", nil)))
			}
		}
	}()
	switch {
	case route == "":
		d.nowhere(w, r, c)
	case !readable(r.URL):
		refuse(w, c, problemOf(c, 0, fault.New(fault.Malformed, "api.encoding", nil)))
	default:
		d.inner.ServeHTTP(w, r)
	}
	return route
}

// nowhere answers a path that is no route, or one that has other methods.
func (d *door) nowhere(w http.ResponseWriter, r *http.Request, c *call) {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, route := d.inner.Handler(other); route != "" {
			methods = append(methods, m)
		}
	}
	if len(methods) == 0 {
		refuse(w, c, problemOf(c, 0, fault.New(fault.NotFound, "api.no_route", fault.Args{"path": clip(r.URL.Path)})))
		return
	}
	list := strings.Join(methods, ", ")
	w.Header().Set("Allow", list)
	refuse(w, c, problemOf(c, http.StatusMethodNotAllowed, fault.New(fault.Malformed, "api.method", fault.Args{"methods": list})))
}

// readable tells whether an address holds only text that both databases can store.
func readable(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err == nil && utf8.ValidString(query) && utf8.ValidString(u.Path) && !strings.Contains(query+u.Path, "\x00")
}

// refuse writes a problem where there is no operation to do it.
func refuse(w http.ResponseWriter, c *call, p *problem) {
	for name, values := range p.headers() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = writeJSON(w, p) // the asker is gone: nothing to do
}

// requestID is the caller's own number of a request where it is fit to stand in a log, or a new one.
func requestID(r *http.Request) string {
	given := r.Header.Get("X-Request-Id")
	if given == "" || len(given) > 64 {
		return rand.Text()
	}
	for _, b := range []byte(given) {
		if b <= ' ' || b > '~' {
			return rand.Text()
		}
	}
	return given
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts as a success where no status was written.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets deadlines through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// authorize finds out whose key it is, and whether the role may call the operation.
func (s *service) authorize(ctx huma.Context, next func(huma.Context)) {
	c := callOf(ctx.Context())
	who, err := s.whoIs(ctx)
	if err != nil {
		writeProblem(ctx, problemOf(c, 0, err))
		return
	}
	who.Lang = c.lang
	c.who = who
	right, _ := ctx.Operation().Metadata[rightKey].(act.Right)
	if !right.Holds(who) {
		writeProblem(ctx, problemOf(c, 0, fault.New(fault.Forbidden, "fault.forbidden", fault.Args{"role": who.Role})))
		return
	}
	next(huma.WithContext(ctx, act.As(ctx.Context(), who)))
}

func (s *service) whoIs(ctx huma.Context) (act.Who, error) {
	scheme, secret, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return act.Who{}, fault.New(fault.Unauthenticated, "api.no_key", nil)
	}
	return s.FindKey(ctx.Context(), strings.TrimSpace(secret))
}

// anyTypeIsJSON reads a body as JSON, whatever the client calls it, where JSON is all that the operation
// takes: curl calls everything a form.
func anyTypeIsJSON(ctx huma.Context, next func(huma.Context)) {
	if body := ctx.Operation().RequestBody; body != nil && body.Content["application/json"] != nil {
		ctx = jsonBody{ctx}
	}
	next(ctx)
}

type request = huma.Context

// jsonBody is a request whose body is JSON.
type jsonBody struct{ request }

// Header says so.
func (b jsonBody) Header(name string) string {
	if name == "Content-Type" {
		return "application/json"
	}
	return b.request.Header(name)
}
