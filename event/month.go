package event

import (
	"context"
	"fmt"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
)

// JobMonths is the kind of the daily job that makes the log's next partitions.
const JobMonths = "event.months"

// monthsAhead is how many months after this one have their partition.
const monthsAhead = 2

// monthsLock is the advisory lock of two nodes that make the same partition.
const monthsLock = 7205312

// EnsureMonths gives the log of PostgreSQL a partition for this month and the next two (UTC), and asks for
// the same tomorrow. Ids are ordered by time, and an event's id is made when it arrives, whatever time it
// tells: a month is a range of ids, and no old event needs an old partition. SQLite has one table.
func EnsureMonths(ctx context.Context, tx *db.Tx) error {
	if tx.Engine() != db.Postgres {
		return nil
	}
	if _, err := tx.Exec(ctx, `{postgres:SELECT pg_advisory_xact_lock($1)}`, monthsLock); err != nil {
		return err
	}
	now := clock.Time(tx.Now).UTC()
	for ahead := range monthsAhead + 1 {
		first := time.Date(now.Year(), now.Month()+time.Month(ahead), 1, 0, 0, 0, 0, time.UTC)
		if err := ensureMonth(ctx, tx, first); err != nil {
			return err
		}
	}
	tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
	_, err := job.Add(ctx, tx, job.Spec{
		Kind: JobMonths, Key: JobMonths + "/" + tomorrow.Format(time.DateOnly), RunAt: tomorrow.UnixMilli(),
	})
	return err
}

// ensureMonth makes the partition of one month. A month of which the default partition has rows already
// (the clock was wrong, or an older version ran on) stays there: rows are never moved.
func ensureMonth(ctx context.Context, tx *db.Tx, first time.Time) error {
	name := first.Format("event_2006_01")
	from, to := id.First(first.UnixMilli()), id.First(first.AddDate(0, 1, 0).UnixMilli())
	var there, late bool
	err := tx.Row(ctx, `{postgres:SELECT to_regclass($1::text) IS NOT NULL,
		EXISTS (SELECT 1 FROM event_rest WHERE id >= $2 AND id < $3)}`,
		name, from, to).Scan(&there, &late)
	if err != nil || there || late {
		return err
	}
	_, err = tx.Exec(ctx, fmt.Sprintf(`CREATE TABLE %s PARTITION OF event FOR VALUES FROM (%d) TO (%d)`, name, int64(from), int64(to)))
	return err
}

// MonthsJob carries out JobMonths.
func MonthsJob(door *act.Door) job.Handler {
	return func(ctx context.Context, r *job.Run) error {
		if r.Place != "" {
			return nil // it was all done in one transaction
		}
		return door.Write(ctx, func(tx *db.Tx) error {
			if err := EnsureMonths(ctx, tx); err != nil {
				return err
			}
			return r.SetProgress(ctx, tx, "made", 1, 1)
		})
	}
}
