package fold

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"kizashi/db"
	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/segment"
	"kizashi/stage"
)

const rowColumns = `lead, due_at, settled_at, temperature, fit, fit_points, stage, stage_at, cools_at, priority, today, last_at, data`

// StateColumns are the columns of lead_state s that ScanState reads.
const StateColumns = `s.lead, s.due_at, s.settled_at, s.temperature, s.fit, s.fit_points, s.stage, s.stage_at,
	s.cools_at, s.priority, s.today, s.last_at, s.data`

// ScanState reads StateColumns.
func ScanState(scan func(...any) error) (Row, error) { return scanRow(scan) }

func scanRow(scan func(...any) error) (Row, error) {
	var r Row
	var today int
	var data []byte
	err := scan(&r.Lead, &r.DueAt, &r.SettledAt, &r.Temperature, &r.Fit, &r.FitPoints, &r.Stage, &r.StageAt,
		&r.CoolsAt, &r.Priority, &today, &r.LastAt, &data)
	if err != nil {
		return r, err
	}
	r.Today = today == 1
	// A state that cannot be read is made again from the log: r.State stays nil.
	if r.State, _ = score.DecodeState(data); r.State != nil {
		r.State.Attrs.Pad()
	}
	return r, nil
}

// lockLeads locks leads on PostgreSQL, in the order of their ids: whoever holds a lead owns its state. Work
// on many leads locks all of them at once, after identities and before anything else of a lead.
func lockLeads(ctx context.Context, tx *db.Tx, batch Batch) error {
	if tx.Engine() != db.Postgres {
		return nil
	}
	in, arg := tx.In("$1", batch.leads())
	_, err := tx.Exec(ctx, `{postgres:SELECT id FROM lead WHERE id`+in+` ORDER BY id FOR UPDATE}`, arg)
	return err
}

// loadRows reads the states.
func loadRows(ctx context.Context, tx *db.Tx, ids []id.ID) (map[id.ID]Row, error) {
	rows := make(map[id.ID]Row, len(ids))
	in, arg := tx.In("$1", ids)
	err := tx.Each(ctx, `SELECT `+rowColumns+` FROM lead_state WHERE lead`+in, []any{arg}, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows[r.Lead] = r
		return err
	})
	return rows, err
}

// attrColumns are the columns of the schema that belong to the lead or its company, with their ordinals.
var attrColumns = sync.OnceValues(func() (list string, ordinals []int) {
	var columns []string
	for i, f := range score.Schema().Fields() {
		if strings.HasPrefix(f.Column, "s.") {
			continue
		}
		empty := "0"
		if f.Type == rule.Text || f.Type == rule.Tags {
			empty = "''"
		}
		columns = append(columns, "COALESCE("+f.Column+", "+empty+")")
		ordinals = append(ordinals, i)
	}
	return strings.Join(columns, ", "), ordinals
})

// loadAttrs reads the attributes of the leads that need them. A lead that is gone loses its state.
func loadAttrs(ctx context.Context, tx *db.Tx, visits []*visit) ([]*visit, error) {
	missing, err := readAttrs(ctx, tx, visits)
	if err != nil || len(missing) == 0 {
		return visits, err
	}
	return dropGone(ctx, tx, visits, missing)
}

