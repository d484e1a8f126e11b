package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
)

func (s *service) jobOperations(a huma.API) {
	register(a, operation{id: "retryJob", method: http.MethodPost, path: "/jobs/{id}/retry", summary: "Try work in the background again that has stopped",
		conflict: true, describe: "It goes on from where it stopped."}, s.retryJob)
	register(a, operation{id: "listJobs", method: http.MethodGet, path: "/jobs", summary: "The newest work in the background that can be cancelled, and what has failed"}, s.listJobs)
	register(a, operation{id: "cancelJob", method: http.MethodPost, path: "/jobs/{id}/cancel", summary: "Cancel work in the background", conflict: true,
		describe: "What was done before stays. Imports, their undoing and counting scores anew can be cancelled; retry goes on from there."}, s.cancelJob)
	register(a, operation{id: "getJob", method: http.MethodGet, path: "/jobs/{id}", summary: "How far work in the background has come"}, s.getJob)
}

// jobJSON is work in the background as the API shows it.
type jobJSON struct {
	ID        id.ID      `json:"id"`
	Kind      string     `json:"kind" example:"refold"`
	State     string     `json:"state" enum:"ready,running,done,failed,cancelled"`
	Done      int64      `json:"done"`
	Total     int64      `json:"total" doc:"0: not known yet."`
	Attempts  int        `json:"attempts"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
}

func showJob(j job.Status) *jobJSON {
	return &jobJSON{
		ID: j.ID, Kind: j.Kind, State: string(j.State), Done: j.Done, Total: j.Total, Attempts: j.Attempts,
		CreatedAt: clock.Time(j.CreatedAt), EndedAt: moment(j.EndedAt),
	}
}

func (s *service) getJob(ctx context.Context, in *One) (*output[jobJSON], error) {
	var found job.Status
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = job.Find(ctx, tx, in.ID.ID)
		return err
	})
	return answer(*showJob(found)), err
}

// maxJobs is how many jobs a list shows.
const maxJobs = 100

func (s *service) listJobs(ctx context.Context, _ *struct{}) (*output[list[jobJSON]], error) {
	var found []job.Status
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = job.List(ctx, tx, maxJobs)
		return err
	})
	return answer(list[jobJSON]{Items: each(found, func(j job.Status) jobJSON { return *showJob(j) })}), err
}

func (s *service) cancelJob(ctx context.Context, in *One) (*output[jobJSON], error) {
	if err := s.run(ctx, &job.Cancel{Job: in.ID.ID}); err != nil {
		return nil, err
	}
	return s.getJob(ctx, in)
}

func (s *service) retryJob(ctx context.Context, in *One) (*output[jobJSON], error) {
	if err := s.run(ctx, &job.Retry{Job: in.ID.ID}); err != nil {
		return nil, err
	}
	return s.getJob(ctx, in)
}

// showUnended shows a job that is unfinished or failed; nil if there is none.
func showUnended(found job.Status, err error) (*jobJSON, error) {
	if fault.KindOf(err) == fault.NotFound || err == nil && found.State == job.Done {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return showJob(found), nil
}

// jobOf is showUnended for the job of a key.
func jobOf(ctx context.Context, tx *db.Tx, key string) (*jobJSON, error) {
	return showUnended(job.FindKey(ctx, tx, key))
}
