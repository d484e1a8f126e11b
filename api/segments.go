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
	"kizashi/report"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/segment"
)

func (s *service) segmentOperations(a huma.API) {
	register(a, operation{id: "listSegments", method: http.MethodGet, path: "/segments", summary: "List segments"}, s.listSegments)
	register(a, operation{id: "createSegment", method: http.MethodPost, path: "/segments", summary: "Save a rule as a segment",
		status: http.StatusCreated, conflict: true, describe: "It is filled in the background: job tells how far."}, s.createSegment)
	register(a, operation{id: "getSegment", method: http.MethodGet, path: "/segments/{id}", summary: "Read a segment"}, s.getSegment)
	register(a, operation{id: "changeSegment", method: http.MethodPatch, path: "/segments/{id}", summary: "Change the name or the rule of a segment"}, s.changeSegment)
	register(a, operation{id: "deleteSegment", method: http.MethodDelete, path: "/segments/{id}", summary: "Delete a segment; it can be restored"}, s.deleteSegment)
	register(a, operation{id: "restoreSegment", method: http.MethodPost, path: "/segments/{id}/restore", summary: "Bring a deleted segment back"}, s.restoreSegment)
	register(a, operation{id: "listMembers", method: http.MethodGet, path: "/segments/{id}/members", summary: "List the leads of a segment"}, s.listMembers)
}

// segmentJSON is a segment as the API shows it.
type segmentJSON struct {
	ID        id.ID     `json:"id"`
	Name      string    `json:"name"`
	Rule      string    `json:"rule" doc:"In its canonical spelling."`
	Sentence  string    `json:"sentence" doc:"The rule in words, in the language of Accept-Language."`
	Version   int       `json:"version" doc:"Counts changes of the rule."`
	Ready     bool      `json:"ready" doc:"Whether it has been filled since its rule last changed."`
	Members   *int64    `json:"members" doc:"How many leads are in it; null in lists."`
	Job       *jobJSON  `json:"job,omitempty" doc:"The filling, while it lasts."`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func showSegment(ctx context.Context, one segment.Segment) segmentJSON {
	shown := segmentJSON{
		ID: one.ID, Name: one.Name, Rule: one.Rule, Version: one.Version, Ready: one.Ready,
		CreatedAt: clock.Time(one.CreatedAt), UpdatedAt: clock.Time(one.UpdatedAt),
	}
	if r, err := rule.Parse(score.Schema(), one.Rule); err == nil {
		shown.Sentence = r.Sentence(speech(ctx))
	}
	return shown
}

func (s *service) listSegments(ctx context.Context, _ *struct{}) (*output[list[segmentJSON]], error) {
	var found []segment.Segment
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = segment.Live(ctx, tx)
		return err
	})
	shown := each(found, func(one segment.Segment) segmentJSON { return showSegment(ctx, one) })
	return answer(list[segmentJSON]{Items: shown}), err
}

func (s *service) getSegment(ctx context.Context, in *One) (*output[segmentJSON], error) {
	var shown segmentJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := segment.Find(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		shown = showSegment(ctx, found)
		shown.Members = &found.Members
		if !found.Ready {
			shown.Job, err = showUnended(fold.FillingSegments(ctx, tx))
		}
		return err
	})
	return answer(shown), err
}

type segmentBody struct {
	Name string `json:"name" maxLength:"100" example:"価格ページを見たA社"`
	Rule string `json:"rule" example:"lead.fit in [\"A\", \"B\"] && count(\"price_view\", days(14)) >= 2"`
}

func (s *service) createSegment(ctx context.Context, in *struct{ Body posted[segmentBody] }) (*output[segmentJSON], error) {
	save := &segment.Save{Title: in.Body.Value.Name, Rule: in.Body.Value.Rule}
	if err := s.run(ctx, save); err != nil {
		return nil, err
	}
	return s.getSegment(ctx, &One{number{save.ID}})
}

type segmentChange struct {
	Name *string `json:"name,omitempty" maxLength:"100"`
	Rule *string `json:"rule,omitempty"`
}

func (s *service) changeSegment(ctx context.Context, in *struct {
	One
	Body posted[segmentChange]
}) (*output[segmentJSON], error) {
	var was segment.Segment
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		was, err = segment.Find(ctx, tx, in.ID.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	save := &segment.Save{ID: was.ID, Title: was.Name, Rule: was.Rule}
	if in.Body.Value.Name != nil {
		save.Title = *in.Body.Value.Name
	}
	if in.Body.Value.Rule != nil {
		save.Rule = *in.Body.Value.Rule
	}
	if err := s.run(ctx, save); err != nil {
		return nil, err
	}
	return s.getSegment(ctx, &in.One)
}

func (s *service) deleteSegment(ctx context.Context, in *One) (*struct{}, error) {
	return nil, s.run(ctx, &segment.Delete{ID: in.ID.ID})
}

func (s *service) restoreSegment(ctx context.Context, in *One) (*output[segmentJSON], error) {
	if err := s.run(ctx, &segment.Delete{ID: in.ID.ID, Undo: true}); err != nil {
		return nil, err
	}
	return s.getSegment(ctx, in)
}

// memberJSON is a lead in a segment.
type memberJSON struct {
	Lead  report.LeadJSON `json:"lead"`
	Since time.Time       `json:"since"`
}

func (s *service) listMembers(ctx context.Context, in *struct {
	One
	Page
}) (*output[list[memberJSON]], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	var shown list[memberJSON]
	err = s.read(ctx, func(tx *db.Tx) error {
		if _, err := segment.Find(ctx, tx, in.ID.ID); err != nil {
			return err
		}
		leads, since, err := segment.Members(ctx, tx, in.ID.ID, after, in.size()+1)
		if err != nil {
			return err
		}
		joined := make(map[id.ID]int64, len(leads))
		for i, l := range leads {
			joined[l] = since[i]
		}
		shown.Items = []memberJSON{}
		if len(leads) > in.size() {
			leads = leads[:in.size()]
			shown.Next = leads[in.size()-1].String()
		}
		rules, err := s.Engine.Rules(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := report.LeadsByID(ctx, tx, rules, leads)
		for _, row := range rows {
			shown.Items = append(shown.Items, memberJSON{row.JSON(), clock.Time(joined[row.ID])})
		}
		return err
	})
	return answer(shown), err
}
