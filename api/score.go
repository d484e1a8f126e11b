package api

import (
	"context"
	"math"
	"slices"
	"time"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/report"
	"kizashi/score"
)

// scoreJSON tells where every point of a lead comes from. What is left of the lines of the first page and of what
// came earlier adds up to engagement, which total rounds; on every other page, to earlier of the page before.
type scoreJSON struct {
	Lead        id.ID         `json:"lead"`
	Total       int           `json:"total" doc:"The engagement as lists show it, rounded."`
	Engagement  float64       `json:"engagement" doc:"What is left of all points."`
	HalfLife    float64       `json:"half_life_days"`
	Groups      []groupJSON   `json:"groups"`
	Lines       []lineJSON    `json:"lines" doc:"What every event added, newest first."`
	Earlier     []earlierJSON `json:"earlier" doc:"What is left of all before these lines, by group."`
	Next        string        `json:"next" doc:"Pass it as after to read earlier lines; empty on the last page."`
	Temperature string        `json:"temperature" enum:"hot,warm,cold"`
	Fit         string        `json:"fit" enum:"A,B,C,D"`
	FitPoints   int           `json:"fit_points"`
	FitCap      float64       `json:"fit_cap"`
	FitLines    []fitLineJSON `json:"fit_lines" doc:"The rules of the fit that hold; their sum, kept between 0 and fit_cap, is fit_points."`
	Model       versionJSON   `json:"model"`
	Errors      []string      `json:"errors,omitempty" doc:"Rules of the model that failed on this lead."`
	Stale       bool          `json:"stale" doc:"A long history has changed and is being replayed: the numbers lag behind."`
}

type groupJSON struct {
	Group  string  `json:"group" example:"web"`
	Points float64 `json:"points" doc:"Now."`
	Cap    float64 `json:"cap"`
}

type lineJSON struct {
	Rule   string    `json:"rule"`
	Label  sentences `json:"label"`
	Group  string    `json:"group"`
	Event  id.ID     `json:"event"`
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	Points float64   `json:"points" doc:"What the event really added, after caps."`
	Now    float64   `json:"now" doc:"What is left of it."`
}

type earlierJSON struct {
	Group string    `json:"group"`
	Until time.Time `json:"until" doc:"When the last of it happened."`
	Now   float64   `json:"now" doc:"What is left of it."`
}

type fitLineJSON struct {
	Rule   string    `json:"rule"`
	Label  sentences `json:"label"`
	Points float64   `json:"points"`
}

type versionJSON struct {
	ID      id.ID `json:"id"`
	Version int   `json:"version"`
}

// explain reads one lead with everything that its numbers are made of, and more of it at the same moment.
func (s *service) explain(ctx context.Context, number id.ID, more func(tx *db.Tx) error) (x *fold.Explained, now int64, err error) {
	err = s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, number)
		if err != nil {
			return err
		}
		now = tx.Now
		if x, err = s.Engine.Explain(ctx, tx, l.ID); err != nil || more == nil {
			return err
		}
		return more(tx)
	})
	return x, now, err
}

func (s *service) score(ctx context.Context, in *struct {
	One
	Page
}) (*output[scoreJSON], error) {
	until, err := report.ReadPlace(in.After)
	if err != nil {
		return nil, err
	}
	var found *fold.Lines
	x, now, err := s.explain(ctx, in.ID.ID, func(tx *db.Tx) error {
		l, err := there(ctx, tx, in.ID.ID)
		if err == nil {
			found, err = s.Engine.LinesUntil(ctx, tx, l.ID, until, in.size())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := scoreJSON{
		Lead: x.Row.Lead, Total: int(math.Round(score.Engagement(x.Row.CoolsAt, now, x.Model.HalfLife))),
		Engagement: left(x.Lines), HalfLife: x.Model.Pack.HalfLifeDays, Groups: groupsOf(x),
		Temperature: x.Row.Temperature, Fit: x.Row.Fit, FitPoints: x.Row.FitPoints, FitCap: x.Model.Pack.Fit.Cap,
		Model: versionJSON{x.Model.ID, x.Model.Version}, Errors: x.Row.State.Errors, Stale: x.Stale,
		Next: found.Before.String(),
	}
	slices.Reverse(found.List)
	shown.Lines = each(found.List, func(l score.Line) lineJSON {
		return lineJSON{l.Rule, sentences(l.Words), l.Group, l.Event, l.Kind, clock.Time(l.At), l.Points, l.Now}
	})
	shown.Earlier = each(found.Earlier, func(sum fold.Earlier) earlierJSON {
		return earlierJSON{sum.Group, clock.Time(sum.Until), sum.Now}
	})
	shown.FitLines = each(x.FitLines, func(l score.FitLine) fitLineJSON {
		return fitLineJSON{l.Rule, sentences(l.Words), l.Points}
	})
	return answer(shown), nil
}

// left is what is left of all points.
func left(p fold.Lines) (sum float64) {
	for _, l := range slices.Backward(p.List) {
		sum += l.Now
	}
	for _, before := range p.Earlier {
		sum += before.Now
	}
	return sum
}

// groupsOf sums what is left of each group.
func groupsOf(x *fold.Explained) []groupJSON {
	points := map[string]float64{}
	for _, l := range x.List {
		points[l.Group] += l.Now
	}
	for _, sum := range x.Earlier {
		points[sum.Group] += sum.Now
	}
	groups := []groupJSON{}
	for name, limit := range x.Model.Pack.Groups {
		groups = append(groups, groupJSON{name, points[name], limit})
	}
	slices.SortFunc(groups, func(a, b groupJSON) int {
		if a.Group < b.Group {
			return -1
		}
		return 1
	})
	return groups
}

// gatesJSON tells which gates a lead passes.
type gatesJSON struct {
	Lead  id.ID      `json:"lead"`
	Stage string     `json:"stage"`
	Gates []gateJSON `json:"gates"`
}

type gateJSON struct {
	To        string    `json:"to"`
	Passed    bool      `json:"passed"`
	Rule      string    `json:"rule"`
	Sentences sentences `json:"sentences"`
}

func (s *service) gates(ctx context.Context, in *One) (*output[gatesJSON], error) {
	x, _, err := s.explain(ctx, in.ID.ID, nil)
	if err != nil {
		return nil, err
	}
	return answer(gatesJSON{x.Row.Lead, x.Row.Stage, each(x.Gates, func(g score.GateReport) gateJSON {
		return gateJSON{g.To, g.Passed, g.Rule, sentences{g.JA, g.EN}}
	})}), nil
}
