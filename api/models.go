package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/score"
)

func (s *service) modelOperations(a huma.API) {
	register(a, operation{id: "listModels", method: http.MethodGet, path: "/models", summary: "List the versions of the scoring model, newest first"}, s.listModels)
	register(a, operation{id: "draftModel", method: http.MethodPost, path: "/models", summary: "Keep a new version as a draft", status: http.StatusCreated,
		describe: "Every rule is read; all mistakes come back together, each with its place in the pack."}, s.draftModel)
	register(a, operation{id: "getModel", method: http.MethodGet, path: "/models/{id}", summary: "Read a version with its YAML"}, s.getModel)
	register(a, operation{id: "changeDraft", method: http.MethodPut, path: "/models/{id}", summary: "Change a draft", conflict: true}, s.changeDraft)
	register(a, operation{id: "publishModel", method: http.MethodPost, path: "/models/{id}/publish", summary: "Put a version into force",
		describe: "Every lead is folded again in the background while events go on coming in: job tells how far."}, s.publishModel)
}

// modelJSON is a version of the model as the API shows it.
type modelJSON struct {
	ID          id.ID      `json:"id"`
	Version     int        `json:"version"`
	Status      string     `json:"status" enum:"draft,published,retired,discarded"`
	Note        string     `json:"note"`
	Source      string     `json:"source,omitempty" doc:"The pack as YAML; not in lists."`
	Job         *jobJSON   `json:"job,omitempty" doc:"The folding of all leads by it, while it lasts."`
	CreatedAt   time.Time  `json:"created_at"`
	PublishedAt *time.Time `json:"published_at"`
}

func showModel(m score.Stored) modelJSON {
	return modelJSON{
		ID: m.ID, Version: m.Version, Status: m.Status, Note: m.Note, Source: m.Source,
		CreatedAt: clock.Time(m.CreatedAt), PublishedAt: moment(m.PublishedAt),
	}
}

func (s *service) listModels(ctx context.Context, _ *struct{}) (*output[list[modelJSON]], error) {
	var found []score.Stored
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = score.List(ctx, tx)
		return err
	})
	return answer(list[modelJSON]{Items: each(found, func(m score.Stored) modelJSON { m.Source = ""; return showModel(m) })}), err
}

func (s *service) getModel(ctx context.Context, in *One) (*output[modelJSON], error) {
	var shown modelJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := score.ByID(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		if shown = showModel(found); found.Status == score.Live {
			shown.Job, err = jobOf(ctx, tx, fold.ModelJob(found.ID, found.PublishedAt))
		}
		return err
	})
	return answer(shown), err
}

type modelBody struct {
	Source string `json:"source" doc:"The pack as YAML."`
	Note   string `json:"note,omitempty" maxLength:"2000"`
}

func (s *service) draftModel(ctx context.Context, in *struct{ Body posted[modelBody] }) (*output[modelJSON], error) {
	draft := &score.SaveDraft{Source: in.Body.Value.Source, Note: in.Body.Value.Note}
	if err := s.run(ctx, draft); err != nil {
		return nil, err
	}
	return s.getModel(ctx, &One{number{draft.ID}})
}

func (s *service) changeDraft(ctx context.Context, in *struct {
	One
	Body posted[modelBody]
}) (*output[modelJSON], error) {
	if _, err := s.getModel(ctx, &in.One); err != nil {
		return nil, err
	}
	if err := s.run(ctx, &score.SaveDraft{ID: in.ID.ID, Source: in.Body.Value.Source, Note: in.Body.Value.Note}); err != nil {
		return nil, err
	}
	return s.getModel(ctx, &in.One)
}

type publishBody struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"Why; replaces the note of the draft."`
}

func (s *service) publishModel(ctx context.Context, in *struct {
	One
	Body *posted[publishBody]
}) (*output[modelJSON], error) {
	publish := &score.Publish{ID: in.ID.ID}
	if in.Body != nil {
		publish.Note = in.Body.Value.Note
	}
	if err := s.run(ctx, publish); err != nil {
		return nil, err
	}
	return s.getModel(ctx, &in.One)
}

// moment is a time for people; null where it never was.
func moment(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := clock.Time(ms)
	return &t
}
