package bulk

import (
	"context"
	"encoding/json"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/stage"
)

// JobWork is the kind of the job that goes on with a change, or with taking it back.
const JobWork = "bulk"

func key(number id.ID) string { return "bulk:" + number.String() }

// portion is how many leads are changed in one transaction: few enough that others who write hardly wait.
const portion = 100

// Job is the handler of JobWork.
func Job(door *act.Door) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		var number id.ID
		if err := run.Read(&number); err != nil {
			return err
		}
		err := work(ctx, door, number)
		if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Forbidden {
			return job.Final(err)
		}
		return err
	}
}

// Work does all that a change still has to do, while the person waits.
func Work(ctx context.Context, door *act.Door, number id.ID) error {
	if err := work(ctx, door, number); err != nil {
		return err
	}
	return door.Write(ctx, func(tx *db.Tx) error { return job.Drop(ctx, tx, key(number)) })
}

// work changes the leads that wait, as the person who asked, a portion in a transaction. Whoever works on the
// same change takes other leads.
func work(ctx context.Context, door *act.Door, number id.ID) error {
	for {
		var b *Bulk
		var who member.Account
		var next []waiter
		err := door.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if b, err = Find(ctx, tx, number); err != nil || !b.Works() {
				return err
			}
			if who, err = member.FindAccount(ctx, tx, b.Who); err != nil {
				return err
			}
			state := leadWaits
			if b.State == Undoing {
				state = leadChanged
			}
			next, err = waiting(ctx, tx, number, state, portion)
			return err
		})
		if err != nil || !b.Works() {
			return err
		}
		if who.DisabledAt != 0 {
			return fault.New(fault.Forbidden, "bulk.gone", nil)
		}
		if len(next) == 0 {
			return end(ctx, door, b)
		}
		if err := b.change(ctx, door, who.Who(), next); err != nil {
			return err
		}
	}
}

func end(ctx context.Context, door *act.Door, b *Bulk) error {
	state := map[string]string{Running: Done, Undoing: Undone}[b.State]
	return door.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE bulk SET state = $2, ended_at = $3 WHERE id = $1 AND state = $4`, b.ID, state, tx.Now, b.State)
		return err
	})
}

// step is the change of one lead: the command that a person would run on it, with what it was like before.
type step struct {
	act.Command
	bulk *Bulk
	lead id.ID
	kept string // before, as JSON
}

// before is what a lead was like.
type before struct {
	Owner    id.ID         `json:"owner,omitempty"`
	Excluded string        `json:"excluded,omitempty"`
	Stage    *stage.Before `json:"stage,omitempty"`
}

var (
	errSame  = errors.New("bulk: the lead is like this already")
	errTaken = errors.New("bulk: somebody else has this lead")
	errKept  = errors.New("bulk: the lead was changed since")
)

// change does the steps of some leads in one transaction, with what came of each. If one of them cannot be
// changed, the halves are tried apart, down to that lead, so that it leaves the others alone. A fault is the
// lead's; anything else stops the work.
func (b *Bulk) change(ctx context.Context, door *act.Door, who act.Who, leads []waiter) error {
	err := door.RunMany(ctx, who, func(ctx context.Context, tx *db.Tx, run act.Runner) error {
		for _, l := range leads {
			if err := b.step(l).run(ctx, tx, run); err != nil {
				return err
			}
		}
		return nil
	})
	var wrong *fault.Error
	if !errors.As(err, &wrong) || wrong.Kind == fault.Internal || wrong.Kind == fault.Busy {
		return err
	}
	if half := len(leads) / 2; half > 0 {
		if err := b.change(ctx, door, who, leads[:half]); err != nil {
			return err
		}
		return b.change(ctx, door, who, leads[half:])
	}
	s, state, why := b.step(leads[0]), leadKept, ""
	if b.State == Running {
		told, _ := json.Marshal(told{wrong.Key, wrong.Args}) // texts and numbers: cannot fail
		state, why = leadRefused, string(told)
	}
	return door.Write(ctx, func(tx *db.Tx) error { return s.note(ctx, tx, state, why) })
}

func (b *Bulk) step(l waiter) *step {
	s := &step{bulk: b, lead: l.lead, kept: l.before}
	if b.State == Undoing {
		s.Command = b.Act.back(s)
	} else {
		s.Command = b.Act.on(l.lead)
	}
	return s
}

// run does the step, unless there is nothing to do: then nothing is changed, and only that is written down.
func (s *step) run(ctx context.Context, tx *db.Tx, run act.Runner) error {
	switch err := run(s); {
	case errors.Is(err, errTaken):
		return nil
	case errors.Is(err, errSame):
		return s.note(ctx, tx, leadSame, "")
	case errors.Is(err, errKept):
		return s.note(ctx, tx, leadKept, "")
	default:
		return err
	}
}

// note writes down that the lead is left as it is. One that was to be as before may have been taken already.
func (s *step) note(ctx context.Context, tx *db.Tx, state, why string) error {
	from, taken := leadWaits, leadWaits
	if s.bulk.State == Undoing {
		from, taken = leadChanged, leadUndone
	}
	_, err := tx.Exec(ctx, `UPDATE bulk_lead SET state = $3, before = CASE WHEN $4 = '' THEN before ELSE $4 END
		WHERE bulk = $1 AND lead = $2 AND state IN ($5, $6)`, s.bulk.ID, s.lead, state, why, from, taken)
	return err
}

// MarshalJSON shows the command itself to the audit log.
func (s *step) MarshalJSON() ([]byte, error) { return json.Marshal(s.Command) }

// Do takes the lead for this step and changes it, in one transaction.
func (s *step) Do(ctx context.Context, tx *db.Tx) error {
	if s.bulk.State == Undoing {
		if err := s.take(ctx, tx, leadChanged, leadUndone); err != nil {
			return err
		}
		return s.Command.Do(ctx, tx)
	}
	l, err := lead.ByID(ctx, tx, s.lead)
	if err != nil {
		return err
	}
	was, same, err := s.before(ctx, tx, l)
	if err != nil {
		return err
	}
	if same {
		return errSame
	}
	if err := s.take(ctx, tx, leadWaits, leadChanged); err != nil {
		return err
	}
	if err := s.Command.Do(ctx, tx); err != nil {
		return err
	}
	if was.Stage != nil {
		if was.Stage.Change, err = stage.Newest(ctx, tx, l.ID); err != nil {
			return err
		}
	}
	kept, _ := json.Marshal(was) // texts and numbers: cannot fail
	_, err = tx.Exec(ctx, `UPDATE bulk_lead SET before = $3 WHERE bulk = $1 AND lead = $2`, s.bulk.ID, s.lead, string(kept))
	return err
}

func (s *step) take(ctx context.Context, tx *db.Tx, from, to string) error {
	n, err := tx.Exec(ctx, `UPDATE bulk_lead SET state = $3 WHERE bulk = $1 AND lead = $2 AND state = $4
		AND EXISTS (SELECT 1 FROM bulk WHERE id = $1 AND state = $5)`, s.bulk.ID, s.lead, to, from, s.bulk.State)
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}
