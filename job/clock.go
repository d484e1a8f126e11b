package job

import (
	"context"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
)

// backBy is how far the clock must go back to be noticed, ms: less is the time between two readings.
const backBy = clock.Minute

// wentBack tells that the clock shows less than it did; the runner then looks again at what it planned.
func (r *Runner) wentBack() bool {
	now := r.DB.Clock.Now()
	back := now < r.seenAt-backBy
	r.seenAt = now
	if back {
		r.prunedAt = 0
	}
	return back
}

// Recover mends what a clock that ran ahead left behind: leases and retries that end far in the future, and the
// turns of work that comes round by itself (kinds), which its maker then asks for again. What people planned is
// left alone.
func Recover(ctx context.Context, tx *db.Tx, kinds []string) error {
	_, err := tx.Exec(ctx, `UPDATE job SET run_at = $1 WHERE state = 'running' AND run_at > $2
		OR state = 'ready' AND attempts > 0 AND run_at > $3`,
		tx.Now, tx.Now+2*leaseLength.Milliseconds(), tx.Now+2*maxPause.Milliseconds())
	if err != nil {
		return err
	}
	among, arg := tx.InTexts("$2", kinds)
	_, err = tx.Exec(ctx, `DELETE FROM job WHERE state <> 'running' AND kind`+among+` AND (run_at > $1 OR ended_at > $1)`, tx.Now, arg)
	return err
}

// FreeDead makes the jobs ready at once whose process is known to be dead, instead of waiting for their leases.
func FreeDead(ctx context.Context, tx *db.Tx, alive func(node int) bool) error {
	held := map[id.ID]id.ID{}
	err := tx.Each(ctx, `SELECT id, claim FROM job WHERE state = 'running'`, nil, func(scan func(...any) error) error {
		var number, claim id.ID
		err := scan(&number, &claim)
		held[number] = claim
		return err
	})
	for number, claim := range held {
		if err == nil && !alive(claim.Node()) {
			_, err = tx.Exec(ctx, `UPDATE job SET run_at = $3 WHERE id = $1 AND claim = $2 AND state = 'running' AND run_at > $3`,
				number, claim, tx.Now)
		}
	}
	return err
}
