package fold

import (
	"bytes"
	"context"
	"slices"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/score"
)

// Difference is a lead whose stored state is not what its log comes to.
type Difference struct {
	Lead   id.ID  `json:"lead"`
	Field  string `json:"field"`
	Stored any    `json:"stored"`
	Folded any    `json:"folded"`
}

// Verified is the result of a replay of everything.
type Verified struct {
	Leads       int64        `json:"leads"`
	Behind      int64        `json:"behind"` // still of an older model or history: the replay is not through
	Differences []Difference `json:"differences"`
}

// maxDifferences bounds the list; what is more is only counted in the log of the caller.
const maxDifferences = 1000

// verifyChunk is how many leads one reading transaction replays.
const verifyChunk = 500

// Verify replays every lead and compares. progress, if not nil, hears how many leads are done.
func (e *Engine) Verify(ctx context.Context, progress func(done int64)) (Verified, error) {
	var v Verified
	v.Differences = []Difference{}
	last := id.ID(0)
	for {
		var chunk []id.ID
		err := e.Door.DB.Read(ctx, func(tx *db.Tx) error {
			var err error
			if chunk, err = leadsAfter(ctx, tx, last, verifyChunk); err != nil || len(chunk) == 0 {
				return err
			}
			return e.verifyChunk(ctx, tx, chunk, &v)
		})
		if err != nil || len(chunk) == 0 {
			return v, err
		}
		v.Leads += int64(len(chunk))
		last = chunk[len(chunk)-1]
		if progress != nil {
			progress(v.Leads)
		}
	}
}

// leadsAfter lists leads that exist, by id.
func leadsAfter(ctx context.Context, tx *db.Tx, last id.ID, limit int) ([]id.ID, error) {
	var list []id.ID
	err := tx.Each(ctx, `SELECT id FROM lead WHERE id > $1 AND gone = '' ORDER BY id LIMIT $2`, []any{last, limit},
		func(scan func(...any) error) error {
			var lead id.ID
			err := scan(&lead)
			list = append(list, lead)
			return err
		})
	return list, err
}

func (e *Engine) verifyChunk(ctx context.Context, tx *db.Tx, chunk []id.ID, v *Verified) error {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := loadRows(ctx, tx, chunk)
	if err != nil {
		return err
	}
	visits := make([]*visit, len(chunk))
	for i, lead := range chunk {
		visits[i] = &visit{lead: lead, work: &Work{Replay: true}}
		visits[i].plan(rules)
	}
	if visits, err = loadAttrs(ctx, tx, visits); err != nil {
		return err
	}
	if err := loadStages(ctx, tx, visits); err != nil {
		return err
	}
	if err := e.verifyEvents(ctx, tx, rules, visits, v); err != nil {
		return err
	}
	if err := e.verifyTraits(ctx, tx, chunk, v); err != nil {
		return err
	}
	quiet := &reactions{tx: tx, rules: rules, quiet: true}
	for _, one := range visits {
		stored, ok := rows[one.lead]
		switch {
		case !ok || stored.State == nil:
			v.differ(one.lead, "state", "missing", "present")
		case stored.State.Model != rules.Model.ID || stored.State.Stale:
			v.Behind++
		case one.broken != nil:
			v.differ(one.lead, "event", one.broken.place.ID, one.broken.cause.Error())
		default:
			if stored.State.Events < 0 {
				one.row.State.Events = -1 // an older version did not count
			}
			rules.settle(one, stored.SettledAt, quiet)
			v.compare(rules, stored, one.row)
		}
	}
	return nil
}

// verifyEvents replays whole histories, from their first events, and compares the checkpoints on the way.
func (e *Engine) verifyEvents(ctx context.Context, tx *db.Tx, rules *Rules, visits []*visit, v *Verified) error {
	leads := make([]id.ID, len(visits))
	for i, one := range visits {
		leads[i] = one.lead
	}
	stored, err := checkpointsOf(ctx, tx, leads, rules.Model.ID)
	if err != nil {
		return err
	}
	err = e.readWhole(ctx, tx, visits, func(one *visit, ev *event.Event) error {
		err := rules.fold(one, ev)
		for _, c := range one.marks {
			if list := stored[one.lead]; len(list) > 0 && list[0].events == c.events {
				stored[one.lead] = list[1:]
				if list[0].place != c.place || !bytes.Equal(list[0].data, c.data) {
					v.differ(one.lead, "checkpoint", list[0].events, c.events)
				}
			}
		}
		one.marks = nil
		return err
	})
	for lead, rest := range stored {
		for _, c := range rest {
			v.differ(lead, "checkpoint", c.events, nil)
		}
	}
	return err
}

func (v *Verified) differ(lead id.ID, field string, stored, folded any) {
	if len(v.Differences) < maxDifferences {
		v.Differences = append(v.Differences, Difference{lead, field, stored, folded})
	}
}

// compare asks for equality to the last bit, but for the due moment: the stored one may be early
// (a rule that has since changed its mind), never late.
func (v *Verified) compare(rules *Rules, stored, folded Row) {
	lead := stored.Lead
	for _, f := range []struct {
		name string
		a, b any
	}{
		{"temperature", stored.Temperature, folded.Temperature}, {"fit", stored.Fit, folded.Fit},
		{"fit_points", stored.FitPoints, folded.FitPoints}, {"stage", stored.Stage, folded.Stage},
		{"stage_at", stored.StageAt, folded.StageAt}, {"cools_at", stored.CoolsAt, folded.CoolsAt},
		{"priority", stored.Priority, folded.Priority}, {"today", stored.Today, folded.Today},
		{"last_at", stored.LastAt, folded.LastAt},
	} {
		if f.a != f.b {
			v.differ(lead, f.name, f.a, f.b)
		}
	}
	if stored.DueAt > folded.DueAt {
		v.differ(lead, "due_at", stored.DueAt, folded.DueAt)
	}
	a, b := rules.comparable(stored.State), rules.comparable(folded.State)
	if !bytes.Equal(a, b) {
		v.differ(lead, "data", a, b)
	}
}

// comparable encodes a state without what may lawfully differ: segments that no longer exist, and
// those that are still being filled, with their failures.
func (r *Rules) comparable(s *score.State) []byte {
	c := *s
	c.Segments = nil
	for _, in := range s.Segments {
		if r.ready(in) {
			c.Segments = append(c.Segments, in)
		}
	}
	c.Errors = slices.DeleteFunc(slices.Clone(s.Errors), func(place string) bool {
		segment, ok := score.SegmentOf(place)
		return ok && !r.ready(segment)
	})
	return score.AppendState(nil, &c)
}
