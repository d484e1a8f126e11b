package bulk

import (
	"context"
	"encoding/json"
	"slices"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/member"
)

// Start begins a change of many leads.
type Start struct {
	Act
	Leads []id.ID `json:"-"` // kept in bulk_lead
	Count int     `json:"leads"`
	ID    id.ID   `json:"id"` // result
}

// Name says which command this is.
func (c *Start) Name() string { return "bulk.start" }

// Allow lets those do it to many who may do it to one.
func (c *Start) Allow(w act.Who) bool {
	one := c.on(0)
	return act.Work.Holds(w) && (one == nil || one.Allow(w))
}

// Check looks at what is to be done, and to how many.
func (c *Start) Check() error {
	slices.Sort(c.Leads)
	c.Leads = slices.Compact(c.Leads)
	switch c.Count = len(c.Leads); {
	case c.Count == 0:
		return fault.New(fault.Invalid, "bulk.nobody", nil)
	case c.Count > MaxLeads:
		return fault.New(fault.TooLarge, "bulk.too_many", fault.Args{"limit": MaxLeads})
	}
	return c.check()
}

// Target is the change.
func (c *Start) Target() id.ID { return c.ID }

// Do writes down what is to be done. The job waits a minute where the person who asked does it at once.
func (c *Start) Do(ctx context.Context, tx *db.Tx) error {
	if c.Kind == Assign && c.Owner != 0 {
		if a, err := member.FindAccount(ctx, tx, c.Owner); err != nil || a.DisabledAt != 0 {
			return fault.New(fault.Invalid, "bulk.no_owner", nil).At("owner")
		}
	}
	what, err := json.Marshal(c.Act)
	if err != nil {
		return err
	}
	c.ID = tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO bulk (id, act, who, state, total, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, string(what), act.By(ctx).ID, Running, c.Count, tx.Now)
	if err != nil {
		return err
	}
	rows := make([][]any, len(c.Leads))
	for i, l := range c.Leads {
		rows[i] = []any{int64(c.ID), int64(l)}
	}
	if err := tx.Many(ctx, `INSERT INTO bulk_lead (bulk, lead) VALUES ($1, $2)`, rows); err != nil {
		return err
	}
	return plan(ctx, tx, c.ID, c.Count)
}

// plan asks for the job; a small one only takes over if the person's own request ends early.
func plan(ctx context.Context, tx *db.Tx, number id.ID, leads int) error {
	at := tx.Now
	if leads <= AtOnce {
		at += clock.Minute
	}
	_, err := job.Add(ctx, tx, job.Spec{Kind: JobWork, Key: key(number), Payload: number, RunAt: at})
	return err
}

// Undo takes a change back: every lead that is still as the change left it.
type Undo struct {
	ID    id.ID `json:"id"`
	leads int
}

// Name says which command this is.
func (c *Undo) Name() string { return "bulk.undo" }

// Allow lets those undo who may change.
func (c *Undo) Allow(w act.Who) bool { return act.Work.Holds(w) }

// Check has nothing to check without the database.
func (c *Undo) Check() error { return nil }

// Target is the change.
func (c *Undo) Target() id.ID { return c.ID }

// Do begins to take it back. What has not been done yet is not done any more.
func (c *Undo) Do(ctx context.Context, tx *db.Tx) error {
	b, err := Find(ctx, tx, c.ID)
	switch who := act.By(ctx); {
	case err != nil:
		return err
	case b.Who != who.ID && !act.Administer.Holds(who):
		return fault.New(fault.Forbidden, "bulk.not_yours", nil)
	}
	n, err := tx.Exec(ctx, `UPDATE bulk SET state = $2, ended_at = 0 WHERE id = $1 AND state IN ('running', 'done')`, c.ID, Undoing)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "bulk.undone", nil)
	}
	c.leads = b.Changed
	if err := job.Drop(ctx, tx, key(c.ID)); err != nil {
		return err
	}
	return plan(ctx, tx, c.ID, c.leads)
}

// AtOnce tells whether it is taken back while the person waits.
func (c *Undo) AtOnce() bool { return c.leads <= AtOnce }
