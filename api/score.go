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
	"kizashi/score"
)

// scoreJSON tells where every point of a lead comes from: the points of the lines as they are now add
// up to engagement, which total rounds.
type scoreJSON struct {
	Lead        id.ID         `json:"lead"`
	Total       int           `json:"total" doc:"The engagement as lists show it, rounded."`
	Engagement  float64       `json:"engagement" doc:"The sum of now of all lines."`
	HalfLife    float64       `json:"half_life_days"`
	Groups      []groupJSON   `json:"groups"`
	Lines       []lineJSON    `json:"lines" doc:"What every event added, newest first."`
	Temperature string        `json:"temperature" enum:"hot,warm,cold"`
	Fit         string        `json:"fit" enum:"A,B,C,D"`
	FitPoints   int           `json:"fit_points"`
	FitCap      float64       `json:"fit_cap"`
	FitLines    []fitLineJSON `json:"fit_lines" doc:"The rules of the fit that hold; their sum, kept between 0 and fit_cap, is fit_points."`
	Model       versionJSON   `json:"model"`
	Errors      []string      `json:"errors,omitempty" doc:"Rules of the model that failed on this lead."`
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

type fitLineJSON struct {
	Rule   string    `json:"rule"`
	Label  sentences `json:"label"`
	Points float64   `json:"points"`
}

type versionJSON struct {
	ID      id.ID `json:"id"`
	Version int   `json:"version"`
}

// explain reads one lead with everything that its numbers are made of.
func (s *service) explain(ctx context.Context, number id.ID) (x *fold.Explained, now int64, err error) {
	err = s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, number)
		if err != nil {
			return err
		}
		now = tx.Now
		x, err = s.Engine.Explain(ctx, tx, l.ID)
		return err
	})
	return x, now, err
}

func (s *service) score(ctx context.Context, in *One) (*output[scoreJSON], error) {
	x, now, err := s.explain(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	shown := scoreJSON{
		Lead: x.Row.Lead, Total: int(math.Round(score.Engagement(x.Row.CoolsAt, now, x.Model.HalfLife))),
		HalfLife: x.Model.Pack.HalfLifeDays, Temperature: x.Row.Temperature,
		Fit: x.Row.Fit, FitPoints: x.Row.FitPoints, FitCap: x.Model.Pack.Fit.Cap, FitLines: []fitLineJSON{},
		Model: versionJSON{x.Model.ID, x.Model.Version}, Lines: []lineJSON{}, Errors: x.Row.State.Errors,
	}
	for _, l := range slices.Backward(x.Lines) {
		shown.Engagement += l.Now
		shown.Lines = append(shown.Lines, lineJSON{l.Rule, sentences(l.Words), l.Group, l.Event, l.Kind, clock.Time(l.At), l.Points, l.Now})
	}
	for _, l := range x.FitLines {
		shown.FitLines = append(shown.FitLines, fitLineJSON{l.Rule, sentences(l.Words), l.Points})
	}
	shown.Groups = groupsOf(x)
	return answer(shown), nil
}

// groupsOf sums the lines of each group.
func groupsOf(x *fold.Explained) []groupJSON {
	points := map[string]float64{}
	for _, l := range x.Lines {
		points[l.Group] += l.Now
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
	x, _, err := s.explain(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	return answer(gatesJSON{x.Row.Lead, x.Row.Stage, each(x.Gates, func(g score.GateReport) gateJSON {
		return gateJSON{g.To, g.Passed, g.Rule, sentences{g.JA, g.EN}}
	})}), nil
}
