package stage

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Change is one row of the history of a lead.
type Change struct {
	ID     id.ID
	Lead   id.ID
	At     int64 // ms UTC
	Was    string
	Became string
	Who    id.ID  // 0 = the product
	Reason string // ReasonGate, ReasonWake, a code of Reasons, or words
	Detail string // JSON: a Detail, or the report of the gate; "" = nothing more
}

// History are the changes of a lead, the oldest first (S16).
func History(ctx context.Context, tx *db.Tx, lead id.ID) (list []Change, err error) {
	err = tx.Each(ctx, `SELECT id, lead, at, was, became, who, reason, detail FROM stage_change WHERE lead = $1 ORDER BY id`,
		[]any{lead}, func(scan func(...any) error) error {
			var c Change
			err := scan(&c.ID, &c.Lead, &c.At, &c.Was, &c.Became, &c.Who, &c.Reason, &c.Detail)
			list = append(list, c)
			return err
		})
	return list, err
}

const selectHandover = `SELECT id, lead, state, offered_at, due_at, answered_at, reason, note, who FROM handover `

func scanHandover(scan func(...any) error) (*Handover, error) {
	h := &Handover{}
	return h, scan(&h.ID, &h.Lead, &h.State, &h.OfferedAt, &h.DueAt, &h.AnsweredAt, &h.Reason, &h.Note, &h.Who)
}

// FindHandover is the hand-over of an id; NotFound if there is none.
func FindHandover(ctx context.Context, tx *db.Tx, handover id.ID) (*Handover, error) {
	h, err := scanHandover(tx.Row(ctx, selectHandover+`WHERE id = $1`, handover).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "stage.no_handover", nil)
	}
	return h, err
}

// Last is the newest hand-over of a lead; nil if it never had one.
func Last(ctx context.Context, tx *db.Tx, lead id.ID) (*Handover, error) {
	h, err := scanHandover(tx.Row(ctx, selectHandover+`WHERE lead = $1 ORDER BY id DESC LIMIT 1`, lead).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return h, err
}

// Handovers are the newest of a lead, at most limit, the oldest of them first.
func Handovers(ctx context.Context, tx *db.Tx, lead id.ID, limit int) ([]*Handover, error) {
	list, err := handovers(ctx, tx, selectHandover+`WHERE lead = $1 ORDER BY id DESC LIMIT $2`, lead, limit)
	slices.Reverse(list)
	return list, err
}

// Waiting are the offers that nobody has answered yet, in time or not, the most urgent first.
func Waiting(ctx context.Context, tx *db.Tx, limit int) ([]*Handover, error) {
	return handovers(ctx, tx, selectHandover+`WHERE state IN ('offered', 'expired') ORDER BY due_at, id LIMIT $1`, limit)
}

func handovers(ctx context.Context, tx *db.Tx, query string, args ...any) (list []*Handover, err error) {
	err = tx.Each(ctx, query, args, func(scan func(...any) error) error {
		h, err := scanHandover(scan)
		list = append(list, h)
		return err
	})
	return list, err
}