// readAttrs reads the attributes of the leads that need them, and gives those that are not there.
func readAttrs(ctx context.Context, tx *db.Tx, visits []*visit) (missing map[id.ID]*visit, err error) {
	missing = map[id.ID]*visit{}
	var ids []id.ID
	for _, v := range visits {
		if v.work.Refresh {
			ids = append(ids, v.lead)
			missing[v.lead] = v
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	columns, ordinals := attrColumns()
	in, arg := tx.In("$1", ids)
	err = tx.Each(ctx, `SELECT l.id, `+columns+` FROM lead l LEFT JOIN company c ON c.id = l.company WHERE l.gone = '' AND l.id`+in,
		[]any{arg}, func(scan func(...any) error) error {
			lead, attrs, err := scanAttrs(scan, ordinals)
			if err != nil {
				return err
			}
			missing[lead].row.State.Attrs = attrs
			delete(missing, lead)
			return nil
		})
	return missing, err
}

func scanAttrs(scan func(...any) error, ordinals []int) (id.ID, score.Attrs, error) {
	fields := score.Schema().Fields()
	a := score.Attrs{Text: make([]string, len(fields)), Int: make([]int64, len(fields))}
	var lead id.ID
	var tags string
	into := []any{&lead}
	for _, i := range ordinals {
		switch fields[i].Type {
		case rule.Text:
			into = append(into, &a.Text[i])
		case rule.Tags:
			into = append(into, &tags)
		default:
			into = append(into, &a.Int[i])
		}
	}
	err := scan(into...)
	a.Tags = strings.FieldsFunc(tags, func(c rune) bool { return c == ',' })
	return lead, a, err
}

func dropGone(ctx context.Context, tx *db.Tx, visits []*visit, gone map[id.ID]*visit) ([]*visit, error) {
	var ids []id.ID
	for lead := range gone {
		ids = append(ids, lead)
	}
	if err := Forget(ctx, tx, ids); err != nil {
		return nil, err
	}
	kept := visits[:0]
	for _, v := range visits {
		if gone[v.lead] == nil {
			kept = append(kept, v)
		}
	}
	return kept, nil
}

// Forget removes the state of leads that are merged away or deleted.
func Forget(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$1", leads)
	if _, err := tx.Exec(ctx, `DELETE FROM lead_state WHERE lead`+in, arg); err != nil {
		return err
	}
	if err := segment.Forget(ctx, tx, leads); err != nil {
		return err
	}
	return forgetCheckpoints(ctx, tx, leads)
}

// loadStages reads the stage history where it matters.
func loadStages(ctx context.Context, tx *db.Tx, visits []*visit) error {
	restage := map[id.ID]*visit{}
	var stages []id.ID
	for _, v := range visits {
		if v.work.Restage {
			restage[v.lead] = v
			stages = append(stages, v.lead)
			v.row.Stage, v.row.StageAt, v.row.State.HeldAt = stage.Lead, 0, 0
		}
	}
	if len(stages) == 0 {
		return nil
	}
	in, arg := tx.In("$1", stages)
	return tx.Each(ctx, `SELECT lead, at, became, reason FROM stage_change WHERE lead`+in+` ORDER BY lead, id`, []any{arg},
		func(scan func(...any) error) error {
			var lead id.ID
			var at int64
			var became, reason string
			if err := scan(&lead, &at, &became, &reason); err != nil {
				return err
			}
			restage[lead].row.move(became, reason, at)
			return nil
		})
}

// move takes one row of the stage history. After a merge two histories stand together: what a rule did
// counts only where it leads forward, what a person did counts always.
func (r *Row) move(became, reason string, at int64) {
	byRule := reason == stage.ReasonGate || reason == stage.ReasonWake
	switch {
	case !byRule:
		r.Stage, r.StageAt, r.State.HeldAt = became, at, at
	case stage.Order(became) > stage.Order(r.Stage) || r.Stage == stage.Recycled:
		r.Stage, r.StageAt, r.State.HeldAt = became, at, 0
	}
}

// properties reads the JSON of an event once, when a rule first asks for one of them.
type properties struct {
	raw    json.RawMessage
	values map[string]any
	err    error // they are no JSON
}

// read reads them; what is JSON but no object has no properties.
func (p *properties) read() {
	var syntax *json.SyntaxError
	if len(p.raw) > 0 && errors.As(json.Unmarshal(p.raw, &p.values), &syntax) {
		p.err = fmt.Errorf("properties: %w", syntax)
	}
}

func (p *properties) get(name string) string {
	if p.values == nil {
		p.values = map[string]any{}
		p.read()
	}
	switch v := p.values[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
