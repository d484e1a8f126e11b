package fold

import (
	"context"

	"kizashi/db"
	"kizashi/score"
)

// What saving a state known before writes besides the columns that it always writes. They have
// indexes, and to write an index is to write a page that nothing else of the lead is on.
const (
	withDue = 1 << iota
	withCools
	withStage
)

// ways are the combinations of these.
const ways = 1 << 3

var saveState = func() (texts [ways]string) {
	for with := range texts {
		texts[with] = saveText(with)
	}
	return texts
}()

func saveText(with int) string {
	text := `INSERT INTO lead_state (` + rowColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (lead) DO UPDATE SET settled_at = excluded.settled_at, temperature = excluded.temperature,
		fit = excluded.fit, fit_points = excluded.fit_points,
		priority = excluded.priority, today = excluded.today, last_at = excluded.last_at, data = excluded.data`
	if with&withDue != 0 {
		text += `, due_at = excluded.due_at`
	}
	if with&withCools != 0 {
		text += `, cools_at = excluded.cools_at`
	}
	if with&withStage != 0 {
		text += `, stage = excluded.stage, stage_at = excluded.stage_at`
	}
	return text
}

// save writes the states.
func save(ctx context.Context, tx *db.Tx, visits []*visit) error {
	var rows [len(saveState)][][]any
	for _, v := range visits {
		with := 0
		if !v.had || v.row.DueAt != v.was.DueAt {
			with |= withDue
		}
		if !v.had || v.row.CoolsAt != v.was.CoolsAt {
			with |= withCools
		}
		if !v.had || v.row.Stage != v.was.Stage || v.row.StageAt != v.was.StageAt {
			with |= withStage
		}
		rows[with] = append(rows[with], v.row.values())
	}
	for with, some := range rows {
		if err := tx.Many(ctx, saveState[with], some); err != nil {
			return err
		}
	}
	return nil
}

// values are rowColumns.
func (r *Row) values() []any {
	today := 0
	if r.Today {
		today = 1
	}
	return []any{
		int64(r.Lead), r.DueAt, r.SettledAt, r.Temperature, r.Fit, r.FitPoints, r.Stage, r.StageAt,
		r.CoolsAt, r.Priority, today, r.LastAt, score.AppendState(nil, r.State),
	}
}
