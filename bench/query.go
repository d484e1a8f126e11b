package bench

import (
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/report"
	"kizashi/score"
)

const queryRuns = 60

// queries measures what lists read.
func (m *measurement) queries() error {
	return m.timed("Today, 20 leads, p95", func(tx *db.Tx) error {
		_, err := report.Today(m.ctx, tx, m.app.Engine, report.TodayFilter{Limit: 20}, i18n.Japanese)
		return err
	})
}

func (m *measurement) timed(what string, f func(tx *db.Tx) error) error {
	var took []time.Duration
	for range queryRuns {
		d, err := m.read(f)
		if err != nil {
			return err
		}
		took = append(took, d)
	}
	m.row(what, "%.1f ms", ms(percentile(took, 0.95)))
	return nil
}

// refold publishes a model and waits until every lead is folded by it.
func (m *measurement) refold() error {
	draft := &score.SaveDraft{Source: score.DefaultPack(), Note: "bench"}
	if err := m.app.Door.Run(m.ctx, act.Product, draft); err != nil {
		return err
	}
	m.app.Stop()
	begin := time.Now()
	if err := m.app.Door.Run(m.ctx, act.Product, &score.Publish{ID: draft.ID}); err != nil {
		return err
	}
	if err := m.app.Jobs.RunDue(m.ctx); err != nil {
		return err
	}
	m.row("leads refolded by a new model, a second", "%.0f", float64(m.Leads)/time.Since(begin).Seconds())
	return nil
}
