// Package today is the first screen: whom to contact today, why and how.
package today

import (
	"context"
	"embed"

	"kizashi/db"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
)

//go:embed *.html *.css
var files embed.FS

// shown is how many leads the page holds.
const shown = 50

// Screen is the list of today.
func Screen() page.Screen {
	return page.Screen{
		Name: "today", Files: files,
		Templates: []page.Template{todayPage},
		Routes: []page.Route{
			{Pattern: "GET /{$}", Right: member.See, Handle: show},
		},
	}
}

type view struct {
	Items []report.TodayItem
	Base  string // where this installation is, for the tag
}

const todayPage = page.Of[view]("today/today.html")

func show(r *page.Request) error {
	v := view{Base: r.Base()}
	err := r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		v.Items, err = report.Today(ctx, tx, r.Engine(), report.TodayFilter{Limit: shown}, r.Lang)
		return err
	})
	if err != nil {
		return err
	}
	return todayPage.Show(r, v)
}
