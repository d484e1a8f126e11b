package fold

import (
	"context"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/score"
)

// historyPage is how many events of a long history one query reads.
const historyPage = 1000

// wholeReplay is the budget of readers, who hold nobody up.
const wholeReplay = 1 << 40

// behind tells that a state is to be made again, although nothing new happened.
func (r *Rules) behind(s *score.State) bool { return s.Model != r.Model.ID || s.Events < 0 || s.Stale }

// replay folds the histories that must be replayed.
func (e *Engine) replay(ctx context.Context, tx *db.Tx, rules *Rules, visits []*visit, budget *int) error {
	var again []*visit
	for _, v := range visits {
		if v.work.Replay && !v.work.Made {
			again = append(again, v)
		}
	}
	if err := measure(ctx, tx, again); err != nil {
		return err
	}
	var short []*visit
	var unmarked []id.ID
	for _, v := range again {
		if v.events >= checkpointEvery {
			if err := e.resume(ctx, tx, rules, v, budget); err != nil {
				return err
			}
			continue
		}
		if short = append(short, v); v.rewritten {
			unmarked = append(unmarked, v.lead)
		}
	}
	if err := forgetCheckpoints(ctx, tx, unmarked); err != nil {
		return err
	}
	return e.readWhole(ctx, tx, short, rules.fold)
}

// measure finds out how long the histories are that are to be replayed.
func measure(ctx context.Context, tx *db.Tx, visits []*visit) error {
	unknown := map[id.ID]*visit{}
	var leads []id.ID
	for _, v := range visits {
		if s := v.was.State; !v.rewritten && s.Events >= 0 && !s.Stale {
			v.events = s.Events + int64(len(v.work.Events))
			continue
		}
		leads = append(leads, v.lead)
		unknown[v.lead] = v
	}
	if len(leads) == 0 {
		return nil
	}
	counts, err := event.Counts(ctx, tx, leads, maxReplay+1)
	for lead, n := range counts {
		unknown[lead].events = n
	}
	return err
}

// resume replays a history from the last checkpoint that is still valid, as far as the budget goes.
func (e *Engine) resume(ctx context.Context, tx *db.Tx, rules *Rules, v *visit, budget *int) error {
	if err := dropCheckpoints(ctx, tx, v.lead, rules.Model.ID, v.changed); err != nil {
		return err
	}
	from, err := lastCheckpoint(ctx, tx, v.lead, rules.Model.ID)
	if err != nil {
		return err
	}
	if from != nil {
		v.row.State.TakeLog(from)
	}
	v.behind = *budget <= 0 || !v.work.Due && v.tooLong(*budget)
	if !v.behind {
		n, ended, err := e.readOn(ctx, tx, v, endOfLog, *budget, rules.fold)
		if err != nil {
			return err
		}
		*budget -= n
		v.behind = !ended && v.broken == nil
	}
	if v.behind {
		v.fallBack(rules)
	}
	return nil
}

// tooLong tells that the rest of the history is more than the budget, or that the due queue is at it already.
func (v *visit) tooLong(budget int) bool {
	stale := v.had && v.was.State != nil && v.was.State.Stale
	return stale || v.events-v.row.State.Events > int64(budget)
}

// readWhole reads short histories together; apply is told each event of a visit.
func (e *Engine) readWhole(ctx context.Context, tx *db.Tx, visits []*visit, apply func(*visit, *event.Event) error) error {
	if len(visits) == 0 {
		return nil
	}
	byLead := make(map[id.ID]*visit, len(visits))
	leads := make([]id.ID, len(visits))
	for i, v := range visits {
		leads[i], byLead[v.lead] = v.lead, v
	}
	return event.CountedOf(ctx, tx, e.Kinds, leads, func(ev *event.Event) error { return apply(byLead[ev.Lead], ev) })
}

// readOn reads a history behind the last event of the visit's state up to a place, page by page, at most budget
// events; ended tells that it came to the end.
func (e *Engine) readOn(ctx context.Context, tx *db.Tx, v *visit, until event.Place, budget int,
	apply func(*visit, *event.Event) error) (n int, ended bool, err error) {
	part := event.Part{Lead: v.lead, After: event.Place{At: v.row.State.LastAt, ID: v.row.State.Last}, Until: until}
	for n < budget && v.broken == nil {
		got := 0
		part.Limit = min(historyPage, budget-n)
		err := event.CountedPart(ctx, tx, e.Kinds, part, func(ev *event.Event) error {
			got, part.After = got+1, ev.Place()
			return apply(v, ev)
		})
		if n += got; err != nil || got < part.Limit {
			return n, err == nil, err
		}
	}
	return n, false, nil
}

// settles tells whether what follows from the state can be said: not of a lead that is behind and of which
// there is nothing but a state of another model, or none.
func (v *visit) settles(rules *Rules) bool {
	if !v.behind {
		return true
	}
	return v.had && v.was.State != nil && v.was.State.Model == rules.Model.ID
}

// fallBack gives a lead that is behind the state that it had, until the replay is through.
func (v *visit) fallBack(rules *Rules) {
	switch {
	case v.settles(rules):
		v.row.State.TakeLog(v.was.State)
	case v.had && v.was.State != nil:
		now := v.row
		v.row = v.was
		v.row.Stage, v.row.StageAt = now.Stage, now.StageAt
		v.row.State.HeldAt, v.row.State.Attrs = now.State.HeldAt, now.State.Attrs
	default:
		v.row.State.TakeLog(rules.Model.NewState())
		v.row.Temperature, v.row.Fit = "cold", "D"
	}
}

// postpone makes a lead that is behind due at once, and again and again until it is not.
func (v *visit) postpone(now int64) {
	if v.behind {
		v.row.State.Stale, v.row.DueAt = true, now
	}
}
