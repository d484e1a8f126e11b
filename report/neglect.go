package report

import (
	"context"

	"kizashi/db"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/task"
)

// Neglected lists leads with whom something is missing, those contacted longest ago first (L17, P17).
func Neglected(ctx context.Context, tx *db.Tx, e *fold.Engine, n task.Neglect, limit int, lang i18n.Lang) ([]TodayItem, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	ids, err := task.Neglected(ctx, tx, n, limit)
	if err != nil {
		return nil, err
	}
	rows, err := LeadsByID(ctx, tx, rules, ids)
	items := make([]TodayItem, len(rows))
	for i, row := range rows {
		items[i] = TodayItem{Rank: i + 1, Lead: row, How: rules.Model.How(row.Temperature, row.Stage, lang)}
	}
	return items, err
}

// NoLeads tells whether nobody has come into the installation yet.
func NoLeads(ctx context.Context, tx *db.Tx) (bool, error) {
	n := 0
	err := tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT id FROM lead LIMIT 1) AS one`).Scan(&n)
	return n == 0, err
}
