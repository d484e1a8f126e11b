package report

import (
	"context"
	"strconv"
	"strings"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// phase is a run through an index: a list may be made of several, one after the other.
type phase struct {
	only string // which leads belong to it
	key  string // the column that orders it; "": the id alone
	id   string // of the lead, in the same table as the key
	text bool   // the key is a text
}

// order is a way to sort leads.
type order struct {
	phases     []phase
	descending bool // the plain name of the order, without a sign, means from the top
}

// orders are the ways to sort, by name; each is served by an index.
var orders = map[string]order{
	// Whom to contact first: the Today list, then everybody else by engagement.
	"priority": {[]phase{
		{only: "s.today = 1", key: "s.priority", id: "s.lead"},
		{only: "s.today = 0", key: "s.cools_at", id: "s.lead"},
	}, true},
	"engagement": {[]phase{{key: "s.cools_at", id: "s.lead"}}, false},
	"created":    {[]phase{{id: "l.id"}}, false},
	"name":       {[]phase{{key: "l.name", id: "l.id", text: true}}, false},
}

// LeadSorts are the ways to sort leads; a minus turns them round.
var LeadSorts = []string{"priority", "-priority", "engagement", "-engagement", "created", "-created", "name", "-name"}

const (
	// window is how many leads a page may pass by in the order of the list before it gathers all
	// that match, and sorts those.
	window = 5000
	// fewHits is how many leads a search may find to be gathered at once.
	fewHits = 20000
)

// place is where a lead stands in a list.
type place struct {
	phase  int
	number float64 // the key
	text   string
	id     id.ID
}

// leadFinder finds the leads of a page.
type leadFinder struct {
	tx       *db.Tx
	query    LeadQuery
	halfLife float64
	order    order
	down     bool
	after    *place
	limit    int
	grams    []string
}

func newLeadFinder(tx *db.Tx, q LeadQuery, halfLife float64) (*leadFinder, error) {
	f := &leadFinder{tx: tx, query: q, halfLife: halfLife, limit: min(max(q.Limit, 1), MaxLeads)}
	if f.query.Sort == "" {
		f.query.Sort = "priority"
	}
	name, turned := strings.CutPrefix(f.query.Sort, "-")
	var known bool
	if f.order, known = orders[name]; !known {
		return nil, badSort(q.Sort)
	}
	f.down = f.order.descending != turned
	f.grams = lead.Query(q.Search)
	return f, f.readCursor()
}

// phases in the order in which they are read, by their place in the order.
func (f *leadFinder) phases() []int {
	var list []int
	for i := range f.order.phases {
		if f.order.descending != f.down {
			i = len(f.order.phases) - 1 - i
		}
		list = append(list, i)
	}
	if f.after != nil {
		for list[0] != f.after.phase {
			list = list[1:]
		}
	}
	return list
}

// find gives the places of the page, and one more if there is another page.
func (f *leadFinder) find(ctx context.Context) ([]place, error) {
	if f.query.Search != "" && len(f.grams) == 0 {
		return nil, nil // nothing that could be searched for
	}
	broad, err := f.broad(ctx)
	if err != nil {
		return nil, err
	}
	var found []place
	for _, i := range f.phases() {
		want := f.limit + 1 - len(found)
		list, err := f.run(ctx, i, want, broad)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
		if len(found) > f.limit {
			break
		}
	}
	return found, nil
}

// broad tells whether it is worth reading in the order of the list: a search that finds few leads is not.
func (f *leadFinder) broad(ctx context.Context) (bool, error) {
	if len(f.grams) == 0 {
		return true, nil
	}
	s := &statement{}
	match := f.match(s)
	var hits int
	err := f.tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM lead_search x WHERE `+match+` LIMIT `+
		strconv.Itoa(fewHits)+`) hit`, s.args...).Scan(&hits)
	return hits == fewHits, err
}

// run finds want places of one phase, in the order of the index first, and by gathering all if those
// that match are far apart.
func (f *leadFinder) run(ctx context.Context, i, want int, broad bool) ([]place, error) {
	if f.query.Rule == nil && len(f.grams) == 0 {
		return f.ask(ctx, i, f.inOrder(i, want, 0))
	}
	if broad {
		if list, err := f.ask(ctx, i, f.inOrder(i, want, window)); err != nil || len(list) == want {
			return list, err
		}
	}
	return f.ask(ctx, i, f.gathered(i, want))
}

func (f *leadFinder) ask(ctx context.Context, i int, s *statement) ([]place, error) {
	var list []place
	err := f.tx.Each(ctx, s.text, s.args, func(scan func(...any) error) error {
		p := place{phase: i}
		var err error
		switch ph := f.order.phases[i]; {
		case ph.key == "":
			err = scan(&p.id)
		case ph.text:
			err = scan(&p.id, &p.text)
		default:
			err = scan(&p.id, &p.number)
		}
		list = append(list, p)
		return err
	})
	return list, err
}

// statement is a text with its arguments.
type statement struct {
	text string
	args []any
}

// arg gives the placeholder of a value.
func (s *statement) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// inOrder reads along the index of a phase; among, if not 0, is after how many leads it stops.
func (f *leadFinder) inOrder(i, want, among int) *statement {
	s := &statement{}
	ph := f.order.phases[i]
	passed := conditions(ph.only, f.passed(s, i))
	state, people := `lead_state s`, `lead l`
	if among > 0 {
		part := ` ORDER BY ` + f.by(ph) + ` LIMIT ` + strconv.Itoa(among) + `) `
		if ph.id == "s.lead" {
			state = `(SELECT s.lead, s.temperature, s.fit, s.fit_points, s.stage, s.stage_at, s.cools_at, s.priority, s.today,
				s.last_at FROM lead_state s WHERE ` + passed + part + `s`
		} else {
			people = `(SELECT l.* FROM lead l WHERE l.gone = '' AND ` + passed + part + `l`
		}
		passed = `TRUE`
	}
	where := conditions(passed, `l.gone = ''`, f.rule(s), f.eachSearched(s))
	s.text = `SELECT ` + columnsOf(ph) + ` FROM ` + state + ` JOIN ` + people + ` ON l.id = s.lead
		LEFT JOIN company c ON c.id = l.company WHERE ` + where + ` ORDER BY ` + f.by(ph) + ` LIMIT ` + strconv.Itoa(want)
	return s
}

// gathered finds all that match and sorts them.
func (f *leadFinder) gathered(i, want int) *statement {
	s := &statement{}
	ph := f.order.phases[i]
	from := `lead_state s JOIN lead l ON l.id = s.lead`
	found := ``
	if len(f.grams) > 0 {
		from = `lead_search x JOIN lead l ON l.id = x.rowid JOIN lead_state s ON s.lead = l.id`
		found = f.match(s)
	}
	where := conditions(found, ph.only, f.passed(s, i), `l.gone = ''`, f.rule(s))
	sorted := phase{id: "id"}
	if ph.key != "" {
		sorted.key = "place"
	}
	s.text = `WITH found AS MATERIALIZED (SELECT ` + columnsOf(ph) + ` FROM ` + from + `
		LEFT JOIN company c ON c.id = l.company WHERE ` + where + `)
		SELECT * FROM found ORDER BY ` + f.by(sorted) + ` LIMIT ` + strconv.Itoa(want)
	return s
}

func columnsOf(ph phase) string {
	if ph.key == "" {
		return ph.id + ` AS id`
	}
	return ph.id + ` AS id, ` + ph.key + ` AS place`
}

func (f *leadFinder) by(ph phase) string {
	direction := ` ASC`
	if f.down {
		direction = ` DESC`
	}
	if ph.key == "" {
		return ph.id + direction
	}
	return ph.key + direction + `, ` + ph.id + direction
}

// passed is the condition that a lead comes after the page before.
func (f *leadFinder) passed(s *statement, i int) string {
	if f.after == nil || f.after.phase != i {
		return ""
	}
	sign := ` > `
	if f.down {
		sign = ` < `
	}
	ph := f.order.phases[i]
	switch {
	case ph.key == "":
		return ph.id + sign + s.arg(f.after.id)
	case ph.text:
		return `(` + ph.key + `, ` + ph.id + `)` + sign + `(` + s.arg(f.after.text) + `, ` + s.arg(f.after.id) + `)`
	}
	return `(` + ph.key + `, ` + ph.id + `)` + sign + `(` + s.arg(f.after.number) + `, ` + s.arg(f.after.id) + `)`
}

func (f *leadFinder) rule(s *statement) string {
	if f.query.Rule == nil {
		return ""
	}
	text, args := f.query.Rule.SQL(dialect(f.tx), f.tx.Now, f.halfLife, len(s.args)+1)
	s.args = append(s.args, args...)
	return text
}

// match is the condition that a row x of lead_search has all the pairs of characters.
func (f *leadFinder) match(s *statement) string {
	if f.tx.Engine() == db.Postgres {
		return `x.grams @> ` + s.arg(f.grams)
	}
	return `x.lead_search MATCH ` + s.arg(`"`+strings.Join(f.grams, `" "`)+`"`)
}

// eachSearched asks it of one lead at a time.
func (f *leadFinder) eachSearched(s *statement) string {
	if len(f.grams) == 0 {
		return ""
	}
	return `EXISTS (SELECT 1 FROM lead_search x WHERE x.rowid = l.id AND ` + f.match(s) + `)`
}

// conditions joins those that there are.
func conditions(list ...string) string {
	var all []string
	for _, one := range list {
		if one != "" {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return `TRUE`
	}
	return strings.Join(all, ` AND `)
}
