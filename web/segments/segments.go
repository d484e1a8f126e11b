// Package segments is the screen of segments: rules with live members, built with a live count, and who
// came and went.
package segments

import (
	"embed"

	"kizashi/act"
	"kizashi/page"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the work on segments.
func Screen() page.Screen {
	return page.Screen{
		Name: "segments", Files: files,
		Templates: []page.Template{listPage, showPage, editPage},
		Routes: []page.Route{
			{Pattern: "GET /segments", Right: act.See, Handle: list},
			{Pattern: "GET /segments/new", Right: act.Curate, Handle: showNew},
			{Pattern: "POST /segments/new", Right: act.Curate, Handle: create},
			{Pattern: "POST /segments/rule", Right: act.Curate, Handle: readRule},
			{Pattern: "GET /segments/{id}", Right: act.See, Handle: show},
			{Pattern: "GET /segments/{id}/edit", Right: act.Curate, Handle: showEdit},
			{Pattern: "POST /segments/{id}/edit", Right: act.Curate, Handle: edit},
			{Pattern: "POST /segments/{id}/former", Right: act.Curate, Handle: former},
			{Pattern: "POST /segments/{id}/delete", Right: act.Curate, Handle: remove},
			{Pattern: "POST /segments/{id}/restore", Right: act.Curate, Handle: restore},
		},
	}
}
