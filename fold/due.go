package fold

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"kizashi/db"
	"kizashi/id"
)

const (
	// dueChunk is how many due leads one transaction visits.
	dueChunk = 500
	// dueLongest bounds the sleep of the due queue, so that what another node made due is seen.
	dueLongest = 5 * time.Second
)

// VisitDue visits up to dueChunk leads whose moment has come, and tells how many there were.
func (e *Engine) VisitDue(ctx context.Context) (n int, err error) {
	defer broken(&err)
	err = e.Door.Write(ctx, func(tx *db.Tx) error {
		batch := Batch{}
		// It never waits for a lead: whoever has it visits it, too.
		err := tx.Each(ctx, `SELECT s.lead FROM lead_state s {postgres:JOIN lead l ON l.id = s.lead}
			WHERE s.due_at <= $1 AND s.due_at < 9000000000000000
			ORDER BY s.due_at LIMIT $2 {postgres:FOR UPDATE OF l SKIP LOCKED}`, []any{tx.Now, dueChunk},
			func(scan func(...any) error) error {
				var lead id.ID
				if err := scan(&lead); err != nil {
					return err
				}
				batch.For(lead).Due = true
				return nil
			})
		if err != nil {
			return err
		}
		n = len(batch)
		return e.visit(ctx, tx, batch, dueReplay)
	})
	return n, err
}

const (
	// heatPause is how often the heat of companies is brought up to date.
	heatPause = 5 * time.Second
	// heatBreath is how many times as long as a part took it leaves the writer to others before the
	// next: nobody waits for heat.
	heatBreath = 9
)

// RunHeat measures the heat of companies from time to time, until the context ends.
func (e *Engine) RunHeat(ctx context.Context) {
	for ctx.Err() == nil {
		begin := time.Now()
		more, err := e.measureHeat(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Error("heat of companies", "error", err)
		}
		wait := heatPause
		if more && err == nil {
			wait = heatBreath * time.Since(begin)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// RunDue visits leads as they become due, until the context ends.
func (e *Engine) RunDue(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := e.VisitDue(ctx)
		if n == dueChunk && err == nil {
			continue
		}
		wait := e.untilDue(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Error("due queue", "error", err)
			wait = max(wait, time.Second) // the lead is still due: a full disk must not be asked without a pause
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		case <-e.due:
		}
	}
}

// untilDue is how long the due queue may sleep.
func (e *Engine) untilDue(ctx context.Context) time.Duration {
	wait := dueLongest
	err := e.Door.DB.Lookup(ctx, func(tx *db.Tx) error {
		var at int64
		err := tx.Row(ctx, `SELECT due_at FROM lead_state WHERE due_at < 9000000000000000 ORDER BY due_at LIMIT 1`).Scan(&at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		wait = min(max(time.Duration(at-tx.Now)*time.Millisecond, 10*time.Millisecond), dueLongest)
		return err
	})
	if err != nil {
		return time.Second
	}
	return wait
}
