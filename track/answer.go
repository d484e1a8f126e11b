package track

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sort"
	"strconv"

	"kizashi/fault"
	"kizashi/i18n"
)

// refusal is a call that was not taken, by its place in the batch.
type refusal struct {
	index int
	err   *fault.Error
}

type refusals []refusal

func (rs refusals) sort() {
	sort.Slice(rs, func(a, b int) bool { return rs[a].index < rs[b].index })
}

// problem is an error as RFC 9457 has it, with the place in the body where there is one.
type problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`
	Key     string         `json:"key"`              // of the words, for programs
	Path    string         `json:"path,omitempty"`   // the field it is about
	Line    any            `json:"line,omitempty"`   // from 1
	Column  any            `json:"column,omitempty"` // characters, from 1
	Offset  any            `json:"offset,omitempty"` // bytes, from 0
	Refused []refusedReply `json:"refused,omitempty"`
}

// refusedReply is a refusal as the sender reads it.
type refusedReply struct {
	Index  int    `json:"index"`
	Key    string `json:"key"`
	Path   string `json:"path,omitempty"`
	Reason string `json:"reason"`
}

var success = []byte(`{"success":true}` + "\n")

// reply answers what was taken. A repeated message is answered like the first time.
func reply(w http.ResponseWriter, r *http.Request, kind string, calls int, refused refusals) {
	switch {
	case len(refused) == 0:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(success) // the sender is gone: nothing to do
	case kind != "batch":
		fail(w, r, refused[0].err, 0)
	case len(refused) == calls:
		p := problemOf(r, fault.New(fault.Malformed, "track.all_refused", nil), http.StatusBadRequest)
		p.Refused = refused.reply(lang(r))
		write(w, "application/problem+json", p.Status, p)
	default:
		write(w, "application/json", http.StatusOK, struct {
			Success  bool           `json:"success"`
			Accepted int            `json:"accepted"`
			Refused  []refusedReply `json:"refused"`
		}{true, calls - len(refused), refused.reply(lang(r))})
	}
}

func (rs refusals) reply(l i18n.Lang) []refusedReply {
	list := make([]refusedReply, len(rs))
	for i, r := range rs {
		path := fmt.Sprintf("batch[%d]", r.index)
		if r.err.Path != "" {
			path += "." + r.err.Path
		}
		list[i] = refusedReply{r.index, r.err.Key, path, i18n.Words(l, r.err)}
	}
	return list
}

// fail answers an error; status 0 is the one of its kind. There is no WWW-Authenticate with a 401:
// browsers would ask the visitors of somebody's web site for a password.
func fail(w http.ResponseWriter, r *http.Request, err error, status int) {
	var e *fault.Error
	if !errors.As(err, &e) {
		e = fault.New(fault.Internal, "fault.internal", nil).Because(err)
	}
	if status == 0 {
		status = statusOf(e.Kind)
	}
	switch {
	case status == http.StatusInternalServerError:
		slog.ErrorContext(r.Context(), "track", "path", r.URL.Path, "err", err)
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(e.Wait()))
	}
	write(w, "application/problem+json", status, problemOf(r, e, status))
}

func problemOf(r *http.Request, e *fault.Error, status int) *problem {
	return &problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: i18n.Words(lang(r), e), Key: e.Key, Path: e.Path,
		Line: e.Args["line"], Column: e.Args["column"], Offset: e.Args["offset"],
	}
}

// write sends v as JSON; v is of our own types, which cannot fail to be written.
func write(w http.ResponseWriter, mediaType string, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n')) // the sender is gone: nothing to do
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Busy:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func lang(r *http.Request) i18n.Lang { return i18n.Parse(r.Header.Get("Accept-Language")) }
