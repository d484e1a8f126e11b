package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
)

const problemType = "application/problem+json"

// problem is an error as RFC 9457 has it.
type problem struct {
	Type    string    `json:"type" doc:"Always about:blank: key says more." example:"about:blank"`
	Title   string    `json:"title" doc:"The words of the HTTP status." example:"Unprocessable Entity"`
	Status  int       `json:"status" example:"422"`
	Detail  string    `json:"detail" doc:"What is wrong and what to do, in the language of Accept-Language."`
	Key     string    `json:"key" doc:"Names the mistake for programs; it does not depend on the language." example:"fault.required"`
	Path    string    `json:"path,omitempty" doc:"The field it is about." example:"events[0].kind"`
	Line    any       `json:"line,omitempty" doc:"Where in the text, from 1."`
	Column  any       `json:"column,omitempty" doc:"Where in the line, characters, from 1."`
	Offset  any       `json:"offset,omitempty" doc:"Where in the body, bytes, from 0."`
	Errors  []mistake `json:"errors,omitempty" doc:"All mistakes, where there are several."`
	Request string    `json:"request,omitempty" doc:"The number of the request in the log."`

	retry int // seconds after which to ask again, with 429 and 503
}

// mistake is one of several.
type mistake struct {
	Path   string `json:"path"`
	Key    string `json:"key"`
	Detail string `json:"detail"`
	Line   any    `json:"line,omitempty"`
	Column any    `json:"column,omitempty"`
}

// Error is for the log.
func (p *problem) Error() string { return p.Key + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType says that it is a problem.
func (p *problem) ContentType(string) string { return problemType }

// headers that belong to a status.
func (p *problem) headers() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="Kizashi"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	return h
}

func init() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return problemOf(&call{lang: i18n.Japanese}, status, errs...)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		if status == http.StatusRequestEntityTooLarge {
			errs = []error{fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": sizeOf(ctx.Operation().MaxBodyBytes)})}
		}
		if status == http.StatusRequestTimeout || message == "cannot read request body" {
			errs = []error{fault.New(fault.Malformed, "api.cut_off", nil).Because(errors.Join(errs...))}
		}
		p := problemOf(callOf(ctx.Context()), status, errs...)
		for name, values := range p.headers() {
			ctx.SetHeader(name, values[0])
		}
		return p
	}
}

// writeProblem answers from a middleware.
func writeProblem(ctx huma.Context, p *problem) {
	for name, values := range p.headers() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	_ = writeJSON(ctx.BodyWriter(), p) // the asker is gone: nothing to do
}

// statuses are the HTTP statuses of the kinds of faults.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Malformed:       http.StatusBadRequest,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Busy:            http.StatusServiceUnavailable,
	fault.TooMany:         http.StatusTooManyRequests,
}

// problemOf is the one place where errors become answers. The status is that of the first fault; the
// given one counts only where its kind does not say (405).
func problemOf(c *call, status int, errs ...error) *problem {
	faults := faultsOf(errs)
	if len(faults) == 0 {
		faults = fault.Many{faultOfStatus(status)}
	}
	first := faults[0]
	if status != http.StatusMethodNotAllowed {
		status = statuses[first.Kind]
	}
	if first.Kind == fault.Internal || db.IsFull(first) {
		c.cause = errors.Join(errs...)
	}
	p := &problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: i18n.Words(c.lang, first),
		Key: first.Key, Path: first.Path, Line: first.Args["line"], Column: first.Args["column"],
		Offset: first.Args["offset"], Request: c.id, retry: first.Wait(),
	}
	if len(faults) > 1 {
		for _, f := range faults {
			p.Errors = append(p.Errors, mistake{f.Path, f.Key, i18n.Words(c.lang, f), f.Args["line"], f.Args["column"]})
		}
	}
	return p
}

// faultsOf finds the faults in what went wrong. What has no words is ours.
func faultsOf(errs []error) fault.Many {
	var list fault.Many
	for _, err := range errs {
		var one *fault.Error
		var many fault.Many
		var detail *huma.ErrorDetail
		switch {
		case err == nil:
		case db.IsFull(err):
			list = append(list, db.Full(err)) // wherever it was written to
		case errors.As(err, &many):
			list = append(list, many...)
		case errors.As(err, &one):
			list = append(list, one)
		case errors.As(err, &detail):
			list = append(list, faultOfDetail(detail))
		default:
			list = append(list, fault.New(fault.Internal, "fault.internal", nil).Because(err))
		}
	}
	return list
}

// faultOfDetail translates what huma says about a parameter: "query.limit" and the value.
func faultOfDetail(d *huma.ErrorDetail) *fault.Error {
	place, name, _ := strings.Cut(d.Location, ".")
	value := clip(fmt.Sprint(d.Value))
	if place == "path" {
		return fault.New(fault.NotFound, "id.bad", fault.Args{"id": value}).At(name)
	}
	if name == "limit" {
		return fault.New(fault.Invalid, "score.range", fault.Args{"min": 1, "max": maxLimit}).At(name)
	}
	if _, choice, ok := strings.Cut(d.Message, "one of \""); ok {
		return fault.New(fault.Invalid, "api.choice", fault.Args{"name": name, "value": value, "choice": strings.TrimSuffix(choice, `"`)}).At(name)
	}
	if _, most, ok := strings.Cut(d.Message, "length <= "); ok {
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": most}).At(name)
	}
	return fault.New(fault.Invalid, "api.parameter", fault.Args{"name": name, "value": value}).At(name)
}

// faultOfStatus is for an answer of huma's own that has nothing but a status.
func faultOfStatus(status int) *fault.Error {
	if status == http.StatusBadRequest {
		return fault.New(fault.Malformed, "api.no_body", nil)
	}
	return fault.New(fault.Internal, "fault.internal", nil)
}

// sizeOf is a number of bytes for people.
func sizeOf(bytes int64) string {
	if bytes >= 1<<20 {
		return strconv.FormatInt(bytes>>20, 10) + " MiB"
	}
	return strconv.FormatInt(bytes>>10, 10) + " KiB"
}

// clip shortens a stranger's text for an error message.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
