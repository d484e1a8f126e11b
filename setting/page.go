package setting

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"kizashi/act"
	"kizashi/fault"
)

// KeyPages says which pages of the customer's sites mean something: a view of one is also a view
// of its tag ("price_view").
var KeyPages = define("key_pages", defaultPages, checkPages, act.Market)

// Pages are key pages; the first that fits counts.
type Pages []Page

// Page is a pattern of addresses and what a view of one is called. In the pattern * stands for any
// text; the rest is compared without regard to case. Scheme, query and fragment do not count, unless
// the pattern itself has a ? or #.
type Page struct {
	Pattern string `json:"pattern"`
	Tag     string `json:"tag"`
}

var defaultPages = Pages{
	{"*/price*", "price_view"}, {"*/pricing*", "price_view"}, {"*/plan*", "price_view"}, {"*料金*", "price_view"},
	{"*/case*", "case_view"}, {"*事例*", "case_view"},
	{"*/recruit*", "careers_view"}, {"*/careers*", "careers_view"}, {"*採用*", "careers_view"},
}

// Tag names the key page of an address, as a browser reports it or only its path; "" if it is none.
func (p Pages) Tag(address string) string {
	whole := plain(address)
	bare := whole
	if end := strings.IndexAny(whole, "?#"); end >= 0 {
		bare = whole[:end]
	}
	for i := range p {
		pattern, subject := p[i].Pattern, bare
		if strings.ContainsAny(pattern, "?#") {
			subject = whole
		}
		if fits(pattern, subject) {
			return p[i].Tag
		}
	}
	return ""
}

// plain is an address without its scheme, in small letters and with its %-escapes read.
func plain(address string) string {
	if scheme := strings.Index(address, "://"); scheme >= 0 && !strings.ContainsAny(address[:scheme], "/?#") {
		address = address[scheme+len("://"):]
	}
	if strings.Contains(address, "%") {
		if read, err := url.PathUnescape(address); err == nil {
			address = read
		}
	}
	return strings.ToLower(address)
}

// fits matches a pattern with * as any text. Each part is looked for behind the one before, which is
// enough: a later occurrence leaves less room for the rest.
func fits(pattern, s string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return s == pattern
	}
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for {
		part, more, wild := strings.Cut(rest, "*")
		if !wild {
			return strings.HasSuffix(s, part)
		}
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s, rest = s[at+len(part):], more
	}
}

const (
	maxPages   = 500
	maxPattern = 500 // bytes
)

var tagName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

func checkPages(pages *Pages) error {
	if len(*pages) > maxPages {
		return fault.New(fault.Invalid, "setting.many", fault.Args{"limit": maxPages}).At("value")
	}
	var found fault.Many
	for i := range *pages {
		p := &(*pages)[i]
		p.Pattern = plain(strings.TrimSpace(p.Pattern))
		at := fmt.Sprintf("value[%d]", i)
		switch {
		case strings.Trim(p.Pattern, "*") == "":
			found = append(found, fault.New(fault.Invalid, "setting.pattern", nil).At(at+".pattern"))
		case len(p.Pattern) > maxPattern:
			found = append(found, fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxPattern}).At(at+".pattern"))
		case !tagName.MatchString(p.Tag):
			found = append(found, fault.New(fault.Invalid, "setting.tag", nil).At(at+".tag"))
		}
	}
	return found.OrNil()
}
