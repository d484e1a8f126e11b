// Package companies is the screen of companies: how hot each is and why, who is reached and who is
// missing, and which of them are targets.
package companies

import (
	"embed"

	"kizashi/act"
	"kizashi/page"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the work on companies.
func Screen() page.Screen {
	return page.Screen{
		Name: "companies", Files: files,
		Templates: []page.Template{listPage, showPage, editPage, mergePage},
		Routes: []page.Route{
			{Pattern: "GET /companies", Right: act.See, Handle: list},
			{Pattern: "POST /companies/tiers", Right: act.Work, Handle: setTiers},
			{Pattern: "GET /companies/new", Right: act.Work, Handle: showNew},
			{Pattern: "POST /companies/new", Right: act.Work, Handle: create},
			{Pattern: "GET /companies/{id}", Right: act.See, Handle: show},
			{Pattern: "GET /companies/{id}/edit", Right: act.Work, Handle: showEdit},
			{Pattern: "POST /companies/{id}/edit", Right: act.Work, Handle: edit},
			{Pattern: "POST /companies/{id}/undo", Right: act.Work, Handle: takeBack},
			{Pattern: "GET /companies/{id}/merge", Right: act.Work, Handle: showMerge},
			{Pattern: "POST /companies/{id}/merge", Right: act.Work, Handle: merge},
			{Pattern: "POST /companies/{id}/unmerge", Right: act.Work, Handle: unmerge},
		},
	}
}
