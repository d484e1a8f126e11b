package job

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// Status is what people see of a job.
type Status struct {
	ID        id.ID  `json:"id"`
	Kind      string `json:"kind"`
	Key       string `json:"key,omitempty"`
	State     State  `json:"state"`
	Attempts  int    `json:"attempts"`
	Error     string `json:"error,omitempty"` // of the last attempt that failed
	Done      int64  `json:"done"`
	Total     int64  `json:"total"`  // 0 = unknown
	RunAt     int64  `json:"run_at"` // ms UTC: the next attempt, or the end of the lease
	CreatedAt int64  `json:"created_at"`
	EndedAt   int64  `json:"ended_at"` // 0 = unfinished
}

const statusColumns = `id, kind, COALESCE(key, ''), state, attempts, error, done, total, run_at, created_at, ended_at`

func scanStatus(scan func(...any) error) (s Status, err error) {
	err = scan(&s.ID, &s.Kind, &s.Key, &s.State, &s.Attempts, &s.Error, &s.Done, &s.Total, &s.RunAt, &s.CreatedAt, &s.EndedAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = noJob()
	}
	return s, err
}

// Find is the job of an id; NotFound if there is none.
func Find(ctx context.Context, tx *db.Tx, job id.ID) (Status, error) {
	return scanStatus(tx.Row(ctx, `SELECT `+statusColumns+` FROM job WHERE id = $1`, job).Scan)
}

// FindKey is the newest job of a key, finished or not; NotFound if there is none.
func FindKey(ctx context.Context, tx *db.Tx, key string) (Status, error) {
	return scanStatus(tx.Row(ctx, `SELECT `+statusColumns+` FROM job WHERE key = $1`, key).Scan)
}

// List are the newest jobs that a person may have to do with: those that can be cancelled, and whatever has failed. What
// the product dropped, because other work stands in its place, is left out.
func List(ctx context.Context, tx *db.Tx, limit int) (list []Status, err error) {
	kinds, arg := tx.InTexts("$1", slices.Sorted(maps.Keys(stoppable)))
	err = tx.Each(ctx, `SELECT `+statusColumns+` FROM job WHERE kind`+kinds+` AND (state <> $3 OR error = $4)
		OR state = $2 ORDER BY id DESC LIMIT $5`, []any{arg, string(Failed), string(Cancelled), byPerson, limit}, func(scan func(...any) error) error {
		s, err := scanStatus(scan)
		list = append(list, s)
		return err
	})
	return list, err
}
