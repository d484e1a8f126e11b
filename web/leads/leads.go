// Package leads is the table of all leads: filtered by rules, searched, sorted, with the columns one
// wants; views kept for later; changes of many leads at once; export; and entering a new lead.
package leads

import (
	"embed"

	"kizashi/act"
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
			{Pattern: "GET /leads", Right: act.See, Handle: list},
			{Pattern: "GET /leads/count", Right: act.See, Handle: count},
			{Pattern: "POST /leads/rule", Right: act.See, Handle: readRule},
			{Pattern: "POST /leads/columns", Right: act.See, Handle: chooseColumns},
			{Pattern: "POST /leads/export", Right: act.Work, Handle: export},

			{Pattern: "POST /leads/views", Right: act.See, Handle: saveView},
			{Pattern: "POST /lead-views/{id}", Right: act.See, Handle: changeView},
			{Pattern: "POST /lead-views/{id}/delete", Right: act.See, Handle: deleteView},
			{Pattern: "POST /lead-views/{id}/restore", Right: act.See, Handle: restoreView},
			{Pattern: "POST /leads/segments", Right: act.Curate, Handle: saveSegment},

			{Pattern: "POST /leads/bulk", Right: act.Work, Handle: startBulk},
			{Pattern: "GET /lead-changes/{id}", Right: act.Work, Handle: showBulk},
			{Pattern: "POST /lead-changes/{id}/undo", Right: act.Work, Handle: undoBulk},

			{Pattern: "GET /leads/new", Right: act.Work, Handle: showNew},
			{Pattern: "POST /leads/new", Right: act.Work, Handle: create},
			{Pattern: "POST /leads/new/alike", Right: act.Work, Handle: showAlike},
		},
	}
}
