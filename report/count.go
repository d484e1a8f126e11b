package report

import (
	"context"
	"strconv"

	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
)

// counts is how many leads are looked at one by one to count those that a rule holds for.
const counts = 100_000

// Count is a number of leads; with More there are others, or at least nobody has looked whether there are.
type Count struct {
	N    int
	More bool
}

// CountUpTo counts the leads of a question up to most, and looks at a bounded number of leads for it: where
// it ends early, the answer is "at least so many". Sort, Limit and After do not matter. A search is counted
// by its index, which finds a little more than the list shows.
func CountUpTo(ctx context.Context, tx *db.Tx, e *fold.Engine, q LeadQuery, most int) (Count, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return Count{}, err
	}
	q.Sort, q.After = "created", ""
	f, err := newLeadFinder(tx, q, rules.Model.HalfLife)
	if err != nil || q.Search != "" && len(f.grams) == 0 {
		return Count{}, err
	}
	if q.Rule != nil && len(f.grams) == 0 && q.Owner == 0 && !f.aboutEvents() {
		return f.countAmong(ctx, counts, most)
	}
	return f.countFound(ctx, most)
}

// countFound counts those to whom an index leads.
func (f *leadFinder) countFound(ctx context.Context, most int) (c Count, err error) {
	s := &statement{}
	from, found := `lead l JOIN lead_state s ON s.lead = l.id`, ``
	plain := f.query.Rule == nil && f.query.Owner == 0
	switch {
	case len(f.grams) > 0 && plain:
		from, found = `lead_search x`, f.match(s)
	case len(f.grams) > 0:
		from, found = hitsFirst, f.match(s)
	case plain:
		from = `lead l`
	}
	if len(f.grams) == 0 || !plain {
		from += ` LEFT JOIN company c ON c.id = l.company`
		found = conditions(found, `l.gone = ''`, f.owned(s), f.rule(s))
	}
	s.text = `SELECT COUNT(*) FROM (SELECT 1 FROM ` + from + ` WHERE ` + found + ` LIMIT ` + strconv.Itoa(most+1) + `) hit`
	err = f.one(ctx, s, &c.N)
	return c.upTo(most), err
}

// countAmong counts those that match among so many leads.
func (f *leadFinder) countAmong(ctx context.Context, leads, most int) (c Count, err error) {
	s := &statement{}
	rule := f.rule(s)
	var looked int
	s.text = `SELECT COUNT(*), COALESCE(SUM(n.hit), 0) FROM (SELECT CASE WHEN ` + rule + ` THEN 1 ELSE 0 END AS hit
		FROM lead l {sqlite:CROSS JOIN}{postgres:JOIN} lead_state s ON s.lead = l.id LEFT JOIN company c ON c.id = l.company
		WHERE l.gone = '' LIMIT ` + strconv.Itoa(leads) + `) n`
	err = f.one(ctx, s, &looked, &c.N)
	c.More = looked == leads
	return c.upTo(most), err
}

func (c Count) upTo(most int) Count {
	if c.N > most {
		return Count{most, true}
	}
	return c
}

// LeadIDs are the leads of a question from the newest on, most at most; more tells that there are others.
func LeadIDs(ctx context.Context, tx *db.Tx, e *fold.Engine, q LeadQuery, most int) (ids []id.ID, more bool, err error) {
	q.Sort, q.After, q.Limit = "-created", "", MaxLeads
	for {
		page, err := Leads(ctx, tx, e, q)
		if err != nil {
			return nil, false, err
		}
		for _, l := range page.Leads {
			if len(ids) == most {
				return ids, true, nil
			}
			ids = append(ids, l.ID)
		}
		if q.After = page.Next; page.Next == "" {
			return ids, false, nil
		}
	}
}
