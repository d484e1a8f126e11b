package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/member"
	"kizashi/report"
)

func (s *service) todayOperations(a huma.API) {
	register(a, operation{id: "getToday", method: http.MethodGet, path: "/today", summary: "Whom to contact today, why, how and by when"}, s.today)
	register(a, operation{id: "getDay", method: http.MethodGet, path: "/today/day", summary: "How one's own day stands: capacity, done, due, neglected"}, s.day)
}

type todayInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many people, at most."`
	Owner string `query:"owner" doc:"Only the leads of this account; none: of nobody. Without it, everybody's." example:"none"`
	View  string `query:"view" enum:"mine,team,unassigned" doc:"mine: one's own, no more than can still be done today; for field sales with the hand-overs that wait. team: those of one's own team; who is in none, and a key, sees everybody's. unassigned: nobody's."`
}

// filter says whose list is asked for.
func (in *todayInput) filter(who act.Who) (report.TodayFilter, error) {
	f := report.TodayFilter{Limit: in.Limit}
	none := id.ID(0)
	switch {
	case in.View != "" && in.Owner != "":
		return f, fault.New(fault.Invalid, "api.view_or_owner", nil).At("view")
	case in.View == "mine":
		f.Owner, f.Offered = &who.ID, who.Role == act.Field
	case in.View == "unassigned" || in.Owner == "none":
		f.Owner = &none
	case in.Owner != "":
		owner, err := id.Parse(in.Owner)
		if err != nil {
			return f, at("owner", err)
		}
		f.Owner = &owner
	}
	return f, nil
}

// teamOf is the team of a person; 0 for who is in none, and for a key, which is no person.
func teamOf(ctx context.Context, tx *db.Tx, who act.Who) (id.ID, error) {
	a, err := member.FindAccount(ctx, tx, who.ID)
	if fault.KindOf(err) == fault.NotFound {
		return 0, nil
	}
	return a.Team, err
}

func (s *service) today(ctx context.Context, in *todayInput) (*output[list[report.TodayItemJSON]], error) {
	who := act.By(ctx)
	filter, err := in.filter(who)
	if err != nil {
		return nil, err
	}
	items := []report.TodayItem{}
	err = s.read(ctx, func(tx *db.Tx) (err error) {
		if in.View == "mine" {
			day, err := report.CountToday(ctx, tx, who.ID)
			if err != nil || day.Left() == 0 {
				return err
			}
			filter.Limit = min(filter.Limit, day.Left())
		}
		if in.View == "team" {
			if filter.Team, err = teamOf(ctx, tx, who); err != nil {
				return err
			}
		}
		items, err = report.Today(ctx, tx, s.Engine, filter, speech(ctx))
		return err
	})
	return answer(list[report.TodayItemJSON]{Items: report.TodayJSON(items)}), err
}

// dayJSON is how the day of an account stands.
type dayJSON struct {
	Capacity      int `json:"capacity" doc:"Leads a day."`
	Done          int `json:"done" doc:"Leads contacted today."`
	Due           int `json:"due" doc:"Own steps until tonight."`
	Late          int `json:"late" doc:"Those of them that are late."`
	WithoutStep   int `json:"without_step" doc:"Own leads, MQL to SQL, without a next step."`
	Untouched     int `json:"untouched" doc:"Own leads, MQL to SQL, that nobody has contacted for untouched_days."`
	UntouchedDays int `json:"untouched_days"`
	Unread        int `json:"unread" doc:"Notices; 100 at most."`
}

func (s *service) day(ctx context.Context, _ *struct{}) (*output[dayJSON], error) {
	var shown dayJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		c, err := report.CountToday(ctx, tx, act.By(ctx).ID)
		shown = dayJSON{c.Capacity, c.Done, c.Due, c.Late, c.WithoutStep, c.Untouched, c.Days, c.Unread}
		return err
	})
	return answer(shown), err
}
