package fold

import (
	"context"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
)

// Explained is one lead with everything that its numbers are made of (X01).
type Explained struct {
	Row      Row
	Facts    *rule.Facts
	Lines    []score.Line // what every event added and what is left of it now; they add up to the engagement
	FitLines []score.FitLine
	Gates    []score.GateReport
	Model    *score.Model
}

// Explain replays one lead at the transaction's moment and tells where every point comes from.
func (e *Engine) Explain(ctx context.Context, tx *db.Tx, lead id.ID) (*Explained, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	v := &visit{lead: lead, work: &Work{Replay: true}}
	v.plan(rules)
	x := &Explained{Model: rules.Model}
	visits := []*visit{v}
	if visits, err = loadAttrsOnly(ctx, tx, visits); err != nil {
		return nil, err
	}
	if err := e.loadHistory(ctx, tx, visits); err != nil {
		return nil, err
	}
	for _, ev := range v.work.Events {
		if _, err := rules.apply(v.row.State, ev, func(l score.Line) { x.Lines = append(x.Lines, l) }); err != nil {
			return nil, err
		}
	}
	for i := range x.Lines {
		x.Lines[i].Now = rules.Model.Decayed(x.Lines[i].Points, x.Lines[i].At, tx.Now)
	}
	rules.settle(v, tx.Now, &reactions{tx: tx, rules: rules, quiet: true})
	x.Row = v.row
	x.Facts = rules.Facts(&v.row, tx.Now)
	x.FitLines = rules.Model.FitLines(x.Facts)
	x.Gates = rules.Model.Report(x.Facts)
	return x, nil
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
