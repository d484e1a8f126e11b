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
	holds string // which leads its index holds; "": all
	only  string // which of them belong to it
	key   string // the column that orders it; "": the id alone
	id    string // of the lead, in the same table as the key
	text  bool   // the key is a text
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
		{holds: "s.today = 1", key: "s.priority", id: "s.lead"},
		{holds: "s.cools_at <> 0", only: "s.today = 0", key: "s.cools_at", id: "s.lead"},
		{only: "s.cools_at = 0 AND s.today = 0", id: "s.lead"},
	}, true},
	// Who never did anything stands in no index: most of a bought list, and each first event would rewrite it.
	"engagement": {[]phase{
		{only: "s.cools_at = 0", id: "s.lead"},
		{holds: "s.cools_at <> 0", key: "s.cools_at", id: "s.lead"},
	}, false},
	"created": {[]phase{{id: "l.id"}}, false},
	"name":    {[]phase{{key: "l.name", id: "l.id", text: true}}, false},
}

// LeadSorts are the ways to sort leads; a minus turns them round.
var LeadSorts = []string{"priority", "-priority", "engagement", "-engagement", "created", "-created", "name", "-name"}

const (
	// window is how many leads a page may pass by in the order of the list before it looks for all that
	// match; glance is that where a search, an owner or events lead to all of them.
	window = 20000
	glance = 4000
	// stride is how many leads are looked at first; the next ones are
	// strideGrowth times as many, longStride at most.
	stride       = 200
	strideGrowth = 4
	longStride   = 5000
	// gathers is how many leads may be gathered to be sorted; where more match, they stand close enough
	// together in the order of the list.
	gathers = 20000
	// No more than fewLeads that a search finds or somebody owns are gathered at once; a search that finds
	// more than manyHits is asked of each lead on the way.
	fewLeads = 3000
	manyHits = 100000
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
	limit    int // places that are looked for at once
	wanted   int // leads of the page
	grams    []string
	hits     int // of the search, manyHits + 1 at most; counted where it matters
}

