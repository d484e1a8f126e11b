package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// The states of one lead in a change.
const (
	leadWaits   = ""
	leadChanged = "changed"
	leadSame    = "same"
	leadRefused = "refused"
	leadUndone  = "undone"
	leadKept    = "kept"
)

// Find is a change with how far it is; NotFound if there is none.
func Find(ctx context.Context, tx *db.Tx, number id.ID) (*Bulk, error) {
	b := &Bulk{ID: number}
	var what string
	err := tx.Row(ctx, `SELECT act, who, state, total, created_at, ended_at FROM bulk WHERE id = $1`, number).
		Scan(&what, &b.Who, &b.State, &b.Total, &b.CreatedAt, &b.EndedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "bulk.none", nil)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(what), &b.Act); err != nil {
		return nil, err
	}
	counts := map[string]*int{leadChanged: &b.Changed, leadSame: &b.Same, leadRefused: &b.Refused, leadUndone: &b.Undone, leadKept: &b.Kept}
	return b, tx.Each(ctx, `SELECT state, COUNT(*) FROM bulk_lead WHERE bulk = $1 GROUP BY state`, []any{number},
		func(scan func(...any) error) error {
			var state string
			var n int
			err := scan(&state, &n)
			if at := counts[state]; at != nil {
				*at = n
			}
			return err
		})
}

// Refusal is a lead that could not be changed, and why.
type Refusal struct {
	Lead id.ID
	Name string // of the lead, or its mail address
	Why  *fault.Error
}

// Refusals are some of the leads that could not be changed.
func Refusals(ctx context.Context, tx *db.Tx, number id.ID, limit int) (list []Refusal, err error) {
	err = tx.Each(ctx, `SELECT b.lead, CASE WHEN l.name <> '' THEN l.name ELSE l.email END, b.before FROM bulk_lead b
		JOIN lead l ON l.id = b.lead WHERE b.bulk = $1 AND b.state = $2 ORDER BY b.lead LIMIT $3`,
		[]any{number, leadRefused, limit}, func(scan func(...any) error) error {
			r := Refusal{}
			var why string
			if err := scan(&r.Lead, &r.Name, &why); err != nil {
				return err
			}
			var told told
			err := json.Unmarshal([]byte(why), &told)
			r.Why = fault.New(fault.Invalid, told.Key, told.Args)
			list = append(list, r)
			return err
		})
	return list, err
}

// told is a fault as it is kept.
type told struct {
	Key  string     `json:"key"`
	Args fault.Args `json:"args,omitempty"`
}

// waiter is a lead that is to be changed, or to be as before.
type waiter struct {
	lead   id.ID
	before string // as JSON; "" if it was not changed yet
}

// waiting are the next leads in a state.
func waiting(ctx context.Context, tx *db.Tx, number id.ID, state string, limit int) (list []waiter, err error) {
	err = tx.Each(ctx, `SELECT lead, before FROM bulk_lead WHERE bulk = $1 AND state = $2 ORDER BY lead LIMIT $3`,
		[]any{number, state, limit}, func(scan func(...any) error) error {
			var w waiter
			err := scan(&w.lead, &w.before)
			list = append(list, w)
			return err
		})
	return list, err
}
