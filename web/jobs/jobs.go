// Package jobs is what people do about work in the background. Each screen shows the work that it caused, and the
// settings show all of it.
package jobs

import (
	"embed"

	"kizashi/act"
	"kizashi/job"
	"kizashi/page"
)

// Screen is its routes.
func Screen() page.Screen {
	return page.Screen{
		Name: "jobs", Files: embed.FS{},
		Routes: []page.Route{
			{Pattern: "POST /jobs/{id}/retry", Right: act.Market, Handle: retry},
			{Pattern: "POST /jobs/{id}/cancel", Right: act.Market, Handle: cancel},
		},
	}
}

// retry gives a job that has stopped new attempts, from where it stopped, and goes back to the screen
// that showed it.
func retry(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&job.Retry{Job: number}); err != nil {
		return err
	}
	return r.Done(r.Back("/settings"), "page.retry.done", nil, "")
}

// cancel stops a job where it stands; to take it back is to try it again.
func cancel(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&job.Cancel{Job: number}); err != nil {
		return err
	}
	return r.Done(r.Back("/settings/jobs"), "page.cancel.done", nil, "/jobs/"+number.String()+"/retry")
}
