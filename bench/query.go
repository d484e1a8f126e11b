package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/report"
	"kizashi/rule"
	"kizashi/score"
)

const (
	queryRuns = 60
	pageRows  = 50
)

// queries measures what screens read. The goal is the promise for any list.
func (m *measurement) queries() error {
	if err := m.timed("Today, 20 leads", func(tx *db.Tx) error {
		_, err := report.Today(m.ctx, tx, m.app.Engine, report.TodayFilter{Limit: 20}, i18n.Japanese)
		return err
	}); err != nil {
		return err
	}
	for _, list := range []struct{ rule, sort string }{
		{`lead.temperature == "hot"`, "-engagement"},
		{`lead.fit in ["A", "B"] && lead.rank >= 3`, "-created"},
		{`count("price_view", days(14)) >= 1 && lead.size >= 300`, "name"},
	} {
		parsed, err := rule.Parse(score.Schema(), list.rule)
		if err != nil {
			return err
		}
		q := report.LeadQuery{Rule: parsed, Sort: list.sort, Limit: pageRows}
		if err := m.leads(fmt.Sprintf("list of `%s` by `%s`", list.rule, list.sort), func() report.LeadQuery { return q }); err != nil {
			return err
		}
	}
	return m.leads("search for two Japanese characters", func() report.LeadQuery {
		return report.LeadQuery{Search: words[rand.IntN(len(words))], Limit: pageRows}
	})
}

// words are of two characters: common, of some, and of nobody.
var words = []string{"田中", "佐藤", "翔太", "恵子", "部長", "計測", "兆候"}

func (m *measurement) leads(what string, query func() report.LeadQuery) error {
	return m.timed(what+fmt.Sprintf(", %d leads", pageRows), func(tx *db.Tx) error {
		_, err := report.Leads(m.ctx, tx, m.app.Engine, query())
		return err
	})
}

func (m *measurement) timed(what string, f func(tx *db.Tx) error) error {
	took := make([]time.Duration, queryRuns)
	for i := range took {
		begin := time.Now()
		if err := m.app.DB.Read(m.ctx, f); err != nil {
			return err
		}
		took[i] = time.Since(begin)
	}
	m.row(what+", p95", "50 ms", "%.1f ms", ms(percentile(took, 0.95)))
	return nil
}

// refold publishes a model and waits until every lead is folded by it. The server has ended, so that
// nobody else takes the job.
func (m *measurement) refold() error {
	m.stop()
	draft := &score.SaveDraft{Source: score.DefaultPack(), Note: "bench"}
	if err := m.app.Door.Run(m.ctx, act.Product, draft); err != nil {
		return err
	}
	begin := time.Now()
	if err := m.app.Door.Run(m.ctx, act.Product, &score.Publish{ID: draft.ID}); err != nil {
		return err
	}
	if err := m.app.Jobs.RunDue(m.ctx); err != nil {
		return err
	}
	took := time.Since(begin)
	m.row("all leads folded anew by another model", "", "%.0f s, %.0f leads a second", took.Seconds(), float64(m.Leads)/took.Seconds())
	return nil
}
