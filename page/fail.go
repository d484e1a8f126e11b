package page

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
)

func notFound() error { return fault.New(fault.NotFound, "page.not_found", nil) }

// malformed is a body that cannot be read, or that is too large.
func malformed(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": strconv.FormatInt(large.Limit>>10, 10) + " KiB"})
	}
	return fault.New(fault.Malformed, "page.malformed", nil).Because(err)
}

// faultsOf are the mistakes in an error; none if it is no fault.
func faultsOf(err error) fault.Many {
	var many fault.Many
	if errors.As(err, &many) {
		return many
	}
	var one *fault.Error
	if errors.As(err, &one) {
		return fault.Many{one}
	}
	return nil
}

// waitOf is after how many seconds a busy server wants to be asked again.
func waitOf(err error) int {
	wait := 1
	for _, one := range faultsOf(err) {
		wait = max(wait, one.Wait())
	}
	return wait
}

var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Malformed: http.StatusBadRequest,
	fault.Invalid: http.StatusUnprocessableEntity, fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden: http.StatusForbidden, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Busy: http.StatusServiceUnavailable, fault.TooMany: http.StatusTooManyRequests,
}

// failure is what the page of an error shows.
type failure struct {
	Status int
	Title  string
	Texts  []string
}

const failPage = Of[failure]("page/fail.html")

// fail is the one place where an error becomes a page and a line in the log.
func (r *Request) fail(err error) {
	if r.Context().Err() != nil {
		return // the asker is gone
	}
	full := db.IsFull(err)
	if full {
		err = db.Full(err) // wherever it was written to
	}
	kind := fault.KindOf(err)
	if kind == fault.Unauthenticated && r.wantsSignIn() {
		return
	}
	f := failure{Status: statuses[kind], Title: i18n.T(r.Lang, "page.fail."+strconv.Itoa(statuses[kind]), nil)}
	for _, one := range faultsOf(err) {
		f.Texts = append(f.Texts, i18n.Words(r.Lang, one))
	}
	if len(f.Texts) == 0 {
		f.Texts = []string{i18n.T(r.Lang, "fault.internal", nil)}
	}
	if kind == fault.Internal || full {
		slog.Error("page", "path", r.URL.Path, "error", err)
	}
	block := "page"
	if r.Partial() { // what is on the screen stays: only the notice says what went wrong
		block = "fail-notice"
		r.W.Header().Set("HX-Retarget", "#notice")
		r.W.Header().Set("HX-Reswap", "outerHTML")
		r.W.Header().Set("HX-Reselect", "#notice")
	}
	if kind == fault.Busy || kind == fault.TooMany {
		r.W.Header().Set("Retry-After", strconv.Itoa(waitOf(err)))
	}
	if bad := failPage.write(r, f.Status, block, r.frame(), f); bad != nil {
		slog.Error("page of an error", "error", bad)
		http.Error(r.W, f.Title, f.Status)
	}
}

// wantsSignIn sends a person to the door, and afterwards to where they wanted to go.
func (r *Request) wantsSignIn() bool {
	if _, known := r.site.rights["GET /sign-in"]; !known {
		return false
	}
	to := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	if r.Partial() {
		r.W.Header().Set("HX-Redirect", to)
		r.W.WriteHeader(http.StatusUnauthorized)
		return true
	}
	http.Redirect(r.W, r.Request, to, http.StatusSeeOther)
	return true
}
