package model

import (
	"context"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/job"
	"kizashi/page"
	"kizashi/score"
)

type show struct {
	Version version
	Table   table
	Drafts  []score.Stored
	Refold  *progress
}

// progress is how far the leads are folded by a model that was published.
type progress struct {
	Job         id.ID
	Done, Total int
	Failed      bool
}

const showPage = page.Of[show]("model/show.html")

// showLive is the model in force, with how far its folding is.
func showLive(r *page.Request) error {
	var s show
	err := r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if s.Version, err = live(ctx, tx, r); err != nil {
			return err
		}
		if s.Refold, err = refolding(ctx, tx, s.Version.Stored); err != nil {
			return err
		}
		all, err := score.List(ctx, tx)
		for _, one := range all {
			if one.Status == score.Draft {
				s.Drafts = append(s.Drafts, one)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	s.Table = tabulate(s.Version.Model, r.Lang)
	return showPage.Show(r, s)
}

// refolding is the walk over all leads for a published model; nil when it is through.
func refolding(ctx context.Context, tx *db.Tx, m score.Stored) (*progress, error) {
	s, err := job.FindKey(ctx, tx, fold.ModelJob(m.ID, m.PublishedAt))
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && s.State == job.Done {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &progress{s.ID, int(s.Done), int(s.Total), s.Stopped()}, nil
}

func showVersion(r *page.Request) error {
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	return showPage.Show(r, show{Version: v, Table: tabulate(v.Model, r.Lang)})
}
