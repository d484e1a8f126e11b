package stage

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
)

// JobExpire is the kind of the job that ends the time of an offer.
const JobExpire = "stage.expire"

// Expire ends the time of an offer that nobody answered.
type Expire struct {
	Handover id.ID `json:"handover"`
	Lead     id.ID `json:"lead"` // result
}

// Name says which command this is.
func (c *Expire) Name() string { return "stage.expire" }

// Allow lets only the product do it.
func (c *Expire) Allow(w act.Who) bool { return w.Role == act.System }

// Check needs nothing.
func (c *Expire) Check() error { return nil }

// Target is the lead.
func (c *Expire) Target() id.ID { return c.Lead }

// Do marks the offer and tells of it; one that was answered stays as it is. The lead stays where it
// is: it must not be lost between two departments.
func (c *Expire) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE handover SET state = 'expired' WHERE id = $1 AND state = 'offered' AND due_at <= $2`,
		c.Handover, tx.Now)
	if err != nil || n == 0 {
		return err
	}
	h, err := FindHandover(ctx, tx, c.Handover)
	if err != nil {
		return err
	}
	c.Lead = h.Lead
	tx.Post(Overdue{h.Lead, h.ID})
	return nil
}

// ExpireJob carries out JobExpire.
func ExpireJob(door *act.Door) job.Handler {
	return func(ctx context.Context, r *job.Run) error {
		c := &Expire{}
		if err := r.Read(&c.Handover); err != nil {
			return err
		}
		return door.Run(ctx, act.Product, c)
	}
}
