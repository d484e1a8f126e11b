package report

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
)

// TodayOf is what the Today list says of one lead, whether it stands on it or not: why, how, by when; a
// NotFound fault if there is no such lead any more.
func TodayOf(ctx context.Context, tx *db.Tx, e *fold.Engine, lead id.ID, lang i18n.Lang) (TodayItem, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return TodayItem{}, err
	}
	t := &todayList{tx: tx, rules: rules, filter: TodayFilter{Limit: 1}, lang: lang, known: map[id.ID]bool{}}
	err = t.read(ctx, `SELECT `+leadColumns+`, `+fold.StateColumns+` FROM lead l JOIN lead_state s ON s.lead = l.id
		LEFT JOIN company c ON c.id = l.company WHERE l.gone = '' AND l.id = $1`, lead)
	if err == nil && len(t.items) == 0 {
		err = fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": lead})
	}
	if err != nil {
		return TodayItem{}, err
	}
	if err := t.clocks(ctx); err != nil {
		return TodayItem{}, err
	}
	return t.items[0], nil
}

// Absorbed are the leads that were merged into one last and can be taken apart again, the last one first, at most
// limit.
func Absorbed(ctx context.Context, tx *db.Tx, winner id.ID, limit int) (losers []id.ID, err error) {
	err = tx.Each(ctx, `SELECT loser FROM lead_merge WHERE winner = $1 AND undone_at = 0 ORDER BY id DESC LIMIT $2`, []any{winner, limit},
		func(scan func(...any) error) error {
			losers = append(losers, 0)
			return scan(&losers[len(losers)-1])
		})
	return losers, err
}

// LeadChange is a command that somebody ran on a lead, from the audit log.
type LeadChange struct {
	ID            id.ID
	At            int64  // ms UTC
	Who           string // name of the account or key
	Role, Command string
	Lead          id.ID  // the lead itself, or one that was merged into it
	Detail        string // the command as JSON
}

// maxHistories is of how many leads that were merged into one its history tells: the last ones.
const maxHistories = 200

// LeadChanges is the history of a lead and of those merged into it, the newest first; before is the id of
// the last row of the page before, 0 for the first page.
func LeadChanges(ctx context.Context, tx *db.Tx, lead, before id.ID, limit int) ([]LeadChange, error) {
	leads, err := Absorbed(ctx, tx, lead, maxHistories)
	if err != nil {
		return nil, err
	}
	if before == 0 {
		before = farAway
	}
	var list []LeadChange
	for _, one := range append(leads, lead) {
		err := tx.Each(ctx, `SELECT id, at, who_name, role, command, target, detail FROM audit
			WHERE target = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, []any{one, before, limit}, func(scan func(...any) error) error {
			var c LeadChange
			err := scan(&c.ID, &c.At, &c.Who, &c.Role, &c.Command, &c.Lead, &c.Detail)
			list = append(list, c)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b LeadChange) int { return int(min(max(b.ID-a.ID, -1), 1)) })
	return list[:min(len(list), limit)], nil
}
