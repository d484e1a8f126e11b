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

// portion is how many leads are read, and told of, at a time.
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

// work changes the leads that wait, each in a transaction of its own as the person who asked, so that one
// that cannot be changed leaves the others alone. Whoever works on the same change takes other leads.
func work(ctx context.Context, door *act.Door, number id.ID) error {
	for {
		var b *Bulk
		var who member.Account
		var leads []id.ID
		var befores []string
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
			leads, befores, err = waiting(ctx, tx, number, state, portion)
			return err
		})
		if err != nil || !b.Works() {
			return err
		}
		if who.DisabledAt != 0 {
			return fault.New(fault.Forbidden, "bulk.gone", nil)
		}
		if len(leads) == 0 {
			return end(ctx, door, b)
		}
		for i, l := range leads {
			one := &step{bulk: b, lead: l, kept: befores[i]}
			if err := one.run(ctx, door, who.Who()); err != nil {
				return err
			}
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
	act.Command // set by Do for taking back
	bulk        *Bulk
	lead        id.ID
	kept        string // before, as JSON
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

// run does the step and writes down what came of it. A fault is the lead's; anything else stops the work.
func (s *step) run(ctx context.Context, door *act.Door, who act.Who) error {
	from := leadWaits
	if s.bulk.State == Undoing {
		from = leadChanged
		s.Command = s.bulk.Act.back(s)
	} else {
		s.Command = s.bulk.Act.on(s.lead)
	}
	err := door.Run(ctx, who, s)
	note := func(state, why string) error {
		return door.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE bulk_lead SET state = $3, before = CASE WHEN $4 = '' THEN before ELSE $4 END
				WHERE bulk = $1 AND lead = $2 AND state = $5`, s.bulk.ID, s.lead, state, why, from)
			return err
		})
	}
	var wrong *fault.Error
	switch {
	case err == nil, errors.Is(err, errTaken):
		return nil
	case errors.Is(err, errSame):
		return note(leadSame, "")
	case errors.Is(err, errKept):
		return note(leadKept, "")
	case errors.As(err, &wrong) && wrong.Kind != fault.Internal && wrong.Kind != fault.Busy:
		if from == leadChanged {
			return note(leadKept, "")
		}
		why, _ := json.Marshal(told{wrong.Key, wrong.Args}) // texts and numbers: cannot fail
		return note(leadRefused, string(why))
	}
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
