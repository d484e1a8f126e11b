package fold

import (
	"context"
	"fmt"

	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
	"kizashi/score"
	"kizashi/segment"
)

// JobRefold is the kind of the job that visits every lead: after another model was published, or to
// fill a segment.
const JobRefold = "refold"

// refoldChunk is how many leads one transaction visits: few enough that the intake does not feel it.
const refoldChunk = 100

// refold is the payload of the job.
type refold struct {
	Segment id.ID // the segment to be filled; 0: the model has changed
	Version int   // of the segment
}

// ModelJob is the key of the job that folds every lead by a model published at a moment (ms UTC).
func ModelJob(model id.ID, publishedAt int64) string {
	return fmt.Sprintf("refold:model:%s:%d", model, publishedAt)
}

// SegmentJob is the key of the job that fills a version of a segment.
func SegmentJob(segment id.ID, version int) string {
	return fmt.Sprintf("refold:segment:%s:%d", segment, version)
}

// OnModel handles score.ModelPublished: every node takes the new model with its next transaction,
// leads that something happens to are folded by it at once, and all others in the background.
func (e *Engine) OnModel(ctx context.Context, tx *db.Tx, published []score.ModelPublished) error {
	if err := Bump(ctx, tx); err != nil {
		return err
	}
	newest := published[len(published)-1].Model
	_, err := job.Add(ctx, tx, job.Spec{Kind: JobRefold, Key: ModelJob(newest, tx.Now), Payload: refold{}})
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
		if s.Ready {
			continue // only its name changed
		}
		_, err = job.Add(ctx, tx, job.Spec{Kind: JobRefold, Key: SegmentJob(s.ID, s.Version), Payload: refold{s.ID, s.Version}})
		if err != nil {
			return err
		}
	}
	return nil
}

// Refold is the handler of JobRefold. Its place is the last lead visited.
func (e *Engine) Refold(ctx context.Context, run *job.Run) error {
	var what refold
	if err := run.Read(&what); err != nil {
		return err
	}
	last := id.ID(0)
	if run.Place != "" {
		var err error
		if last, err = id.Parse(run.Place); err != nil {
			return job.Final(err)
		}
	}
	total, err := e.countLeads(ctx)
	if err != nil {
		return err
	}
	for done := run.Done; ctx.Err() == nil; {
		n := 0
		err := e.Door.Write(ctx, func(tx *db.Tx) error {
			chunk, err := leadsAfter(ctx, tx, last, refoldChunk)
			if n = len(chunk); err != nil || n == 0 {
				return err
			}
			batch := Batch{}
			for _, lead := range chunk {
				batch.For(lead).Due = true
			}
			last = chunk[n-1]
			if err := e.Visit(ctx, tx, batch); err != nil {
				return err
			}
			return run.SetProgress(ctx, tx, last.String(), done+int64(n), max(total, done+int64(n)))
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return e.refolded(ctx, what)
		}
		done += int64(n)
	}
	return ctx.Err()
}

func (e *Engine) countLeads(ctx context.Context) (n int64, err error) {
	err = e.Door.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM lead WHERE gone = ''`).Scan(&n)
	})
	return n, err
}

// refolded says that a segment has been filled; from now on who comes and goes is news.
func (e *Engine) refolded(ctx context.Context, what refold) error {
	if what.Segment == 0 {
		return nil
	}
	return e.Door.Write(ctx, func(tx *db.Tx) error {
		if err := segment.MarkReady(ctx, tx, what.Segment, what.Version); err != nil {
			return err
		}
		return Bump(ctx, tx)
	})
}
