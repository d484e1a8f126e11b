package leads

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/segment"
)

// The views that everybody has. A kept view has its id instead.
const (
	viewAll   = "all"
	viewWorth = "worth" // only whom it is worth calling (L05)
	viewMine  = "mine"
)

// builtIn are what they ask. Marketing sees every touch, sales clear intent (L04).
var builtIn = map[string]segment.Query{
	viewAll: {},
	viewWorth: {Rule: `(lead.temperature == "hot" || lead.stage in ["tql", "sal", "sql"]) && ` +
		`!(lead.stage in ["won", "disqualified"]) && lead.excluded == ""`, Sort: "priority"},
	viewMine: {Mine: true, Sort: "priority"},
}

// builtInOrder is how they stand on the page.
var builtInOrder = []string{viewWorth, viewMine, viewAll}

// usual is the view that a person begins with.
func usual(w act.Who) string {
	if w.Role == act.Inside || w.Role == act.Field {
		return viewWorth
	}
	return viewAll
}

// sorts are the orders that the page offers.
var sorts = []string{"priority", "-engagement", "-created", "created", "name"}

const usualSort = "-created"

// question is what the page is asked for: by its address, else by the view, else as usual.
type question struct {
	segment.Query
	View   string
	Kept   *segment.View // the view, if somebody kept it
	Views  []segment.View
	After  string
	Parsed *rule.Rule
	Wrong  *fault.Error // of a rule that cannot be read; it then asks for nobody
}

// readQuestion reads the parameters of a page.
func readQuestion(ctx context.Context, tx *db.Tx, who act.Who, asked url.Values) (q question, err error) {
	if q.Views, err = segment.Views(ctx, tx, who.ID); err != nil {
		return q, err
	}
	q.View, q.After = asked.Get("view"), asked.Get("after")
	if number, err := id.Parse(q.View); err == nil {
		if at := slices.IndexFunc(q.Views, func(v segment.View) bool { return v.ID == number }); at >= 0 {
			q.Kept, q.Query = &q.Views[at], q.Views[at].Query
		}
	}
	if q.Kept == nil {
		if _, known := builtIn[q.View]; !known {
			q.View = usual(who)
		}
		q.Query = builtIn[q.View]
	}
	q.override(asked)
	if len(q.Columns) == 0 {
		liked, err := member.Preference(ctx, tx, who.ID, columnsPreference)
		if err != nil {
			return q, err
		}
		q.Columns = strings.Split(liked, ",")
	}
	q.Columns = knownColumns(q.Columns)
	return q, q.parse()
}

// override takes what the address says itself.
func (q *question) override(asked url.Values) {
	if asked.Has("rule") {
		q.Rule = strings.TrimSpace(asked.Get("rule"))
	}
	if asked.Has("q") {
		q.Search = strings.TrimSpace(asked.Get("q"))
	}
	if asked.Has("mine") {
		q.Mine = asked.Get("mine") == "1"
	}
	if asked.Has("sort") {
		q.Sort = asked.Get("sort")
	}
	if !slices.Contains(report.LeadSorts, q.Sort) {
		q.Sort = usualSort
	}
	if asked.Has("columns") {
		q.Columns = strings.Split(asked.Get("columns"), ",")
	}
}

func (q *question) parse() (err error) {
	if q.Rule == "" {
		return nil
	}
	q.Parsed, err = rule.Parse(score.Schema(), q.Rule)
	if errors.As(err, &q.Wrong) {
		err = nil
	}
	return err
}

// leads is the question to the database.
func (q *question) leads(who act.Who, limit int) report.LeadQuery {
	asked := report.LeadQuery{Rule: q.Parsed, Search: q.Search, Sort: q.Sort, Limit: limit, After: q.After}
	if q.Mine {
		asked.Owner = who.ID
	}
	return asked
}

// State is the question as parameters of an address, whole: as forms of the page carry it along.
func (q question) State() string {
	v := url.Values{"view": {q.View}, "rule": {q.Rule}, "q": {q.Search}, "mine": {flag(q.Mine)}, "sort": {q.Sort}}
	return v.Encode()
}

// Narrowed tells whether it asks for anything else than its view.
func (q question) Narrowed() bool {
	plain := builtIn[q.View]
	if q.Kept != nil {
		plain = q.Kept.Query
	}
	return q.Rule != plain.Rule || q.Search != plain.Search || q.Mine != plain.Mine
}

func flag(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// stateOf reads the question that a form of the page carries along, and the address of that page.
func stateOf(r *page.Request, form url.Values) (q question, to string, err error) {
	asked, err := url.ParseQuery(form.Get("state"))
	if err != nil {
		asked = url.Values{}
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = readQuestion(ctx, tx, r.Who, asked)
		return err
	})
	if err == nil && q.Wrong != nil {
		err = q.Wrong
	}
	if len(asked) == 0 {
		return q, "/leads", err
	}
	return q, "/leads?" + asked.Encode(), err
}
