package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/report"
	"kizashi/stage"
)

func (s *service) handoverOperations(a huma.API) {
	register(a, operation{id: "listHandovers", method: http.MethodGet, path: "/handovers", summary: "Leads that wait for an answer of field sales, the most urgent first"}, s.listHandovers)
	register(a, operation{id: "acceptHandover", method: http.MethodPost, path: "/handovers/{id}/accept", summary: "Take an offered lead", conflict: true}, s.acceptHandover)
	register(a, operation{id: "returnHandover", method: http.MethodPost, path: "/handovers/{id}/return", summary: "Give a lead back, with a reason", conflict: true}, s.returnHandover)
}

// handoverJSON is an offer of a lead to field sales.
type handoverJSON struct {
	ID         id.ID           `json:"id"`
	Lead       report.LeadJSON `json:"lead"`
	State      string          `json:"state" enum:"offered,accepted,returned,expired,withdrawn"`
	OfferedAt  time.Time       `json:"offered_at"`
	DueAt      *time.Time      `json:"due_at" doc:"By when it is to be answered; null: there is no clock."`
	AnsweredAt *time.Time      `json:"answered_at"`
	Reason     string          `json:"reason" doc:"Of a return."`
	Note       string          `json:"note"`
	Who        *id.ID          `json:"who" doc:"Who answered."`
}

func showHandover(h *stage.Handover, row report.LeadRow) handoverJSON {
	shown := handoverJSON{
		ID: h.ID, Lead: row.JSON(), State: h.State, OfferedAt: clock.Time(h.OfferedAt), AnsweredAt: moment(h.AnsweredAt),
		Reason: h.Reason, Note: h.Note,
	}
	if h.DueAt != stage.Never {
		shown.DueAt = moment(h.DueAt)
	}
	if h.Who != 0 {
		shown.Who = &h.Who
	}
	return shown
}

func (s *service) listHandovers(ctx context.Context, in *struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many items, at most."`
}) (*output[list[handoverJSON]], error) {
	shown := list[handoverJSON]{Items: []handoverJSON{}}
	err := s.read(ctx, func(tx *db.Tx) error {
		waiting, err := stage.Waiting(ctx, tx, in.Limit)
		if err != nil {
			return err
		}
		shown.Items, err = s.showHandovers(ctx, tx, waiting)
		return err
	})
	return answer(shown), err
}

// showHandovers reads the leads of hand-overs; those whose lead is gone are left out.
func (s *service) showHandovers(ctx context.Context, tx *db.Tx, found []*stage.Handover) ([]handoverJSON, error) {
	shown := []handoverJSON{}
	rules, err := s.Engine.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := report.LeadsByID(ctx, tx, rules, each(found, func(h *stage.Handover) id.ID { return h.Lead }))
	byID := map[id.ID]report.LeadRow{}
	for _, row := range rows {
		byID[row.ID] = row
	}
	for _, h := range found {
		if row, ok := byID[h.Lead]; ok {
			shown = append(shown, showHandover(h, row))
		}
	}
	return shown, err
}

// answered reads a hand-over after its answer.
func (s *service) answered(ctx context.Context, number id.ID) (*output[handoverJSON], error) {
	var shown handoverJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		h, err := stage.FindHandover(ctx, tx, number)
		if err != nil {
			return err
		}
		rules, err := s.Engine.Rules(ctx, tx)
		if err != nil {
			return err
		}
		row, err := report.LeadByID(ctx, tx, rules, h.Lead)
		shown = showHandover(h, row)
		return err
	})
	return answer(shown), err
}

func (s *service) acceptHandover(ctx context.Context, in *One) (*output[handoverJSON], error) {
	if err := s.run(ctx, &stage.Accept{Handover: in.ID.ID}); err != nil {
		return nil, err
	}
	return s.answered(ctx, in.ID.ID)
}

type returnBody struct {
	Reason string     `json:"reason" example:"not_ready" doc:"A code; the error lists them."`
	Note   string     `json:"note,omitempty"`
	Until  *time.Time `json:"until,omitempty" doc:"When they will buy, or their contract ends."`
	To     string     `json:"to,omitempty" enum:"tql,recycled,disqualified" doc:"Where the reason leads, unless it is given."`
}

func (s *service) returnHandover(ctx context.Context, in *struct {
	One
	Body posted[returnBody]
}) (*output[handoverJSON], error) {
	b := in.Body.Value
	giveBack := &stage.Return{Handover: in.ID.ID, Reason: b.Reason, Note: b.Note, To: b.To}
	if b.Until != nil {
		giveBack.Until = b.Until.UnixMilli()
	}
	if err := s.run(ctx, giveBack); err != nil {
		return nil, err
	}
	return s.answered(ctx, in.ID.ID)
}
