package page

import "strings"

// NavGroup is a part of the way through the product.
type NavGroup struct {
	Title string // message key; "" for the first
	Links []NavLink
}

// NavLink is a screen in it.
type NavLink struct {
	Title, Path string
	Here        bool
}

// The table of contents, in the order of the work: win, nurture, see.
var contents = []NavGroup{
	{"", []NavLink{{Title: "page.nav.today", Path: "/"}, {Title: "page.nav.leads", Path: "/leads"}, {Title: "page.nav.companies", Path: "/companies"}}},
	{"page.nav.win", []NavLink{{Title: "page.nav.imports", Path: "/imports"}, {Title: "page.nav.duplicates", Path: "/duplicates"}}},
	{"page.nav.nurture", []NavLink{{Title: "page.nav.segments", Path: "/segments"}, {Title: "page.nav.model", Path: "/model"}}},
	{"page.nav.house", []NavLink{{Title: "page.nav.settings", Path: "/settings"}, {Title: "page.nav.help", Path: "/help"}}},
}

// nav is the table of contents for the person: what exists and what they may see.
func (f *Frame) nav() (groups []NavGroup) {
	for _, group := range contents {
		kept := NavGroup{Title: group.Title}
		for _, link := range group.Links {
			if !f.May("GET "+link.Path) && !(link.Path == "/" && f.May("GET /{$}")) {
				continue
			}
			link.Here = f.Path == link.Path || link.Path != "/" && strings.HasPrefix(f.Path, link.Path+"/")
			kept.Links = append(kept.Links, link)
		}
		if len(kept.Links) > 0 {
			groups = append(groups, kept)
		}
	}
	return groups
}
