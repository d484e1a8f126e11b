// Package companies is the screen of companies: how hot each is and why, who is reached and who is
// missing, and which of them are targets.
package companies

import (
	"embed"

	"kizashi/member"
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
			{Pattern: "GET /companies", Right: member.See, Handle: list},
			{Pattern: "POST /companies/tiers", Right: member.Work, Handle: setTiers},
			{Pattern: "GET /companies/new", Right: member.Work, Handle: showNew},
			{Pattern: "POST /companies/new", Right: member.Work, Handle: create},
			{Pattern: "GET /companies/{id}", Right: member.See, Handle: show},
			{Pattern: "GET /companies/{id}/edit", Right: member.Work, Handle: showEdit},
			{Pattern: "POST /companies/{id}/edit", Right: member.Work, Handle: edit},
			{Pattern: "POST /companies/{id}/undo", Right: member.Work, Handle: takeBack},
			{Pattern: "GET /companies/{id}/merge", Right: member.Work, Handle: showMerge},
			{Pattern: "POST /companies/{id}/merge", Right: member.Work, Handle: merge},
			{Pattern: "POST /companies/{id}/unmerge", Right: member.Work, Handle: unmerge},
		},
	}
}
