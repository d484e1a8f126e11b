// Package fault is the one shape of error that people get to read: a kind that
// decides the response, a key that decides the words, and the place it is about.
package fault

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind decides how a door answers: the HTTP status, the exit code, whether to retry.
type Kind uint8

// The kinds, from the caller's mistakes to ours.
const (
	Internal        Kind = iota // ours: logged whole, shown as a reference
	Malformed                   // the bytes cannot be read: 400
	Invalid                     // readable, but against a rule: 422
	Unauthenticated             // who is it? 401
	Forbidden                   // known, but may not: 403
	NotFound                    // 404, also for what the asker may not see
	Conflict                    // true a moment ago: 409
	TooLarge                    // over a limit: 413
	Busy                        // full for now, try again: 503
	TooMany                     // the sender sends more than it may: 429
)

// Args fill the placeholders of a message: {name} in the words.
type Args map[string]any

// Error is an error with words: Key names a text of package i18n.
type Error struct {
	Kind  Kind
	Key   string
	Args  Args
	Path  string // the field it is about, as "rules[3].points"; empty if it is about the whole
	Cause error  // for the log, never shown
}

// New makes an error of a kind from its message key; args may be nil.
func New(kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// At says which field the error is about.
func (e *Error) At(path string) *Error {
	c := *e
	c.Path = path
	return &c
}

// Because keeps the technical cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Cause = err
	return &c
}

// Wait is after how many seconds, at least 1, whoever is busy wants to be asked again: its argument "seconds".
func (e *Error) Wait() int {
	switch s := e.Args["seconds"].(type) {
	case int:
		return max(s, 1)
	case int64:
		return int(max(s, 1))
	}
	return 1
}

func (e *Error) Unwrap() error { return e.Cause }

// Error is for logs and tests; people read the words of the key instead.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	names := make([]string, 0, len(e.Args))
	for n := range e.Args {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Fprintf(&b, " %s=%v", n, e.Args[n])
	}
	if e.Path != "" {
		fmt.Fprintf(&b, " at %s", e.Path)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// KindOf tells the kind of any error; one without a kind is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var many Many
	if errors.As(err, &many) && len(many) > 0 {
		return many[0].Kind
	}
	return Internal
}

// Many are several mistakes found at once, so that a person mends them in one go.
type Many []*Error

func (m Many) Error() string {
	parts := make([]string, len(m))
	for i, e := range m {
		parts[i] = e.Error()
	}
	return strings.Join(parts, "; ")
}

// OrNil is the error of a check that collected into m: nil when it found nothing.
func (m Many) OrNil() error {
	switch len(m) {
	case 0:
		return nil
	case 1:
		return m[0]
	}
	return m
}
