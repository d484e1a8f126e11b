package lead

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Unmerge takes the merge back by which a lead was lost: both leads are as they were, with what came
// since. What was changed on the winner since stays there; events that come under an identity of the
// loser are the loser's.
type Unmerge struct {
	Loser id.ID `json:"loser"`
}

// Name is the command in the audit log.
func (c *Unmerge) Name() string { return "lead.unmerge" }

// Allow lets those unmerge who may merge.
func (c *Unmerge) Allow(who act.Who) bool { return (&Merge{}).Allow(who) }

// Check has nothing to check without the database.
func (c *Unmerge) Check() error { return nil }

// Target is the lead that comes back.
func (c *Unmerge) Target() id.ID { return c.Loser }

// Do takes the merge back.
func (c *Unmerge) Do(ctx context.Context, tx *db.Tx) error {
	merge, m, err := c.find(ctx, tx)
	if err != nil {
		return err
	}
	b := newBook(tx)
	if _, err := b.lock(ctx, m.Winner.ID, m.Winner.ID); err != nil {
		return err
	}
	if err := newest(ctx, tx, merge, m.Winner.ID); err != nil {
		return err
	}
	if err := b.readLeads(ctx, []id.ID{m.Loser.ID}); err != nil {
		return err
	}
	m.restore(b)
	if err := m.moveBack(ctx, tx, merge); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE lead_merge SET undone_at = $1 WHERE id = $2`, tx.Now, merge); err != nil {
		return err
	}
	if err := decide(ctx, tx, m.Winner.ID, m.Loser.ID, DecidedApart); err != nil {
		return err
	}
	tx.Post(Rewritten{Lead: m.Winner.ID})
	if err := b.write(ctx); err != nil {
		return err
	}
	tx.Post(Moved{m.Winner.ID})
	tx.Post(Moved{m.Loser.ID})
	return nil
}

// find reads the merge by which the lead was lost.
func (c *Unmerge) find(ctx context.Context, tx *db.Tx) (merge id.ID, m *merged, err error) {
	var before string
	err = tx.Row(ctx, `SELECT id, before FROM lead_merge WHERE loser = $1 AND undone_at = 0 ORDER BY id DESC LIMIT 1`,
		c.Loser).Scan(&merge, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, fault.New(fault.Conflict, "lead.not_merged", fault.Args{"id": c.Loser})
	}
	if err != nil {
		return 0, nil, err
	}
	m = &merged{}
	return merge, m, json.Unmarshal([]byte(before), m)
}

// newest refuses a merge that another one was built upon: the last one goes first.
func newest(ctx context.Context, tx *db.Tx, merge, winner id.ID) error {
	var later, loser id.ID
	err := tx.Row(ctx, `SELECT id, loser FROM lead_merge WHERE winner = $1 AND undone_at = 0 ORDER BY id DESC LIMIT 1`,
		winner).Scan(&later, &loser)
	if err == nil && later != merge {
		return fault.New(fault.Conflict, "lead.later_merge", fault.Args{"id": loser})
	}
	return err
}

// restore gives both leads their fields back.
func (m *merged) restore(b *book) {
	winner, loser := b.leads[m.Winner.ID], b.leads[m.Loser.ID]
	b.touch(winner)
	b.touch(loser)
	m.Filled.takeBack(winner)
	loser.Gone, loser.MergedInto, loser.UpdatedAt = "", 0, m.Loser.UpdatedAt
	if winner.Excluded == ExcludedRefused {
		loser.Excluded = ExcludedRefused // who refused since, refused for both
	}
}

// moveBack brings the loser's rows back, and what came under its identities since.
func (m *merged) moveBack(ctx context.Context, tx *db.Tx, merge id.ID) error {
	winner, loser := m.Winner.ID, m.Loser.ID
	under, err := m.underSince(ctx, tx)
	if err != nil {
		return err
	}
	in, arg := tx.In("$3", under)
	_, err = tx.Exec(ctx, `UPDATE identity SET lead = $1 WHERE lead = $2 AND id`+in, loser, winner, arg)
	if err != nil {
		return err
	}
	kept, keptArg := tx.In("$4", m.Kept)
	moved, movedArg := tx.In("$5", m.Moved)
	_, err = tx.Exec(ctx, `UPDATE event SET lead = $1 WHERE lead = $2 AND (id`+moved+` OR who`+in+` AND NOT (id`+kept+`))`,
		loser, winner, arg, keptArg, movedArg)
	if err != nil {
		return err
	}
	if err := Attached.Return(ctx, tx, m.Rows, winner, loser); err != nil {
		return err
	}
	phones, phoneArg := tx.InTexts("$2", m.Phones)
	if _, err := tx.Exec(ctx, `DELETE FROM lead_phone WHERE lead = $1 AND phone`+phones, winner, phoneArg); err != nil {
		return err
	}
	return copyRefusals(ctx, tx, winner, loser, merge)
}

// underSince are the ids under which events of the loser come: those of the merge, and the identities
// that were tied through one of them since.
func (m *merged) underSince(ctx context.Context, tx *db.Tx) ([]id.ID, error) {
	all := m.Under
	for wave := all; len(wave) > 0; {
		in, arg := tx.In("$2", wave)
		next, err := idsOf(ctx, tx, `SELECT id FROM identity WHERE lead = $1 AND lead <> 0 AND via`+in, m.Winner.ID, arg)
		if err != nil {
			return nil, err
		}
		wave = without(next, all)
		all = append(all, wave...)
	}
	return all, nil
}

// copyRefusals lets the refusals of one lead hold for another, too: nobody knows for whom they were meant. Only
// those after a row count.
func copyRefusals(ctx context.Context, tx *db.Tx, from, to, after id.ID) error {
	refused, err := idsOf(ctx, tx, `SELECT id FROM consent WHERE lead = $1 AND granted = 0 AND id > $2 ORDER BY id`, from, after)
	if err != nil {
		return err
	}
	for _, row := range refused {
		_, err := tx.Exec(ctx, `INSERT INTO consent (id, lead, purpose, basis, granted, source, wording, at)
			SELECT CAST($1 AS {int}), CAST($2 AS {int}), purpose, basis, granted, source, wording, at FROM consent WHERE id = $3`,
			tx.NewID(), to, row)
		if err != nil {
			return err
		}
	}
	return nil
}
