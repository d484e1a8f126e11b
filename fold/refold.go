package fold

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
	"kizashi/score"
	"kizashi/segment"
	"kizashi/setting"
)

// JobRefold is the kind of the job that visits every lead: after another model was published, or to
// fill a segment.
const JobRefold = "refold"

// refoldLeads is how many leads one transaction visits: few enough that the intake does not feel it.
const refoldLeads = 250

// ModelJob is the key of the job that folds every lead by a model published at a moment (ms UTC).
func ModelJob(model id.ID, publishedAt int64) string {
	return "refold:model:" + model.String() + ":" + strconv.FormatInt(publishedAt, 10)
}

// OnModel handles score.ModelPublished: every node takes the new model with its next transaction,
// leads that something happens to are folded by it at once, and all others in the background.
func (e *Engine) OnModel(ctx context.Context, tx *db.Tx, published []score.ModelPublished) error {
	if err := Bump(ctx, tx); err != nil {
		return err
	}
	newest := published[len(published)-1].Model
	_, err := job.Add(ctx, tx, job.Spec{Kind: JobRefold, Key: ModelJob(newest, tx.Now)})
	return err
}

// OnSegment handles segment.Changed.
func (e *Engine) OnSegment(ctx context.Context, tx *db.Tx, changed []segment.Changed) error {
	if err := Bump(ctx, tx); err != nil {
		return err
	}
	for _, c := range changed {
		if c.Gone {
			continue
		}
		s, err := segment.Find(ctx, tx, c.Segment)
		if err != nil {
			return err
		}
		if !s.Ready { // else only its name changed
			return job.AddWalk(ctx, tx, job.Spec{Kind: JobRefold, Key: fillWalk})
		}
	}
	return nil
}

// fillWalk is the name of the walks that fill segments.
const fillWalk = "refold:segments"

// FillingSegments is the walk that will fill the segments that are not ready; NotFound if there was none.
func FillingSegments(ctx context.Context, tx *db.Tx) (job.Status, error) {
	return job.FindWalk(ctx, tx, fillWalk)
}

// targetWalk is the name of the walks that judge every lead by other target industries.
const targetWalk = "refold:targets"

// OnSetting handles setting.Changed.
func (e *Engine) OnSetting(ctx context.Context, tx *db.Tx, changed []setting.Changed) error {
	if !slices.Contains(changed, setting.Changed{Name: "target_industries"}) {
		return nil
	}
	if err := company.Retarget(ctx, tx); err != nil {
		return err
	}
	return job.AddWalk(ctx, tx, job.Spec{Kind: JobRefold, Key: targetWalk, Payload: walk{Refresh: true}})
}

// Retargeting is the walk that judges the leads by the target industries; NotFound if there was none.
func Retargeting(ctx context.Context, tx *db.Tx) (job.Status, error) {
	return job.FindWalk(ctx, tx, targetWalk)
}

// walk is what a refold is asked for.
type walk struct {
	Refresh bool `json:"refresh,omitempty"` // attributes of the leads may be others
	Clock   bool `json:"clock,omitempty"`   // what lies in the future happened by now at the latest
}

// place is how far a walk has come: when it began, and the last lead visited.
type place struct {
	began int64 // ms UTC
	last  id.ID
}

func (p place) String() string { return strconv.FormatInt(p.began, 10) + "/" + p.last.String() }

func parsePlace(s string) (p place, err error) {
	began, last, _ := strings.Cut(s, "/")
	if p.began, err = strconv.ParseInt(began, 10, 64); err != nil {
		return p, err
	}
	p.last, err = id.Parse(last)
	return p, err
}

// Refold is the handler of JobRefold.
func (e *Engine) Refold(ctx context.Context, run *job.Run) error {
	var asked walk
	if err := run.Read(&asked); err != nil {
		return err
	}
	var at place
	if run.Place != "" {
		var err error
		if at, err = parsePlace(run.Place); err != nil {
			return job.Final(err)
		}
	}
	total, err := e.countLeads(ctx)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		n, err := e.refoldChunk(ctx, run, asked, &at, total)
		if err != nil {
			return err
		}
		if n == 0 {
			return e.refolded(ctx, at.began)
		}
	}
	return ctx.Err()
}

// refoldChunk visits the leads after a place and moves the place on.
func (e *Engine) refoldChunk(ctx context.Context, run *job.Run, asked walk, at *place, total int64) (n int, err error) {
	next := *at
	err = e.Door.Write(ctx, func(tx *db.Tx) error {
		if next = *at; next.began == 0 {
			next.began = tx.Now
		}
		chunk, err := leadsAfter(ctx, tx, next.last, refoldLeads)
		if n = len(chunk); err != nil || n == 0 {
			return err
		}
		batch := Batch{}
		for _, lead := range chunk {
			w := batch.For(lead)
			w.Due, w.Refresh = true, asked.Refresh
		}
		if asked.Clock {
			if err := clampLeads(ctx, tx, chunk, batch); err != nil {
				return err
			}
		}
		next.last = chunk[n-1]
		if err := e.visit(ctx, tx, batch, dueReplay); err != nil {
			return err
		}
		if err := remeasure(ctx, tx, chunk); err != nil {
			return err
		}
		done := run.Done + int64(n)
		return run.SetProgress(ctx, tx, next.String(), done, max(total, done))
	})
	if err == nil {
		*at = next
	}
	return n, err
}

func (e *Engine) countLeads(ctx context.Context) (n int64, err error) {
	err = e.Door.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM lead WHERE gone = ''`).Scan(&n)
	})
	return n, err
}

// refolded says that the segments that stood when the walk began are filled; from now on who comes and
// goes is news.
func (e *Engine) refolded(ctx context.Context, began int64) error {
	return e.Door.Write(ctx, func(tx *db.Tx) error {
		if began == 0 {
			began = tx.Now // there was nobody to visit
		}
		if err := segment.MarkReady(ctx, tx, began); err != nil {
			return err
		}
		return Bump(ctx, tx)
	})
}

var _ = job.Stoppable(JobRefold)
