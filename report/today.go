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
	"kizashi/lead"
	"kizashi/score"
	"kizashi/task"
)

// TodayFilter says whose list it is.
type TodayFilter struct {
	Limit   int    // 1–500
	Owner   *id.ID // nil: everybody's; 0: leads without an owner
	Team    id.ID  // not 0: of the people of this team, whatever Owner says
	Offered bool   // with the leads that wait for an answer of field sales
}

// MaxToday bounds the Today list.
const MaxToday = 500

// TodayItem is somebody to contact today: who, why, how, by when.
type TodayItem struct {
	Rank   int
	Lead   LeadRow
	Why    []string
	How    string
	Due    int64      // ms UTC, the earliest of its clocks; 0: there is none
	Origin string     // of Due: OriginAnswer, OriginHandover, OriginTask; "": none
	Left   int        // minutes of open time until Due; negative: it is late
	Task   *task.Task // the next step; nil: none is planned

	Flooded bool // one of many who came in a short time, for whom nobody vouches

	priority float64
}

// What makes an item wait for somebody.
const (
	OriginAnswer   = "answer"   // a hot lead is to be answered
	OriginHandover = "handover" // an offer to field sales
	OriginTask     = "task"     // a next step that falls due today
)

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

// Called is how people call the lead, by the same rule everywhere.
func (l *LeadRow) Called() string {
	one := lead.Lead{ID: l.ID, Name: l.Name, Email: l.Email, Phone: l.Phone, Mobile: l.Mobile, CompanyName: l.CompanyName}
	return one.Called()
}

// Today lists whom to contact today, the most promising first (L10), and among them those with whom
// something is agreed. It reads the index of the list, or that of one owner, and the facts of those on
// it alone.
func Today(ctx context.Context, tx *db.Tx, e *fold.Engine, f TodayFilter, lang i18n.Lang) ([]TodayItem, error) {
	f.Limit = min(max(f.Limit, 1), MaxToday)
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	t := &todayList{tx: tx, rules: rules, filter: f, lang: lang, known: map[id.ID]bool{}}
	for _, step := range []func(context.Context) error{t.listed, t.promised, t.clocks} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return t.ranked(), nil
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
