package task

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// UndoTime is how long whoever logged an activity may take it back, ms. Administrators always may.
const UndoTime = 10 * clock.Minute

// Unlog takes an activity back as if it had never been: its event goes, and status, steps, refusal and
// stage are as before, as far as nobody changed them since. The audit log keeps both.
type Unlog struct {
	Activity id.ID `json:"activity"`
	Lead     id.ID `json:"lead"` // result
}

// Name says which command this is.
func (c *Unlog) Name() string { return "task.unlog" }

// Allow lets those undo who may log; Do looks at whose it was.
func (c *Unlog) Allow(w act.Who) bool { return workers(w) }

// Target is the lead.
func (c *Unlog) Target() id.ID { return c.Lead }

// Check needs nothing.
func (c *Unlog) Check() error { return nil }

// Do takes back.
func (c *Unlog) Do(ctx context.Context, tx *db.Tx) error {
	l, was, err := c.find(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM activity WHERE id = $1`, c.Activity); err != nil {
		return err
	}
	leads, err := event.Remove(ctx, tx, []id.ID{c.Activity})
	if err != nil {
		return err
	}
	for _, one := range leads {
		tx.Post(lead.Rewritten{Lead: one})
	}
	if err := was.steps(ctx, tx, l.ID); err != nil {
		return err
	}
	if err := was.rest(ctx, tx, l); err != nil {
		return err
	}
	return Refresh(ctx, tx, []id.ID{l.ID})
}

// find reads the activity and looks whether it is still this person's to undo.
func (c *Unlog) find(ctx context.Context, tx *db.Tx) (*lead.Lead, *before, error) {
	who := act.By(ctx)
	read := func() (by id.ID, at int64, text string, err error) {
		err = tx.Row(ctx, `SELECT lead, who, logged_at, before FROM activity WHERE id = $1`, c.Activity).Scan(&c.Lead, &by, &at, &text)
		if errors.Is(err, sql.ErrNoRows) {
			err = fault.New(fault.NotFound, "task.no_activity", nil)
		}
		return by, at, text, err
	}
	if _, _, _, err := read(); err != nil {
		return nil, nil, err
	}
	l, err := hold(ctx, tx, c.Lead)
	if err != nil {
		return nil, nil, err
	}
	by, at, text, err := read() // again, now that nobody else undoes it
	if err != nil {
		return nil, nil, err
	}
	if !act.Administer.Holds(who) && (by != who.ID || tx.Now > at+UndoTime) {
		return nil, nil, fault.New(fault.Forbidden, "task.undo", fault.Args{"minutes": UndoTime / clock.Minute})
	}
	was := &before{}
	return l, was, json.Unmarshal([]byte(text), was)
}

// steps opens the step that was done by it, and drops the planned one if nobody has ended it since.
func (b *before) steps(ctx context.Context, tx *db.Tx, of id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM task WHERE id = $1 AND lead = $2 AND state = 'open'`, b.Planned, of); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE task SET state = 'open', ended_at = 0, ended_by = 0, result = ''
		WHERE id = $1 AND lead = $2 AND state = 'done'`, b.Done, of)
	return err
}

// rest brings back status, clock, stage and consent.
func (b *before) rest(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
	if b.Status[1] != "" && l.Status == b.Status[1] {
		if _, err := lead.AlterOne(ctx, tx, l.ID, func(l *lead.Lead) { l.Status = b.Status[0] }); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE lead_work SET answer_by = $2 WHERE lead = $1 AND answer_by = 0`, l.ID, b.Answer)
	if err != nil {
		return err
	}
	if b.Refusal != 0 {
		if err := consent.Remove(ctx, tx, b.Refusal); err != nil {
			return err
		}
	}
	switch {
	case b.Stage == nil:
		return nil
	case b.Stage.Change != 0:
		return stage.TakeBack(ctx, tx, l, *b.Stage)
	}
	_, err = lead.AlterOne(ctx, tx, l.ID, func(l *lead.Lead) { l.Excluded = b.Stage.Excluded })
	return err
}

// Worked counts the leads that somebody got in touch with since a moment (ms UTC).
func Worked(ctx context.Context, tx *db.Tx, who id.ID, since int64) (leads int, err error) {
	err = tx.Row(ctx, `SELECT COUNT(DISTINCT lead) FROM activity WHERE who = $1 AND logged_at >= $2 AND kind <> 'note'`,
		who, since).Scan(&leads)
	return leads, err
}
