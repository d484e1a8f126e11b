package page

import (
	"net/url"
	"strings"

	"kizashi/act"
	"kizashi/i18n"
	"kizashi/member"
)

// View is what a template sees: the frame, and what its page shows.
type View[T any] struct {
	*Frame
	Data T
}

// Frame is what every page knows.
type Frame struct {
	Lang    i18n.Lang
	Who     act.Who
	Account member.Account
	Path    string
	Query   url.Values
	Notice  *Notice
	Faults  []Fault // what was wrong with the form that is shown again
	Nav     []NavGroup
	site    *Site
}

// Fault is a mistake in a form: the field and what to do.
type Fault struct{ Path, Text string }

// May tells whether the person may ask for a route ("POST /leads/{id}/merge"), so that pages show what
// can be done and nothing else.
func (f *Frame) May(pattern string) bool {
	right, known := f.site.rights[pattern]
	return known && right.Holds(f.Who)
}

// Wrong is what is wrong with a field of the form shown; "" if nothing.
func (f *Frame) Wrong(path string) string {
	for _, one := range f.Faults {
		if one.Path == path {
			return one.Text
		}
	}
	return ""
}

// With is the address of this page with other parameters; an empty value takes one away. A place in a
// list ("after") never outlives a change of the others.
func (f *Frame) With(pairs ...string) string {
	query := url.Values{}
	for name, values := range f.Query {
		if name != "after" && name != "lang" {
			query[name] = values
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Del(pairs[i])
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return f.Path
	}
	return f.Path + "?" + query.Encode()
}

// In is the address of this page in another language.
func (f *Frame) In(lang string) string {
	to := f.With()
	if strings.Contains(to, "?") {
		return to + "&lang=" + lang
	}
	return to + "?lang=" + lang
}

// SignedIn tells whether somebody is.
func (f *Frame) SignedIn() bool { return f.Who.Role != "" }

func (r *Request) frame() *Frame {
	f := &Frame{Lang: r.Lang, Who: r.Who, Account: r.Account, Path: r.URL.Path, Query: r.URL.Query(), site: r.site}
	f.Notice = r.takeNotice()
	f.Nav = f.nav()
	return f
}
