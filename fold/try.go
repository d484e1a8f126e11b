package fold

import (
	"context"
	"errors"
	"slices"
	"time"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/score"
)

// Outcome is what a model says of a lead.
type Outcome struct {
	Temperature string
	Fit         string
	FitPoints   int
	Stage       string // where the lead stands, or would stand as soon as the model is published
	Today       bool
	Engagement  float64  // points
	Gates       []string // the stages whose conditions hold, wherever the lead stands
}

// Tried is a lead by the model in force and by another one, from the same log at the same moment.
type Tried struct {
	Lead       id.ID
	Was, Would Outcome
}

// tryChunk is how many leads are folded between two looks at the clock.
const tryChunk = 50

// Try folds leads by the model in force and by another one, and writes nothing. It ends when the time is
// up, with those that it has reached by then; leads that are gone, leads with an event that breaks the fold,
// and leads with more than maxTried events are left out.
func (e *Engine) Try(ctx context.Context, tx *db.Tx, model *score.Model, leads []id.ID, limit time.Duration) ([]Tried, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	inForce, other := &Rules{Model: rules.Model}, &Rules{Model: model}
	var list []Tried
	begun := time.Now()
	for chunk := range slices.Chunk(leads, tryChunk) {
		if len(list) > 0 && time.Since(begun) > limit {
			break
		}
		some, err := e.try(ctx, tx, inForce, other, chunk)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

func (e *Engine) try(ctx context.Context, tx *db.Tx, inForce, other *Rules, leads []id.ID) ([]Tried, error) {
	visits := make([]*visit, len(leads))
	for i, lead := range leads {
		visits[i] = &visit{lead: lead, work: &Work{Replay: true}}
		visits[i].plan(inForce)
	}
	missing, err := readAttrs(ctx, tx, visits)
	if err != nil {
		return nil, err
	}
	counts, err := event.Counts(ctx, tx, leads, maxTried+1)
	if err != nil {
		return nil, err
	}
	visits = slices.DeleteFunc(visits, func(v *visit) bool {
		return missing[v.lead] != nil || counts[v.lead] > int64(maxTried)
	})
	if err := loadStages(ctx, tx, visits); err != nil {
		return nil, err
	}
	others := make(map[id.ID]*visit, len(visits))
	for _, v := range visits {
		others[v.lead] = v.by(other)
	}
	err = e.readWhole(ctx, tx, visits, func(v *visit, ev *event.Event) error {
		return errors.Join(inForce.try(v, ev), other.try(others[v.lead], ev))
	})
	if err != nil {
		return nil, err
	}
	list := make([]Tried, 0, len(visits))
	for _, v := range visits {
		if again := others[v.lead]; v.broken == nil && again.broken == nil {
			list = append(list, Tried{v.lead, inForce.outcome(tx, v), other.outcome(tx, again)})
		}
	}
	return list, nil
}

// try folds an event for a look only.
func (r *Rules) try(v *visit, ev *event.Event) error {
	err := r.fold(v, ev)
	v.marks = nil
	return err
}

// by is the same visit, about to be folded by other rules.
func (v *visit) by(rules *Rules) *visit {
	again := &visit{lead: v.lead, work: v.work, row: v.row}
	again.row.State = rules.Model.NewState()
	again.row.State.Attrs, again.row.State.HeldAt = v.row.State.Attrs, v.row.State.HeldAt
	return again
}

func (r *Rules) outcome(tx *db.Tx, v *visit) Outcome {
	r.settle(v, tx.Now, &reactions{tx: tx, rules: r, quiet: true})
	o := Outcome{
		Temperature: v.row.Temperature, Fit: v.row.Fit, FitPoints: v.row.FitPoints, Stage: v.row.Stage, Today: v.row.Today,
		Engagement: score.Engagement(v.row.CoolsAt, tx.Now, r.Model.HalfLife),
	}
	facts := r.Facts(&v.row, tx.Now)
	if score.Excluded(facts) != "" {
		return o
	}
	for i := range r.Model.Gates {
		if g := &r.Model.Gates[i]; g.Rule.Eval(facts) {
			o.Gates = append(o.Gates, g.To)
		}
	}
	return o
}

// Sample draws leads to try a model on: up to most of those on the Today list, the most urgent first, and
// as many at random from all. Every lead has the same chance, which costs a walk over the key. Starting at
// random points of the key would not: ids are times, so that the people of a file, made within a minute,
// would hardly ever be drawn, and who came alone on a quiet day always.
func Sample(ctx context.Context, tx *db.Tx, most int) ([]id.ID, error) {
	var leads []id.ID
	take := func(scan func(...any) error) error {
		var lead id.ID
		err := scan(&lead)
		leads = append(leads, lead)
		return err
	}
	err := tx.Each(ctx, `SELECT lead FROM lead_state WHERE today = 1 ORDER BY priority DESC, lead DESC LIMIT $1`, []any{most}, take)
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT lead FROM lead_state ORDER BY random() LIMIT $1`, []any{most}, take) // walks an index alone
	if err != nil {
		return nil, err
	}
	return unique(leads), nil
}

// unique keeps the first of each.
func unique(leads []id.ID) []id.ID {
	seen := make(map[id.ID]bool, len(leads))
	return slices.DeleteFunc(leads, func(lead id.ID) bool {
		twice := seen[lead]
		seen[lead] = true
		return twice
	})
}
