// Package leads is the table of all leads: filtered by rules, searched, sorted, with the columns one
// wants; views kept for later; changes of many leads at once; export; and entering a new lead.
package leads

import (
	"embed"

	"kizashi/member"
	"kizashi/page"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the table of leads.
func Screen() page.Screen {
	return page.Screen{
		Name: "leads", Files: files,
		Templates: []page.Template{listPage, countPage, bulkPage, newPage},
		Routes: []page.Route{
			{Pattern: "GET /leads", Right: member.See, Handle: list},
			{Pattern: "GET /leads/count", Right: member.See, Handle: count},
			{Pattern: "POST /leads/rule", Right: member.See, Handle: readRule},
			{Pattern: "POST /leads/columns", Right: member.See, Handle: chooseColumns},
			{Pattern: "POST /leads/export", Right: member.Work, Handle: export},

			{Pattern: "POST /leads/views", Right: member.See, Handle: saveView},
			{Pattern: "POST /lead-views/{id}", Right: member.See, Handle: changeView},
			{Pattern: "POST /lead-views/{id}/delete", Right: member.See, Handle: deleteView},
			{Pattern: "POST /lead-views/{id}/restore", Right: member.See, Handle: restoreView},
			{Pattern: "POST /leads/segments", Right: member.Curate, Handle: saveSegment},

			{Pattern: "POST /leads/bulk", Right: member.Work, Handle: startBulk},
			{Pattern: "GET /lead-changes/{id}", Right: member.Work, Handle: showBulk},
			{Pattern: "POST /lead-changes/{id}/undo", Right: member.Work, Handle: undoBulk},

			{Pattern: "GET /leads/new", Right: member.Work, Handle: showNew},
			{Pattern: "POST /leads/new", Right: member.Work, Handle: create},
			{Pattern: "POST /leads/new/alike", Right: member.Work, Handle: showAlike},
		},
	}
}
