package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/db"
	"kizashi/id"
	"kizashi/report"
)

func (s *service) todayOperations(a huma.API) {
	register(a, operation{id: "getToday", method: http.MethodGet, path: "/today", summary: "Whom to contact today, why and how"}, s.today)
}

type todayInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many people, at most."`
	Owner string `query:"owner" doc:"Only the leads of this account; none: of nobody. Without it, everybody's." example:"none"`
}

func (s *service) today(ctx context.Context, in *todayInput) (*output[list[report.TodayItemJSON]], error) {
	filter := report.TodayFilter{Limit: in.Limit}
	if in.Owner != "" {
		owner := id.ID(0)
		if in.Owner != "none" {
			var err error
			if owner, err = id.Parse(in.Owner); err != nil {
				return nil, at("owner", err)
			}
		}
		filter.Owner = &owner
	}
	var items []report.TodayItem
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		items, err = report.Today(ctx, tx, s.Engine, filter, speech(ctx))
		return err
	})
	return answer(list[report.TodayItemJSON]{Items: report.TodayJSON(items)}), err
}
