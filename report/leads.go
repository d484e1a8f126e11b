package report

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/rule"
)

// MaxLeads bounds a page of leads.
const MaxLeads = 500

// LeadQuery asks for a page of leads.
type LeadQuery struct {
	Rule   *rule.Rule // whom it is about; nil: everybody
	Search string     // words that name, kana, company, mail, department, title or phone hold; "": everybody
	Owner  id.ID      // whose leads; 0: anybody's
	Sort   string     // one of LeadSorts; "": -created
	Limit  int        // 1–MaxLeads
	After  string     // LeadPage.Next of the page before; "": the first page
}

// LeadPage is a page of leads.
type LeadPage struct {
	Leads []LeadRow
	Next  string // "" on the last page
}

// Leads lists leads. However many there are, it reads an index in the wanted order, or the few that a
// search or a narrow rule leaves.
func Leads(ctx context.Context, tx *db.Tx, e *fold.Engine, q LeadQuery) (LeadPage, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return LeadPage{}, err
	}
	f, err := newLeadFinder(tx, q, rules.Model.HalfLife)
	if err != nil {
		return LeadPage{}, err
	}
	return f.page(ctx, rules)
}

// page finds leads until it has as many as were asked for. The index of pairs of characters finds a
// little more than what holds the words: where that leaves too few, it looks at many at once.
func (f *leadFinder) page(ctx context.Context, rules *fold.Rules) (LeadPage, error) {
	page := LeadPage{}
	for f.limit = f.wanted; ; f.limit = manyPlaces {
		places, err := f.find(ctx)
		if err != nil || len(places) == 0 {
			return page, err
		}
		more := len(places) > f.limit
		places = places[:min(len(places), f.limit)]
		for part := range slices.Chunk(places, MaxLeads) {
			rows, err := f.rows(ctx, rules, part)
			if err != nil {
				return page, err
			}
			room := f.wanted - len(page.Leads)
			if len(rows) > room {
				rows = rows[:room]
				more = true
			}
			page.Leads = append(page.Leads, rows...)
			if len(page.Leads) == f.wanted && (more || part[len(part)-1] != places[len(places)-1]) {
				page.Next = f.cursor(placeOf(part, rows[len(rows)-1].ID))
				return page, nil
			}
		}
		last := places[len(places)-1]
		if f.after = &last; !more {
			return page, nil
		}
		if f.limit == manyPlaces { // the rest is on the next page
			page.Next = f.cursor(last)
			return page, nil
		}
	}
}

// manyPlaces is how many places are looked at where few of the first ones hold the words.
const manyPlaces = 5000

// OrderedIDs are the leads of a question in its order, as they all stand at one moment: 8 bytes for each.
// Of a search there may be some that LeadRow.Holds denies.
func OrderedIDs(ctx context.Context, tx *db.Tx, e *fold.Engine, q LeadQuery) ([]id.ID, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	q.After = ""
	f, err := newLeadFinder(tx, q, rules.Model.HalfLife)
	if err != nil {
		return nil, err
	}
	var list []id.ID
	for f.limit = manyPlaces; ; {
		places, err := f.find(ctx)
		if err != nil || len(places) == 0 {
			return list, err
		}
		more := len(places) > f.limit
		for _, p := range places[:min(len(places), f.limit)] {
			list = append(list, p.id)
		}
		if !more {
			return list, nil
		}
		f.after = &places[f.limit-1]
	}
}

// rows reads the leads at places, without those that do not hold the words.
func (f *leadFinder) rows(ctx context.Context, rules *fold.Rules, places []place) ([]LeadRow, error) {
	ids := make([]id.ID, len(places))
	for i, p := range places {
		ids[i] = p.id
	}
	rows, err := LeadsByID(ctx, f.tx, rules, ids)
	if f.query.Search != "" {
		rows = slices.DeleteFunc(rows, func(l LeadRow) bool { return !l.Holds(f.query.Search) })
	}
	return rows, err
}

func placeOf(places []place, number id.ID) place {
	return places[slices.IndexFunc(places, func(p place) bool { return p.id == number })]
}

// LeadsByID reads the rows of leads in the order of ids; those that are gone are left out.
func LeadsByID(ctx context.Context, tx *db.Tx, rules *fold.Rules, ids []id.ID) ([]LeadRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found := make(map[id.ID]LeadRow, len(ids))
	in, arg := tx.In("$1", ids)
	err := tx.Each(ctx, `SELECT `+leadColumns+`, `+fold.StateColumns+` FROM lead l JOIN lead_state s ON s.lead = l.id
		LEFT JOIN company c ON c.id = l.company WHERE l.gone = '' AND l.id`+in, []any{arg}, func(scan func(...any) error) error {
		row, _, err := scanLead(scan, rules.Model.HalfLife, tx.Now)
		found[row.ID] = row
		return err
	})
	list := make([]LeadRow, 0, len(ids))
	for _, number := range ids {
		if row, ok := found[number]; ok {
			list = append(list, row)
		}
	}
	return list, err
}

// LeadByID reads one row; a NotFound fault if there is no such lead any more.
func LeadByID(ctx context.Context, tx *db.Tx, rules *fold.Rules, number id.ID) (LeadRow, error) {
	list, err := LeadsByID(ctx, tx, rules, []id.ID{number})
	if err == nil && len(list) == 0 {
		return LeadRow{}, fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": number})
	}
	if err != nil {
		return LeadRow{}, err
	}
	return list[0], nil
}

// Holds tells whether the row really holds the words: the index of pairs of characters finds a little more.
func (l *LeadRow) Holds(words string) bool {
	return lead.Holds(words, l.Name, l.Kana, l.CompanyName, l.Email, l.Department, l.Title, l.Phone, l.Mobile)
}

// CountLeads counts the leads that a rule holds for.
func CountLeads(ctx context.Context, tx *db.Tx, e *fold.Engine, r *rule.Rule) (n int64, err error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return 0, err
	}
	text, args := r.SQL(dialect(tx), tx.Now, rules.Model.HalfLife, 1)
	err = tx.Row(ctx, `SELECT COUNT(*) FROM lead_state s JOIN lead l ON l.id = s.lead
		LEFT JOIN company c ON c.id = l.company WHERE l.gone = '' AND `+text, args...).Scan(&n)
	return n, err
}

func dialect(tx *db.Tx) rule.Dialect {
	if tx.Engine() == db.Postgres {
		return rule.Postgres
	}
	return rule.SQLite
}
