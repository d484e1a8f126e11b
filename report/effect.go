package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/score"
)

// Effect is what another model would change, on a sample of real leads.
type Effect struct {
	Leads    int // that were folded by both models
	Up, Down int // whose engagement would be higher, or lower, by a point at least
	Shifts   []Shift
	Changes  []LeadShift // the leads that would change most
	Others   int         // that would change, too
}

// Any tells whether anybody would change.
func (e Effect) Any() bool { return e.Up+e.Down > 0 || e.Moves() }

// Moves tells whether anybody would come to another temperature, fit, stage, gate or list.
func (e Effect) Moves() bool {
	return slices.ContainsFunc(e.Shifts, func(s Shift) bool { return s.In+s.Out > 0 })
}

// Shift is how many leads would come to an answer, and leave it.
type Shift struct {
	Axis, Value     string // temperature hot, fit A, stage mql, gate mql, today ""
	Was, Would      int
	In, Out         int
	CameIn, WentOut []LeadShift // a few of them, those with the most engagement first
}

// LeadShift is a lead as it is and as it would be.
type LeadShift struct {
	Lead LeadRow
	fold.Tried
}

// GateShift is a gate whose condition a lead would begin to meet, or meet no more.
type GateShift struct {
	To string
	In bool
}

// GateShifts are the gates that open or close for the lead.
func (l LeadShift) GateShifts() (list []GateShift) {
	for _, to := range []string{"mql", "tql", "sal", "sql"} {
		if would := slices.Contains(l.Would.Gates, to); would != slices.Contains(l.Was.Gates, to) {
			list = append(list, GateShift{to, would})
		}
	}
	return list
}

const (
	effectSample   = 500             // of each half
	effectTime     = 4 * time.Second // after which no more leads are folded
	effectNamed    = 5               // examples of a shift
	effectChanges  = 12
	effectSmallest = 1 // points of engagement that count as a change
)

// TryModel folds a sample of leads by a model and tells what it would change.
func TryModel(ctx context.Context, tx *db.Tx, e *fold.Engine, model *score.Model) (Effect, error) {
	leads, err := fold.Sample(ctx, tx, effectSample)
	if err != nil {
		return Effect{}, err
	}
	tried, err := e.Try(ctx, tx, model, leads, effectTime)
	if err != nil {
		return Effect{}, err
	}
	x := &effectCounter{Effect: Effect{Leads: len(tried)}, tried: tried}
	x.count()
	x.pick()
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return Effect{}, err
	}
	return x.Effect, x.name(ctx, tx, rules)
}

type effectCounter struct {
	Effect
	tried []fold.Tried
}

// answers are what the shifts count.
var answers = []struct {
	axis   string
	values []string
	of     func(o *fold.Outcome, value string) bool
}{
	{"temperature", []string{"hot", "warm", "cold"}, func(o *fold.Outcome, v string) bool { return o.Temperature == v }},
	{"fit", []string{"A", "B", "C", "D"}, func(o *fold.Outcome, v string) bool { return o.Fit == v }},
	{"stage", []string{"lead", "mql", "tql"}, func(o *fold.Outcome, v string) bool { return o.Stage == v }},
	{"gate", []string{"mql", "tql", "sal", "sql"}, func(o *fold.Outcome, v string) bool { return slices.Contains(o.Gates, v) }},
	{"today", []string{""}, func(o *fold.Outcome, _ string) bool { return o.Today }},
}

func (x *effectCounter) count() {
	for _, a := range answers {
		for _, value := range a.values {
			s := Shift{Axis: a.axis, Value: value}
			for i := range x.tried {
				t := &x.tried[i]
				s.take(t, a.of(&t.Was, value), a.of(&t.Would, value))
			}
			s.CameIn, s.WentOut = strongest(s.CameIn, effectNamed), strongest(s.WentOut, effectNamed)
			x.Shifts = append(x.Shifts, s)
		}
	}
	for _, t := range x.tried {
		switch by := gain(&t); {
		case by >= effectSmallest:
			x.Up++
		case by <= -effectSmallest:
			x.Down++
		}
	}
}

func (s *Shift) take(t *fold.Tried, was, would bool) {
	if was {
		s.Was++
	}
	if would {
		s.Would++
	}
	switch {
	case would && !was:
		s.In++
		s.CameIn = append(s.CameIn, LeadShift{Tried: *t})
	case was && !would:
		s.Out++
		s.WentOut = append(s.WentOut, LeadShift{Tried: *t})
	}
}

func gain(t *fold.Tried) float64 { return t.Would.Engagement - t.Was.Engagement }

func strongest(list []LeadShift, most int) []LeadShift {
	slices.SortStableFunc(list, func(a, b LeadShift) int {
		return cmp.Compare(max(b.Was.Engagement, b.Would.Engagement), max(a.Was.Engagement, a.Would.Engagement))
	})
	return list[:min(len(list), most)]
}

// pick takes the leads that change most: whose answers change, then whose points do.
func (x *effectCounter) pick() {
	for _, t := range x.tried {
		if weight(&t) > 0 {
			x.Changes = append(x.Changes, LeadShift{Tried: t})
		}
	}
	slices.SortStableFunc(x.Changes, func(a, b LeadShift) int { return cmp.Compare(weight(&b.Tried), weight(&a.Tried)) })
	x.Others = max(len(x.Changes)-effectChanges, 0)
	x.Changes = x.Changes[:len(x.Changes)-x.Others]
}

func weight(t *fold.Tried) float64 {
	w := math.Abs(gain(t))
	if w < effectSmallest {
		w = 0
	}
	gates := len(LeadShift{Tried: *t}.GateShifts()) > 0
	for _, differs := range []bool{t.Was.Temperature != t.Would.Temperature, t.Was.Stage != t.Would.Stage, t.Was.Fit != t.Would.Fit,
		gates, t.Was.Today != t.Would.Today} {
		if differs {
			w += 1000
		}
	}
	return w
}

// name reads who the examples are.
func (x *effectCounter) name(ctx context.Context, tx *db.Tx, rules *fold.Rules) error {
	var ids []id.ID
	each := func(f func(*LeadShift)) {
		for _, list := range x.lists() {
			for i := range list {
				f(&list[i])
			}
		}
	}
	each(func(l *LeadShift) { ids = append(ids, l.Tried.Lead) })
	rows, err := LeadsByID(ctx, tx, rules, ids)
	byID := map[id.ID]LeadRow{}
	for _, row := range rows {
		byID[row.ID] = row
	}
	each(func(l *LeadShift) { l.Lead = byID[l.Tried.Lead] })
	return err
}

func (x *effectCounter) lists() [][]LeadShift {
	lists := [][]LeadShift{x.Changes}
	for i := range x.Shifts {
		lists = append(lists, x.Shifts[i].CameIn, x.Shifts[i].WentOut)
	}
	return lists
}
