package fold

import (
	"context"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/task"
)

// aheadBy is how far a stored moment must lie in the future for a clock to have run ahead, ms: clocks of nodes
// differ by less.
const aheadBy = clock.Minute

// clockWalk is the name of the walks after a clock that ran ahead.
const clockWalk = "refold:clock"

// Recover asks for a walk over the leads if a clock ran ahead and came back. What is recorded in the future happened
// by now at the latest; left as it is, a person's decision would outweigh every sign, and a sign every decision,
// until that time has come. Moments that people planned are left alone.
func Recover(ctx context.Context, tx *db.Tx) error {
	since, moment := id.First(tx.Now+aheadBy), tx.Now+aheadBy
	var events int
	err := tx.Row(ctx, `SELECT CASE WHEN EXISTS (SELECT 1 FROM event WHERE id >= $1 AND at > $2) THEN 1 ELSE 0 END`,
		since, moment).Scan(&events)
	if err != nil {
		return err
	}
	ahead, err := lead.Attached.Ahead(ctx, tx, since, moment)
	if err != nil || !ahead && events == 0 {
		return err
	}
	return job.AddWalk(ctx, tx, job.Spec{Kind: JobRefold, Key: clockWalk, Payload: walk{Clock: true}})
}

// clampLeads brings what is recorded of some leads in the future back to now. Those that were settled in the future
// are folded anew from their log.
func clampLeads(ctx context.Context, tx *db.Tx, leads []id.ID, batch Batch) error {
	in, arg := tx.In("$2", leads)
	err := tx.Each(ctx, `SELECT lead FROM lead_state WHERE settled_at > $1 AND lead`+in, []any{tx.Now, arg},
		func(scan func(...any) error) error {
			var who id.ID
			err := scan(&who)
			batch.For(who).Rewrite(tx.Now)
			return err
		})
	if err != nil {
		return err
	}
	changed, err := event.Clamp(ctx, tx, leads)
	for _, who := range changed {
		batch.For(who).Rewrite(tx.Now)
		tx.Post(lead.Moved{Lead: who})
	}
	if err == nil {
		err = lead.Attached.SetBack(ctx, tx, leads)
	}
	if err == nil {
		err = lead.Clamp(ctx, tx, leads)
	}
	if err == nil {
		err = task.Refresh(ctx, tx, leads)
	}
	return err
}
