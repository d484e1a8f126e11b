// Package jobs is what people do about work in the background. It has no page of its own: each screen
// shows the work that it caused, with the way to try again.
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
		Routes: []page.Route{{Pattern: "POST /jobs/{id}/retry", Right: act.Market, Handle: retry}},
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
