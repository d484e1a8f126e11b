// Package report holds read-only queries over all nouns.
package report

import (
	"context"
	"encoding/json"
	"math"

	"kizashi/db"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/score"
)

// TodayFilter says whose list it is.
type TodayFilter struct {
	Limit int    // 1–500
	Owner *id.ID // nil: everybody's; 0: leads without an owner
}

// MaxToday bounds the Today list.
const MaxToday = 500

// TodayItem is somebody to contact today: who, why, how.
type TodayItem struct {
	Rank int
	Lead LeadRow
	Why  []string
	How  string
}

// LeadRow is what lists show of a lead.
type LeadRow struct {
	ID, Company                               id.ID
	Name, Kana, Email, Phone, Mobile          string
	Department, Title, CompanyName            string
	TitleRank                                 int
	Temperature, Fit, Stage, Status, Excluded string
	FitPoints                                 int
	Engagement                                int // points at the moment of the query, rounded
	Source                                    string
	Tags                                      []string
	Props                                     map[string]string
	Owner                                     id.ID
	CreatedAt, LastAt, StageAt                int64 // ms UTC; 0: never
}

// Today lists whom to contact today, the most promising first (L10). It reads the index of the list,
// and the facts of those on it alone.
func Today(ctx context.Context, tx *db.Tx, e *fold.Engine, f TodayFilter, lang i18n.Lang) ([]TodayItem, error) {
	f.Limit = min(max(f.Limit, 1), MaxToday)
	where, args := ``, []any{f.Limit}
	if f.Owner != nil {
		where, args = ` AND l.owner = $2`, append(args, *f.Owner)
	}
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	var items []TodayItem
	err = tx.Each(ctx, `SELECT `+leadColumns+`, `+fold.StateColumns+`
		FROM lead_state s JOIN lead l ON l.id = s.lead LEFT JOIN company c ON c.id = l.company
		WHERE s.today = 1`+where+` ORDER BY s.priority DESC, s.lead DESC LIMIT $1`, args,
		func(scan func(...any) error) error {
			row, state, err := scanLead(scan, rules.Model.HalfLife, tx.Now)
			if err != nil {
				return err
			}
			facts := rules.Facts(&state, tx.Now)
			items = append(items, TodayItem{
				Rank: len(items) + 1, Lead: row,
				Why: rules.Model.Why(facts, lang), How: rules.Model.How(row.Temperature, row.Stage, lang),
			})
			return nil
		})
	return items, err
}

const leadColumns = `l.id, l.company, l.name, l.kana, l.email, l.phone, l.mobile, l.department, l.title, COALESCE(c.name, ''),
	l.rank, l.status, l.excluded, l.source, l.tags, l.props, l.owner, l.created_at`

// scanLead reads leadColumns and fold.StateColumns.
func scanLead(scan func(...any) error, halfLife float64, now int64) (LeadRow, fold.Row, error) {
	var l LeadRow
	var tags, props string
	into := []any{&l.ID, &l.Company, &l.Name, &l.Kana, &l.Email, &l.Phone, &l.Mobile, &l.Department, &l.Title, &l.CompanyName,
		&l.TitleRank, &l.Status, &l.Excluded, &l.Source, &tags, &props, &l.Owner, &l.CreatedAt}
	state, err := fold.ScanState(func(rest ...any) error { return scan(append(into, rest...)...) })
	if err != nil {
		return l, state, err
	}
	l.Tags = splitTags(tags)
	if err := json.Unmarshal([]byte(props), &l.Props); err != nil {
		return l, state, err
	}
	l.Temperature, l.Fit, l.FitPoints, l.Stage = state.Temperature, state.Fit, state.FitPoints, state.Stage
	l.LastAt, l.StageAt = state.LastAt, state.StageAt
	l.Engagement = int(math.Round(score.Engagement(state.CoolsAt, now, halfLife)))
	return l, state, nil
}
