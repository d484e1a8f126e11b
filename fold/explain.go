package fold

import (
	"context"
	"maps"
	"slices"

	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
)

// Explained is one lead with everything that its numbers are made of (X01).
type Explained struct {
	Row   Row
	Facts *rule.Facts
	// Lines are what the newest events added and what is left of it now, Earlier what is left of all before, by
	// group. Together they add up to the engagement.
	Lines    []score.Line
	Earlier  []Earlier
	FitLines []score.FitLine
	Gates    []score.GateReport
	Model    *score.Model
}

// Explain tells where every point of a lead comes from at the transaction's moment. Of a long history it replays
// the newest part.
func (e *Engine) Explain(ctx context.Context, tx *db.Tx, lead id.ID) (*Explained, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	v := &visit{lead: lead, work: &Work{Replay: true}}
	v.plan(rules)
	if _, err = loadAttrsOnly(ctx, tx, []*visit{v}); err != nil {
		return nil, err
	}
	if err := loadStages(ctx, tx, []*visit{v}); err != nil {
		return nil, err
	}
	x := &Explained{Model: rules.Model}
	if err := e.explainEvents(ctx, tx, rules, v, x); err != nil {
		return nil, err
	}
	rules.settle(v, tx.Now, &reactions{tx: tx, rules: rules, quiet: true})
	x.Row = v.row
	x.Facts = rules.Facts(&v.row, tx.Now)
	x.FitLines = rules.Model.FitLines(x.Facts)
	x.Gates = rules.Model.Report(x.Facts)
	return x, nil
}

// Earlier is what is left of a group's points that came before the lines.
type Earlier struct {
	Group string
	Until int64   // when the last of them came, ms UTC
	Now   float64 // what is left of them at the asked moment
}

// explainEvents replays the newest part of a history, and notes what each event adds.
func (e *Engine) explainEvents(ctx context.Context, tx *db.Tx, rules *Rules, v *visit, x *Explained) error {
	rows, err := loadRows(ctx, tx, []id.ID{v.lead})
	if err != nil {
		return err
	}
	earlier := newEarlierSum(rules.Model, tx.Now)
	if row, ok := rows[v.lead]; ok && row.State != nil && row.State.Events > checkpointEvery {
		from, err := checkpointBefore(ctx, tx, v.lead, rules.Model.ID, row.State.Events-checkpointEvery)
		if err != nil {
			return err
		}
		if from != nil {
			v.row.State.TakeLog(from)
			earlier.state(from)
		}
	}
	note := func(l score.Line) {
		if x.Lines = append(x.Lines, l); len(x.Lines) >= 2*maxLines {
			x.Lines = earlier.take(x.Lines)
		}
	}
	_, _, err = e.readOn(ctx, tx, v, wholeReplay, func(v *visit, ev *event.Event) error {
		_, err := rules.apply(v.row.State, ev, note)
		return err
	})
	if err != nil {
		return err
	}
	x.Lines = earlier.take(x.Lines)
	for i := range x.Lines {
		x.Lines[i].Now = rules.Model.Decayed(x.Lines[i].Points, x.Lines[i].At, tx.Now)
	}
	x.Earlier = earlier.list()
	return nil
}

// earlierSum adds up what came before the lines.
type earlierSum struct {
	model *score.Model
	now   int64
	sums  map[string]*Earlier
}

func newEarlierSum(m *score.Model, now int64) *earlierSum {
	return &earlierSum{m, now, map[string]*Earlier{}}
}

func (s *earlierSum) add(group string, points float64, at int64) {
	sum := s.sums[group]
	if sum == nil {
		sum = &Earlier{Group: group}
		s.sums[group] = sum
	}
	sum.Now += s.model.Decayed(points, at, s.now)
	sum.Until = max(sum.Until, at)
}

// state takes a whole state as what came before.
func (s *earlierSum) state(from *score.State) {
	for i, g := range from.Groups {
		if g.V != 0 {
			s.add(s.model.Group(i), g.V, g.At)
		}
	}
}

// take takes lines that are too many: the oldest, with all of one event.
func (s *earlierSum) take(lines []score.Line) []score.Line {
	n := len(lines) - maxLines
	if n <= 0 {
		return lines
	}
	for n < len(lines) && lines[n].Event == lines[n-1].Event {
		n++
	}
	for _, l := range lines[:n] {
		s.add(l.Group, l.Points, l.At)
	}
	return append(lines[:0], lines[n:]...)
}

// list is the sums, by the names of the groups.
func (s *earlierSum) list() []Earlier {
	var all []Earlier
	for _, group := range slices.Sorted(maps.Keys(s.sums)) {
		all = append(all, *s.sums[group])
	}
	return all
}

// loadAttrsOnly is loadAttrs for readers: a lead that is not there is an error.
func loadAttrsOnly(ctx context.Context, tx *db.Tx, visits []*visit) ([]*visit, error) {
	missing, err := readAttrs(ctx, tx, visits)
	if err == nil && len(missing) > 0 {
		err = fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return visits, err
}

// Facts are what rules may ask about a stored lead at a moment.
func (r *Rules) Facts(row *Row, now int64) *rule.Facts {
	f := r.Model.Facts(row.State, now)
	score.SetStage(f, row.Stage, row.StageAt)
	r.Model.Judge(f)
	return f
}