func newLeadFinder(tx *db.Tx, q LeadQuery, halfLife float64) (*leadFinder, error) {
	f := &leadFinder{tx: tx, query: q, halfLife: halfLife, wanted: min(max(q.Limit, 1), MaxLeads)}
	if f.query.Sort == "" {
		f.query.Sort = "-created"
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
	var found []place
	for _, i := range f.phases() {
		want := f.limit + 1 - len(found)
		list, err := f.run(ctx, i, want)
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

// run finds want places of one phase. Where those that match stand close together in the order of the
// list, it walks along the index; where they are few, it gathers and sorts them.
func (f *leadFinder) run(ctx context.Context, i, want int) ([]place, error) {
	if f.query.Rule == nil && len(f.grams) == 0 && f.query.Owner == 0 {
		return f.ask(ctx, i, f.inOrder(i, want))
	}
	if f.onHits(i) {
		w := f.walk(i, want)
		err := w.on(ctx, everybody)
		return w.found, err
	}
	few, err := f.few(ctx)
	if err != nil {
		return nil, err
	}
	if w := f.walk(i, want); !few {
		most := window
		if f.led() {
			most = glance
		}
		if err := w.on(ctx, most); err != nil || w.done() {
			return w.found, err
		}
	}
	if !few && len(f.grams) > 0 || f.tx.Engine() == db.Postgres && f.aboutEvents() {
		return f.ask(ctx, i, f.gathered(i, everybody, want)) // on the way PostgreSQL would look for the events of each lead
	}
	list, err := f.ask(ctx, i, f.gathered(i, gathers+1, gathers+1))
	if err != nil || len(list) <= gathers {
		return list[:min(len(list), want)], err
	}
	return f.ask(ctx, i, f.inOrder(i, want))
}

// led tells whether a search, an owner or events lead to all that match without passing by the others.
func (f *leadFinder) led() bool { return len(f.grams) > 0 || f.query.Owner != 0 || f.aboutEvents() }

// few tells whether a search finds, or somebody owns, so few that they are best gathered at once.
func (f *leadFinder) few(ctx context.Context) (bool, error) {
	if f.query.Owner != 0 {
		s, own := &statement{}, 0
		s.text = `SELECT COUNT(*) FROM (SELECT 1 FROM lead l WHERE ` + f.owned(s) + ` LIMIT ` + strconv.Itoa(fewLeads+1) + `) own`
		if err := f.one(ctx, s, &own); err != nil || own <= fewLeads {
			return err == nil, err
		}
	}
	if len(f.grams) == 0 {
		return false, nil
	}
	s := &statement{}
	s.text = `SELECT COUNT(*) FROM (SELECT 1 FROM lead_search x WHERE ` + f.match(s) + ` LIMIT ` + strconv.Itoa(manyHits+1) + `) hit`
	err := f.one(ctx, s, &f.hits)
	return f.hits <= fewLeads, err
}

// one asks for one row.
func (f *leadFinder) one(ctx context.Context, s *statement, into ...any) error {
	return f.tx.Row(ctx, s.text, s.args...).Scan(into...)
}

func (f *leadFinder) aboutEvents() bool {
	return f.query.Rule != nil && f.query.Rule.NeedsEvents()
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

// inOrder reads along the index of a phase.
func (f *leadFinder) inOrder(i, want int) *statement {
	s := &statement{}
	ph := f.order.phases[i]
	from := `lead l {sqlite:CROSS JOIN}{postgres:JOIN} lead_state s ON s.lead = l.id`
	if ph.id == "s.lead" {
		from = `lead_state s {sqlite:CROSS JOIN}{postgres:JOIN} lead l ON l.id = s.lead`
	}
	where := conditions(ph.holds, ph.only, f.beyond(s, ph, f.from(i)), f.searched(s, ph.id), `l.gone = ''`, f.owned(s), f.rule(s))
	s.text = `SELECT ` + columnsOf(ph) + ` FROM ` + from + ` LEFT JOIN company c ON c.id = l.company
		WHERE ` + where + ` ORDER BY ` + f.by(ph) + ` LIMIT ` + strconv.Itoa(want)
	return s
}

// everybody is more leads than there can be.
const everybody = 1 << 40

// hitsFirst are the rows of a search's hits. Were SQLite to begin elsewhere, it would search for each lead.
const hitsFirst = `lead_search x {sqlite:CROSS JOIN}{postgres:JOIN} lead l ON l.id = x.rowid {sqlite:CROSS JOIN}{postgres:JOIN} lead_state s ON s.lead = l.id`

// gathered finds those that match wherever they stand, most at most, and sorts them.
func (f *leadFinder) gathered(i, most, want int) *statement {
	s := &statement{}
	ph := f.order.phases[i]
	from := `lead_state s JOIN lead l ON l.id = s.lead`
	found := ``
	if len(f.grams) > 0 {
		from = hitsFirst
		found = f.match(s)
	}
	sorted := phase{id: "id"}
	if ph.key != "" {
		sorted.key = "place"
	}
	where := conditions(found, ph.holds, ph.only, f.beyond(s, ph, f.from(i)), `l.gone = ''`, f.owned(s), f.rule(s))
	s.text = `WITH found AS MATERIALIZED (SELECT ` + columnsOf(ph) + ` FROM ` + from + `
		LEFT JOIN company c ON c.id = l.company WHERE ` + where + ` LIMIT ` + strconv.Itoa(most) + `)
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

// from is the place after which a phase is read; nil: from its beginning.
func (f *leadFinder) from(i int) *place {
	if f.after == nil || f.after.phase != i {
		return nil
	}
	return f.after
}

// beyond is the condition that a lead of a phase comes after a place.
func (f *leadFinder) beyond(s *statement, ph phase, p *place) string {
	if p == nil {
		return ""
	}
	sign := ` > `
	if f.down {
		sign = ` < `
	}
	switch {
	case ph.key == "":
		return ph.id + sign + s.arg(p.id)
	case ph.text:
		return `(` + ph.key + `, ` + ph.id + `)` + sign + `(` + s.arg(p.text) + `, ` + s.arg(p.id) + `)`
	}
	return `(` + ph.key + `, ` + ph.id + `)` + sign + `(` + s.arg(p.number) + `, ` + s.arg(p.id) + `)`
}

func (f *leadFinder) owned(s *statement) string {
	if f.query.Owner == 0 {
		return ""
	}
	return `l.owner <> 0 AND l.owner = ` + s.arg(f.query.Owner)
}

func (f *leadFinder) rule(s *statement) string { return f.ruleAmong(s, "") }

// ruleAmong is the rule for leads that are known to be among few (see rule.SQLAmong).
func (f *leadFinder) ruleAmong(s *statement, among string) string {
	if f.query.Rule == nil {
		return ""
	}
	text, args := f.query.Rule.SQLAmong(dialect(f.tx), f.tx.Now, f.halfLife, len(s.args)+1, among)
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

// searched is the condition that the search finds a lead.
func (f *leadFinder) searched(s *statement, id string) string {
	switch {
	case len(f.grams) == 0:
		return ""
	case f.tx.Engine() == db.Postgres || f.hits > manyHits:
		return `EXISTS (SELECT 1 FROM lead_search x WHERE x.rowid = ` + id + ` AND ` + f.match(s) + `)`
	}
	// The plus keeps the engine from going through the hits one by one: the order of the list leads.
	return `+` + id + ` IN (SELECT x.rowid FROM lead_search x WHERE ` + f.match(s) + `)`
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
