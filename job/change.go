package job

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

// Add asks for a job in the caller's transaction; it begins after the commit. While a job with the
// same key is unfinished, that one's id is given and nothing is added: work that a job already
// running may have passed by needs a key of its own, as one with a version. A finished job with
// the key makes room.
func Add(ctx context.Context, tx *db.Tx, s Spec) (id.ID, error) {
	payload, err := json.Marshal(s.Payload)
	if err != nil {
		return 0, err
	}
	var job id.ID
	err = tx.Row(ctx, `INSERT INTO job (id, kind, key, payload, run_at, state, created_at)
		VALUES ($1, $2, NULLIF($3, ''), $4, $5, 'ready', $6)
		ON CONFLICT (key) DO UPDATE SET id = excluded.id, kind = excluded.kind, payload = excluded.payload,
			run_at = excluded.run_at, state = 'ready', attempts = 0, claim = 0, error = '', place = '',
			done = 0, total = 0, created_at = excluded.created_at, ended_at = 0
		WHERE job.state NOT IN ('ready', 'running')
		RETURNING id`,
		tx.NewID(), s.Kind, s.Key, string(payload), max(s.RunAt, tx.Now), tx.Now).Scan(&job)
	if errors.Is(err, sql.ErrNoRows) {
		return job, tx.Row(ctx, `SELECT id FROM job WHERE key = $1`, s.Key).Scan(&job)
	}
	tx.After(wakeAll)
	return job, err
}

// Drop cancels the unfinished job of a key, if there is one: nobody wants it any more.
func Drop(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `UPDATE job SET state = 'cancelled', ended_at = $2 WHERE key = $1 AND state IN ('ready', 'running')`,
		key, tx.Now)
	return err
}

// stoppable are the kinds of jobs that people may cancel. It is filled while packages are initialised.
var stoppable = map[string]bool{}

// Stoppable declares kinds of jobs that people may cancel: long work that a person asked for, that keeps what it has
// done, and that can be begun again. Its result lets a variable call it.
func Stoppable(kinds ...string) struct{} {
	for _, k := range kinds {
		stoppable[k] = true
	}
	return struct{}{}
}

// Stoppable tells whether a person may cancel the job now.
func (s Status) Stoppable() bool {
	return stoppable[s.Kind] && (s.State == Ready || s.State == Running)
}

// byPerson is what the error of a job says that a person has cancelled. One that the product dropped has none: other
// work stands in its place.
const byPerson = "cancelled by a person"

// Again tells whether a person may give the job new attempts.
func (s Status) Again() bool { return s.State == Failed || s.State == Cancelled && s.Error == byPerson }

// Cancel stops an unfinished job where it stands. Of some kinds only: others plan their own next turn, and would not
// come again.
type Cancel struct {
	Job id.ID `json:"job"`
}

func (c *Cancel) Name() string         { return "job.cancel" }
func (c *Cancel) Allow(w act.Who) bool { return act.Market.Holds(w) }
func (c *Cancel) Check() error         { return nil }
func (c *Cancel) Target() id.ID        { return c.Job }

// Do cancels; what the job had committed stays.
func (c *Cancel) Do(ctx context.Context, tx *db.Tx) error {
	s, err := Find(ctx, tx, c.Job)
	if err == nil && !stoppable[s.Kind] {
		err = fault.New(fault.Conflict, "job.not_stoppable", nil)
	}
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE job SET state = 'cancelled', error = $3, ended_at = $2
		WHERE id = $1 AND state IN ('ready', 'running')`, c.Job, tx.Now, byPerson)
	return orConflict(ctx, tx, c.Job, n, err)
}

// Retry gives a failed or cancelled job new attempts, from the place where it stopped.
type Retry struct {
	Job id.ID `json:"job"`
}

func (c *Retry) Name() string         { return "job.retry" }
func (c *Retry) Allow(w act.Who) bool { return act.Market.Holds(w) }
func (c *Retry) Check() error         { return nil }
func (c *Retry) Target() id.ID        { return c.Job }

// Do makes the job ready again.
func (c *Retry) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE job SET state = 'ready', attempts = 0, run_at = $2, error = '', ended_at = 0
		WHERE id = $1 AND state IN ('failed', 'cancelled')`, c.Job, tx.Now)
	tx.After(wakeAll)
	return orConflict(ctx, tx, c.Job, n, err)
}

// orConflict explains a change that found no job in the right state.
func orConflict(ctx context.Context, tx *db.Tx, job id.ID, n int64, err error) error {
	if err != nil || n > 0 {
		return err
	}
	s, err := Find(ctx, tx, job)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "job.state", fault.Args{"state": s.State})
}
