package report

import (
	"context"
	"strconv"

	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
)

// CountUpTo counts the leads of a question, and stops at most+1: enough to say "more than most". Sort,
// Limit and After do not matter. A search is counted by its index, which finds a little more than the
// list shows.
func CountUpTo(ctx context.Context, tx *db.Tx, e *fold.Engine, q LeadQuery, most int) (n int, err error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return 0, err
	}
	q.Sort, q.After = "created", ""
	f, err := newLeadFinder(tx, q, rules.Model.HalfLife)
	if err != nil || q.Search != "" && len(f.grams) == 0 {
		return 0, err
	}
	s := &statement{}
	from, found := `lead_state s JOIN lead l ON l.id = s.lead`, ``
	if len(f.grams) > 0 {
		from = `lead_search x JOIN lead l ON l.id = x.rowid JOIN lead_state s ON s.lead = l.id`
		found = f.match(s)
	}
	where := conditions(found, `l.gone = ''`, f.owned(s), f.rule(s))
	err = tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+from+` LEFT JOIN company c ON c.id = l.company
		WHERE `+where+` LIMIT `+strconv.Itoa(most+1)+`) hit`, s.args...).Scan(&n)
	return n, err
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
