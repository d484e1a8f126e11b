// Package job does durable work after the transaction that asked for it: a job survives a kill and
// goes on from the place it had saved.
//
// A job is a row. A Runner claims it for a lease and prolongs the lease while the handler works;
// when the process dies, the lease ends and any runner takes the job over. Each claim has its own
// number, so that a runner that lost its lease can save nothing more.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// State of a job.
type State string

// The states. Ready and Running are unfinished.
const (
	Ready     State = "ready"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"    // gave up; Status.Error says why
	Cancelled State = "cancelled" // nobody wants it any more
)

// Spec asks for a job.
type Spec struct {
	Kind    string // names the handler: "segment.fill"
	Key     string // while a job with this key is unfinished, no second one is added; "" = no key
	Payload any    // becomes JSON
	RunAt   int64  // ms UTC, not before; 0 = at once
}

// Handler does a job. It may run again after it failed, was stopped or was killed: what it does
// must go with SetProgress in one transaction, or be harmless when repeated. It ends soon after
// ctx does. An error leads to another attempt later, unless it is Final.
type Handler func(ctx context.Context, r *Run) error

// Run is one attempt at a job.
type Run struct {
	ID      id.ID
	Kind    string
	Payload json.RawMessage
	Place   string // as the last SetProgress left it; "" at the beginning
	Done    int64
	Total   int64
	Attempt int // 1 is the first; counts from the last progress

	claim id.ID
	lease int64
}

// Read decodes the payload. An error is Final: another attempt reads the same.
func (r *Run) Read(into any) error {
	if err := json.Unmarshal(r.Payload, into); err != nil {
		return Final(err)
	}
	return nil
}

// ErrLost tells that another runner has the job, or that it was cancelled: what the transaction did
// must not stay.
var ErrLost = errors.New("job: the lease is lost")

// SetProgress saves in the transaction of the work how far it came: place is where the next
// attempt goes on, done of total (0 = unknown) is for people. ErrLost must roll the work back.
func (r *Run) SetProgress(ctx context.Context, tx *db.Tx, place string, done, total int64) error {
	n, err := tx.Exec(ctx, `UPDATE job SET attempts = CASE WHEN place = $3 THEN attempts ELSE 1 END,
		place = $3, done = $4, total = $5, run_at = $6 WHERE id = $1 AND claim = $2 AND state = 'running'`,
		r.ID, r.claim, place, done, total, tx.Now+r.lease)
	if err == nil && n == 0 {
		err = ErrLost
	}
	if err == nil {
		if place != r.Place {
			r.Attempt = 1
		}
		r.Place, r.Done, r.Total = place, done, total
	}
	return err
}

// final is an error that no further attempt will mend.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// Final marks an error as one that another attempt cannot mend: the job fails at once.
func Final(err error) error { return final{err} }

// MaxAttempts without progress make a job fail; a killed attempt counts, for it may have killed.
const MaxAttempts = 12

const (
	firstPause = time.Second
	maxPause   = 30 * time.Minute
	maxError   = 2000 // bytes of the kept error
)

// pause is the time before the attempt after the n-th: 1 s, 2 s, 4 s … half an hour. All twelve
// attempts together take about an hour and a half.
func pause(n int) time.Duration {
	return min(firstPause<<min(n-1, 20), maxPause)
}

// givesUp tells whether the error of the n-th attempt is the last.
func givesUp(err error, n int) bool {
	var last final
	return n >= MaxAttempts || errors.As(err, &last)
}

// clip makes the text of an error storable: PostgreSQL takes no NUL and no broken UTF-8.
func clip(err error) string {
	s := strings.ReplaceAll(err.Error(), "\x00", "")
	return strings.ToValidUTF8(s[:min(len(s), maxError)], "")
}

func noJob() error { return fault.New(fault.NotFound, "job.none", nil) }
