package lead

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Reconsider takes back that two leads are two people: they are suggested again.
type Reconsider struct {
	A id.ID `json:"a"`
	B id.ID `json:"b"`
}

// Name is the command in the audit log.
func (c *Reconsider) Name() string { return "lead.reconsider" }

// Allow lets those decide who may keep apart.
func (c *Reconsider) Allow(who act.Who) bool { return (&KeepApart{}).Allow(who) }

// Check refuses one lead.
func (c *Reconsider) Check() error { return (&KeepApart{A: c.A, B: c.B}).Check() }

// Do forgets the decision; NotFound if there is none. Two whom nobody had suggested are forgotten whole.
func (c *Reconsider) Do(ctx context.Context, tx *db.Tx) error {
	a, b := min(c.A, c.B), max(c.A, c.B)
	n, err := tx.Exec(ctx, `UPDATE duplicate SET decided_at = 0, decision = '' WHERE a = $1 AND b = $2 AND decision = $3`,
		a, b, DecidedApart)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "lead.not_decided", nil)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM duplicate WHERE a = $1 AND b = $2 AND why = ''`, a, b)
	return err
}

// Target is the first lead.
func (c *Reconsider) Target() id.ID { return c.A }

// MergePair is a merge that stands.
type MergePair struct {
	ID            id.ID
	Winner, Loser *Lead
	At            int64 // ms UTC
}

// Merges are the merges that stand, the newest first, older than a given one (0: from the newest).
func Merges(ctx context.Context, tx *db.Tx, before id.ID, limit int) ([]*MergePair, error) {
	if before == 0 {
		before = last
	}
	var list []*MergePair
	var ids []id.ID
	err := tx.Each(ctx, `SELECT id, winner, loser, at FROM lead_merge WHERE undone_at = 0 AND id < $1 ORDER BY id DESC LIMIT $2`,
		[]any{before, limit}, func(scan func(...any) error) error {
			m := &MergePair{Winner: &Lead{}, Loser: &Lead{}}
			err := scan(&m.ID, &m.Winner.ID, &m.Loser.ID, &m.At)
			list, ids = append(list, m), append(ids, m.Winner.ID, m.Loser.ID)
			return err
		})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	leads, err := ByIDs(ctx, tx, ids)
	for _, m := range list {
		m.Winner, m.Loser = leads[m.Winner.ID], leads[m.Loser.ID]
	}
	return list, err
}
