package signin

import (
	"errors"
	"strconv"
	"strings"

	"kizashi/fault"
	"kizashi/page"
)

// mistake makes what a person can mend a mistake in the form, whatever kind it is elsewhere: a wrong
// password, or a wait. It says when to come again.
func mistake(r *page.Request, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	switch f.Kind {
	case fault.Busy:
		r.W.Header().Set("Retry-After", strconv.Itoa(f.Wait()))
	case fault.Unauthenticated, fault.Forbidden, fault.NotFound:
	default:
		return err
	}
	shown := *f
	shown.Kind = fault.Invalid
	return &shown
}

// mistakes are collected over several fields.
type mistakes struct {
	found fault.Many
	other error // no fault: ours
}

// at notes what was wrong with a field.
func (m *mistakes) at(field string, err error) {
	var many fault.Many
	var one *fault.Error
	switch {
	case err == nil:
	case errors.As(err, &many):
		m.found = append(m.found, many[0].At(field))
	case errors.As(err, &one):
		m.found = append(m.found, one.At(field))
	default:
		m.other = errors.Join(m.other, err)
	}
}

func (m *mistakes) required(field string) {
	m.found = append(m.found, fault.New(fault.Invalid, "fault.required", nil).At(field))
}

func (m *mistakes) orNil() error {
	if m.other != nil {
		return m.other
	}
	return m.found.OrNil()
}

// lines are the lines of a text, and what stands between commas in them.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("\r\n,、 ", c) })
}
