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
	Row   Row
	Facts *rule.Facts
	Lines
	Past     []Moment // the engagement before the lines, where it is known, the oldest first
	FitLines []score.FitLine
	Gates    []score.GateReport
	Model    *score.Model
	Stale    bool // its history has changed, and a long replay is under way: the numbers lag behind
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

// explainEvents replays the newest part of a history, and notes what each event adds. One that is being replayed
// anyway, and too long to be replayed for a look, shows the state that is stored.
func (e *Engine) explainEvents(ctx context.Context, tx *db.Tx, rules *Rules, v *visit, x *Explained) error {
	rows, err := loadRows(ctx, tx, []id.ID{v.lead})
	if err != nil {
		return err
	}
	stored := rows[v.lead].State
	p := &linesPage{e: e, rules: rules, lead: v.lead, until: endOfLog, most: maxLines, budget: maxExplained}
	ended, err := p.read(ctx, tx)
	if err != nil {
		return err
	}
	x.Stale = stored != nil && stored.Stale
	if !ended && stored != nil && stored.Model == rules.Model.ID {
		p.replace(stored, tx.Now)
	}
	v.row.State.TakeLog(p.state)
	x.Lines, x.Past = p.Lines, p.past
	return nil
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
