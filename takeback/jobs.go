package takeback

import (
	"context"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/member"
)

// Job is the kind of the job that takes back.
const Job = "takeback"

// JobKey is the key of the job of a take-back.
func JobKey(number id.ID) string { return Job + ":" + number.String() }

type payload struct{ TakeBack id.ID }

// How much one transaction takes back: few enough that the intake does not feel it.
const (
	chunkLeads  = 100
	chunkEvents = 5000
)

// Handler is the handler of Job. Its place is in the take-back itself, so that the command line and the background
// can take turns.
func Handler(door *act.Door) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		var what payload
		if err := run.Read(&what); err != nil {
			return err
		}
		err := Work(ctx, door, what.TakeBack, func(TakeBack) {})
		if k := fault.KindOf(err); k == fault.Conflict || k == fault.NotFound {
			return job.Final(err)
		}
		return err
	}
}

// WorkHere is Work for the command line, which leaves nothing to the background when it is through.
func WorkHere(ctx context.Context, door *act.Door, number id.ID, progress func(TakeBack)) error {
	if err := Work(ctx, door, number, progress); err != nil {
		return err
	}
	return door.Write(ctx, func(tx *db.Tx) error { return job.Drop(ctx, tx, JobKey(number)) })
}

// Work carries a take-back out, some people at a time: their events of the range go, and in the same transaction
// they are judged, untied, taught and folded anew. It can be killed and run again at any moment. Conflict if
// somebody has stopped it.
func Work(ctx context.Context, door *act.Door, number id.ID, progress func(TakeBack)) error {
	w := worker{door: door}
	err := door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if w.t, err = Find(ctx, tx, number); err == nil {
			w.key, err = member.KeyOf(ctx, tx, w.t.Key)
		}
		return err
	})
	if err != nil || w.t.State == Done {
		return err
	}
	if w.t.State == Stopped {
		return ended()
	}
	err = w.walk(ctx, progress)
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	// The command line and the background may both have worked on it: who comes second finds it done.
	now := TakeBack{}
	bad := door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now, err = Find(ctx, tx, number)
		return err
	})
	if bad == nil && now.State == Done {
		return nil
	}
	return err
}

// walk goes through the log from the place on.
func (w *worker) walk(ctx context.Context, progress func(TakeBack)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := w.t.next(ctx, w.door.DB, w.t.place, chunkEvents)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return w.end(ctx)
		}
		if err := w.people(context.WithoutCancel(ctx), list, progress); err != nil {
			return err
		}
	}
}

type worker struct {
	door *act.Door
	t    TakeBack
	key  member.Key
}

// people takes back from those who own some events, and moves the place on behind these.
func (w *worker) people(ctx context.Context, list []event.Owned, progress func(TakeBack)) error {
	owners := map[id.ID]bool{}
	for _, o := range list {
		owners[o.Owner] = true
	}
	for chunk := range slices.Chunk(keys(owners), chunkLeads) {
		for more := true; more; {
			var c Counts
			err := w.door.Write(ctx, func(tx *db.Tx) (err error) {
				c, more, err = w.chunk(ctx, tx, chunk)
				return err
			})
			if err != nil {
				return err
			}
			w.t.Counts.Events += c.Events
			w.t.Counts.Values += c.Values
			progress(w.t)
		}
	}
	w.t.place = list[len(list)-1].Event
	return w.door.Write(ctx, func(tx *db.Tx) error { return w.save(ctx, tx, Counts{}) })
}

// chunk takes back from some people; more tells that they have more events than one transaction takes, and are
// judged when the last are gone.
func (w *worker) chunk(ctx context.Context, tx *db.Tx, owners []id.ID) (c Counts, more bool, err error) {
	held, err := lead.Hold(ctx, tx, owners)
	if err != nil {
		return c, false, err
	}
	span := w.t.span()
	events, err := span.Of(ctx, tx, owners, chunkEvents+1)
	if err != nil || len(events) == 0 {
		return c, false, err
	}
	more = len(events) > chunkEvents
	events = events[:min(len(events), chunkEvents)]
	c.Events = int64(len(events))
	if !more {
		c.Values, err = w.judge(ctx, tx, held)
	}
	if err == nil {
		_, err = event.Remove(ctx, tx, events)
	}
	if err == nil && !more {
		err = held.Untie(ctx, span.From, span.Until, believed(w.key.Role))
	}
	if err == nil {
		err = held.Finish(ctx)
	}
	if err == nil {
		err = w.save(ctx, tx, c)
	}
	return c, more, err
}

// judge decides who goes, and notes what becomes of everybody.
func (w *worker) judge(ctx context.Context, tx *db.Tx, held *lead.Held) (values int64, err error) {
	there := held.There()
	fates, err := w.t.fates(ctx, tx, there)
	if err != nil {
		return 0, err
	}
	if values, err = w.t.values(ctx, tx, there, fates); err != nil {
		return 0, err
	}
	var rows [][]any
	var gone []id.ID
	for number, fate := range fates {
		rows = append(rows, []any{int64(w.t.ID), int64(number), string(fate)})
		if fate == Gone {
			gone = append(gone, number)
		}
	}
	held.Unmake(gone)
	return values, tx.Many(ctx, `INSERT INTO takeback_lead (takeback, lead, fate) VALUES ($1, $2, $3)
		ON CONFLICT (takeback, lead) DO UPDATE SET fate = excluded.fate`, rows)
}

// save notes how far it has come; Conflict if somebody has stopped it, and what the transaction did is rolled back.
func (w *worker) save(ctx context.Context, tx *db.Tx, more Counts) error {
	n, err := tx.Exec(ctx, `UPDATE takeback SET place = $2, events = events + $3, values_lost = values_lost + $4
		WHERE id = $1 AND state = $5`, w.t.ID, w.t.place, more.Events, more.Values, string(Running))
	if err == nil && n == 0 {
		err = ended()
	}
	return err
}

func (w *worker) end(ctx context.Context) error {
	return w.door.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE takeback SET state = $2, ended_at = $3 WHERE id = $1 AND state = $4`,
			w.t.ID, string(Done), tx.Now, string(Running))
		return err
	})
}
