package fold

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
)

// Failures counts what the fold had to leave out since the process began.
type Failures struct {
	Rules  atomic.Int64 // rules that failed on a lead, as often as it was saved with them
	Events atomic.Int64 // events that were set aside
}

// apply folds one event. A rule that fails on it is noted on the lead, and the others go on; an error
// tells that the event itself breaks the fold, and that the state is good for nothing.
func (r *Rules) apply(s *score.State, ev *event.Event, explain func(score.Line)) (failed []rule.Failure, err error) {
	props := &properties{raw: ev.Props}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	failed = r.Model.Apply(s, &score.Event{ID: ev.ID, At: ev.At, Kind: ev.Kind, Tag: ev.Tag, Prop: props.get}, explain)
	return failed, props.err
}

// brokenEvent is an event that breaks the fold of its lead.
type brokenEvent struct {
	place event.Place
	cause error
}

// maxFailed bounds the failures that a visit counts: a history is long, and a rule may fail on all of it.
const maxFailed = 1000

// fold applies an event to a visit, unless one before it broke the fold, and notes the checkpoint after it.
func (r *Rules) fold(v *visit, ev *event.Event) error {
	if v.broken != nil {
		return nil
	}
	failed, err := r.apply(v.row.State, ev, nil)
	if err != nil {
		v.broken = &brokenEvent{ev.Place(), err}
		return nil
	}
	v.failed = append(v.failed, failed[:min(len(failed), maxFailed-len(v.failed))]...)
	v.mark()
	return nil
}

// advance applies the new events of a visit that were not part of a replay, up to one that breaks the fold. A
// stale lead gets those that come after all it knows; the others wait for the replay.
func (r *Rules) advance(v *visit) {
	if v.work.Replay && !v.work.Made && !v.behind {
		return
	}
	s, marks := v.row.State, v.marks
	for _, ev := range v.work.Events {
		if v.behind && (s.Model != r.Model.ID || ev.Before(s.LastAt, s.Last)) {
			continue
		}
		if _ = r.fold(v, ev); v.broken != nil {
			break
		}
	}
	if v.behind {
		v.marks, v.broken = marks, nil // the replay decides
	}
}

// bring advances a visit in spite of events that break the fold. The saved state may be what is damaged:
// the lead is folded anew from its log first. An event that breaks even that is set aside, and the lead
// is folded without it. It returns nil if the lead is gone.
func (e *Engine) bring(ctx context.Context, tx *db.Tx, rules *Rules, v *visit, budget *int) (*visit, error) {
	for {
		rules.advance(v)
		broken := v.broken
		if broken == nil {
			return v, nil
		}
		work := &Work{Replay: true, Due: v.work.Due}
		if v.work.Replay {
			if err := event.SetAside(ctx, tx, broken.place.ID, broken.cause); err != nil {
				return nil, err
			}
			lead := v.lead
			tx.After(func() {
				e.Failures.Events.Add(1)
				slog.Error("event set aside", "event", broken.place.ID.String(), "lead", lead.String(), "error", broken.cause)
			})
			if !v.work.Made {
				work.Since = min(broken.place.At, v.changed.At)
			}
		}
		again, err := e.load(ctx, tx, rules, Batch{v.lead: work}, budget)
		if err != nil || len(again) == 0 {
			return nil, err
		}
		v = again[0]
	}
}

// note writes on the lead which rules failed at this settling; asked are the segments that were evaluated.
func (r *Rules) note(v *visit, failed []rule.Failure, asked []int) {
	s := v.row.State
	if len(failed) == 0 && len(s.Errors) == 0 {
		return
	}
	s.Forgive(func(number id.ID) bool {
		for _, i := range asked {
			if r.Segments[i].ID == number {
				return false
			}
		}
		return r.live(number)
	})
	for _, f := range failed {
		s.Fail(r.place(f.Rule))
	}
	v.failed = append(v.failed, failed...)
}

// place is how a rule is named on leads and in the log.
func (r *Rules) place(which *rule.Rule) string {
	for i := range r.Segments {
		if r.Segments[i].Rule == which {
			return score.SegmentPlace(r.Segments[i].ID)
		}
	}
	return r.Model.Place(which)
}

// tell counts the rules that failed in a transaction, and logs each rule once: it may fail on every lead.
func (e *Engine) tell(tx *db.Tx, rules *Rules, visits []*visit) {
	for _, v := range visits {
		if len(v.failed) == 0 {
			continue
		}
		tx.After(func() {
			e.Failures.Rules.Add(int64(len(v.failed)))
			for _, f := range v.failed {
				place := rules.place(f.Rule)
				if _, told := rules.told.LoadOrStore(place, true); !told {
					slog.Error("rule failed", "rule", place, "lead", v.lead.String(), "error", fmt.Sprint(f.Cause))
				}
			}
		})
	}
}

// broken makes an error of what panicked, so that one request does not end the process; it must be
// deferred itself.
func broken(err *error) {
	if cause := recover(); cause != nil {
		*err = fault.New(fault.Internal, "fault.internal", nil).Because(fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
	}
}

// Readmit is the command of a person who wants an event that was set aside tried again.
type Readmit struct {
	Engine *Engine `json:"-"`
	Event  id.ID   `json:"event"`
}

// Name is the command in the audit log.
func (c *Readmit) Name() string { return "event.readmit" }

// Allow lets those who look after the rules.
func (c *Readmit) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Check has nothing to check without the database.
func (c *Readmit) Check() error { return nil }

// Target is the event.
func (c *Readmit) Target() id.ID { return c.Event }

// Do folds the lead with the event; if that breaks again, the event is aside again.
func (c *Readmit) Do(ctx context.Context, tx *db.Tx) error {
	lead, err := event.Readmit(ctx, tx, c.Event)
	if err != nil {
		return err
	}
	return c.Engine.Visit(ctx, tx, Batch{lead: {Replay: true}})
}
