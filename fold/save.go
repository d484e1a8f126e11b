package fold

import (
	"context"
	"fmt"

	"kizashi/db"
	"kizashi/score"
)

const insertState = `INSERT INTO lead_state (lead, settled_at, temperature, fit, fit_points, stage, stage_at,
	priority, today, last_at, data, due_at, cools_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

// What an update of a state writes besides the columns that it always writes. The two have indexes of
// all leads, and to write an index is to write a page that nothing else of the lead is on.
const (
	withDue = 1 << iota
	withCools
)

var updateState = [4]string{updateText(0), updateText(withDue), updateText(withCools), updateText(withDue | withCools)}

func updateText(with int) string {
	set, n := `settled_at = $2, temperature = $3, fit = $4, fit_points = $5, stage = $6, stage_at = $7,
		priority = $8, today = $9, last_at = $10, data = $11`, 12
	if with&withDue != 0 {
		set += fmt.Sprintf(", due_at = $%d", n)
		n++
	}
	if with&withCools != 0 {
		set += fmt.Sprintf(", cools_at = $%d", n)
	}
	return `UPDATE lead_state SET ` + set + ` WHERE lead = $1`
}

// save writes the states.
func save(ctx context.Context, tx *db.Tx, visits []*visit) error {
	var inserts [][]any
	var updates [len(updateState)][][]any
	for _, v := range visits {
		if !v.had {
			inserts = append(inserts, append(v.row.values(), v.row.DueAt, v.row.CoolsAt))
			continue
		}
		with, values := 0, v.row.values()
		if v.row.DueAt != v.was.DueAt {
			with, values = with|withDue, append(values, v.row.DueAt)
		}
		if v.row.CoolsAt != v.was.CoolsAt {
			with, values = with|withCools, append(values, v.row.CoolsAt)
		}
		updates[with] = append(updates[with], values)
	}
	for with, rows := range updates {
		if err := tx.Many(ctx, updateState[with], rows); err != nil {
			return err
		}
	}
	return tx.Many(ctx, insertState, inserts)
}

// values are the columns that are always written, from lead to data.
func (r *Row) values() []any {
	today := 0
	if r.Today {
		today = 1
	}
	return []any{
		int64(r.Lead), r.SettledAt, r.Temperature, r.Fit, r.FitPoints, r.Stage, r.StageAt,
		r.Priority, today, r.LastAt, score.AppendState(nil, r.State),
	}
}
