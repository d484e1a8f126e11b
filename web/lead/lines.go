package lead

import (
	"context"

	"kizashi/db"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
)

// linesView is what every event added to a score, page by page.
type linesView struct {
	Lead     *lead.Lead
	Name     string
	HalfLife float64 // days
	Lines    []scoreLine
	Earlier  *earlier
	Total    float64 // of the lines and what came earlier
	Newest   bool    // the first page, whose total is the score
	Next     string  // where the next page goes on; "" on the last one
}

const linesTemplate = page.Of[linesView]("lead/score.html")

func showLines(r *page.Request) error {
	after := r.URL.Query().Get("after")
	until, err := report.ReadPlace(after)
	if err != nil {
		return err
	}
	v := linesView{Newest: after == ""}
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		rules, err := r.Engine().Rules(ctx, tx)
		if err != nil {
			return err
		}
		found, err := r.Engine().LinesUntil(ctx, tx, l.ID, until, shownLines)
		if err != nil {
			return err
		}
		v.Lines, v.Earlier, v.Total = linesOf(rules.Model, found, r.Lang)
		v.HalfLife, v.Next = rules.Model.Pack.HalfLifeDays, found.Before.String()
		return nil
	})
	if err != nil {
		return err
	}
	v.Name = v.Lead.Called()
	return linesTemplate.Show(r, v)
}
