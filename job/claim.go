package job

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"kizashi/db"
	"kizashi/id"
)

// The rows that wait for a runner are those of the index job_ready: ready ones, and running ones
// whose lease ends at run_at.
const unfinished = `state IN ('ready', 'running')`

func (r *Runner) kinds() []string { return slices.Sorted(maps.Keys(r.Handlers)) }

// claim takes the job that has waited longest; nil if none is due.
func (r *Runner) claim(ctx context.Context) (*Run, error) {
	var run *Run
	err := r.DB.Write(ctx, func(tx *db.Tx) error {
		run = nil
		isOurs, kinds := tx.InTexts("$4", r.kinds())
		c := Run{claim: tx.NewID(), lease: r.lease()}
		var payload string
		err := tx.Row(ctx, `UPDATE job SET state = 'running', attempts = attempts + 1, claim = $1, run_at = $2
			WHERE id = (SELECT id FROM job WHERE `+unfinished+` AND run_at <= $3 AND kind`+isOurs+`
				ORDER BY run_at, id LIMIT 1 {postgres:FOR UPDATE SKIP LOCKED})
			RETURNING id, kind, payload, place, done, total, attempts`,
			c.claim, tx.Now+c.lease, tx.Now, kinds).
			Scan(&c.ID, &c.Kind, &payload, &c.Place, &c.Done, &c.Total, &c.Attempt)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		c.Payload, run = []byte(payload), &c
		return err
	})
	if err != nil {
		return nil, err
	}
	return run, nil
}

// untilNext is the time to the next job that becomes due; poll if none waits.
func (r *Runner) untilNext(ctx context.Context) time.Duration {
	next := sql.NullInt64{}
	err := r.DB.Lookup(ctx, func(tx *db.Tx) error {
		isOurs, kinds := tx.InTexts("$1", r.kinds())
		return tx.Row(ctx, `SELECT MIN(run_at) FROM job WHERE `+unfinished+` AND kind`+isOurs, kinds).Scan(&next)
	})
	if err != nil || !next.Valid {
		return poll
	}
	return time.Duration(next.Int64-r.DB.Clock.Now()) * time.Millisecond
}

// The endings of a run. Each changes the row only while the claim is still the run's own.
const ours = ` WHERE id = $1 AND claim = $2 AND state = 'running'`

func (r *Runner) prolong(ctx context.Context, run *Run) error {
	return r.update(ctx, run, `UPDATE job SET run_at = $3`+ours, func(now int64) []any { return []any{now + run.lease} })
}

func (r *Runner) complete(ctx context.Context, run *Run) error {
	return r.update(ctx, run, `UPDATE job SET state = 'done', error = '', ended_at = $3`+ours,
		func(now int64) []any { return []any{now} })
}

// release gives a job back that was stopped: the attempt does not count.
func (r *Runner) release(ctx context.Context, run *Run) error {
	return r.update(ctx, run, `UPDATE job SET state = 'ready', attempts = attempts - 1, run_at = $3`+ours,
		func(now int64) []any { return []any{now} })
}

func (r *Runner) again(ctx context.Context, run *Run, why error, attempt int) error {
	return r.update(ctx, run, `UPDATE job SET state = 'ready', error = $3, run_at = $4`+ours,
		func(now int64) []any { return []any{clip(why), now + pause(attempt).Milliseconds()} })
}

func (r *Runner) fail(ctx context.Context, run *Run, why error) error {
	return r.update(ctx, run, `UPDATE job SET state = 'failed', error = $3, ended_at = $4`+ours,
		func(now int64) []any { return []any{clip(why), now} })
}

func (r *Runner) update(ctx context.Context, run *Run, text string, more func(now int64) []any) error {
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, text, append([]any{run.ID, run.claim}, more(tx.Now)...)...)
		if err == nil && n == 0 {
			err = ErrLost
		}
		return err
	})
}

// prune is bounded by the age of the ids, and leaves failures for people to see.
func prune(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE id < $1 AND state IN ('done', 'cancelled') AND ended_at < $2`,
		id.First(tx.Now-keepDone), tx.Now-keepDone)
	return err
}
