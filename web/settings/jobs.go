package settings

import (
	"context"

	"kizashi/db"
	"kizashi/i18n"
	"kizashi/job"
	"kizashi/page"
)

// shownJobs is how many jobs are on the page.
const shownJobs = 100

// jobs is the work in the background.
type jobs struct {
	menu
	Jobs   []work
	AtWork bool // some of it goes on
}

// work is a job in words.
type work struct {
	job.Status
	What      string
	Done, All int // All is 0 where nobody can tell yet
}

const jobsPage = page.Of[jobs]("settings/jobs.html")

func showJobs(r *page.Request) error {
	v := jobs{menu: menu{"jobs"}}
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		list, err := job.List(ctx, tx, shownJobs)
		for _, s := range list {
			v.Jobs = append(v.Jobs, work{s, kindOf(r.Lang, s.Kind), int(s.Done), int(s.Total)})
			v.AtWork = v.AtWork || s.State == job.Ready || s.State == job.Running
		}
		return err
	})
	if err != nil {
		return err
	}
	return jobsPage.Show(r, v)
}

// kindOf is a kind of job in words.
func kindOf(lang i18n.Lang, kind string) string {
	if key := "settings.job." + kind; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	return kind
}
