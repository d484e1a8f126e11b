package takeback

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
)

// ended refuses what only one that runs can do.
func ended() error { return fault.New(fault.Conflict, "takeback.ended", nil) }

func allowed(w act.Who) bool { return act.Administer.Holds(w) }

// Start asks for what came with a key to be taken back. It cannot be undone: see Preview first.
type Start struct {
	Range
	Events   int64 `json:"events"`   // as Preview counted them, for the progress
	TakeBack id.ID `json:"takeback"` // result
	Wait     int64 `json:"-"`        // ms that the background leaves the work to the caller
}

// Name says which command this is.
func (c *Start) Name() string { return "takeback.start" }

// Allow lets administrators take back.
func (c *Start) Allow(w act.Who) bool { return allowed(w) }

// Check refuses a range that is none.
func (c *Start) Check() error { return c.check() }

// Target is the key.
func (c *Start) Target() id.ID { return c.Key }

// Do asks for the job.
func (c *Start) Do(ctx context.Context, tx *db.Tx) error {
	r, _, err := c.fit(ctx, tx)
	if err != nil {
		return err
	}
	c.Range, c.TakeBack = r, tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO takeback (id, key, from_at, until_at, state, total, who, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.TakeBack, r.Key, r.From, r.Until, string(Running), c.Events, act.By(ctx).ID, tx.Now)
	if err != nil {
		return err
	}
	_, err = job.Add(ctx, tx, job.Spec{Kind: Job, Key: JobKey(c.TakeBack), Payload: payload{c.TakeBack}, RunAt: tx.Now + c.Wait})
	return err
}

// Stop ends a take-back where it stands: what is taken back stays so. One that has ended is a Conflict.
type Stop struct {
	TakeBack id.ID `json:"takeback"`
}

// Name says which command this is.
func (c *Stop) Name() string { return "takeback.stop" }

// Allow lets administrators stop it.
func (c *Stop) Allow(w act.Who) bool { return allowed(w) }

// Check has nothing to check without the database.
func (c *Stop) Check() error { return nil }

// Target is the take-back.
func (c *Stop) Target() id.ID { return c.TakeBack }

// Do stops it and drops the job.
func (c *Stop) Do(ctx context.Context, tx *db.Tx) error {
	if _, err := Find(ctx, tx, c.TakeBack); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE takeback SET state = $2, ended_at = $3 WHERE id = $1 AND state = $4`,
		c.TakeBack, string(Stopped), tx.Now, string(Running))
	if err == nil && n == 0 {
		err = ended()
	}
	if err != nil {
		return err
	}
	return job.Drop(ctx, tx, JobKey(c.TakeBack))
}
