package task

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/setting"
	"kizashi/stage"
)

// Kinds of jobs.
const (
	JobLate  = "task.late"  // the time to answer a hot lead is over
	JobDaily = "task.daily" // every working morning
)

func minutesLong(n int) time.Duration { return time.Duration(n) * time.Minute }

// watch asks for a look at hot leads when their time to be answered is over.
func watch(ctx context.Context, tx *db.Tx, leads []id.ID, by int64) error {
	if len(leads) == 0 || by == stage.Never {
		return nil
	}
	_, err := job.Add(ctx, tx, job.Spec{Kind: JobLate, Payload: late{leads, by}, RunAt: by})
	return err
}

type late struct {
	Leads []id.ID `json:"leads"`
	By    int64   `json:"by"`
}

// LateJob carries out JobLate: of leads that still wait, the whole of inside sales and the administrators
// hear.
func LateJob(door *act.Door) job.Handler {
	return func(ctx context.Context, r *job.Run) error {
		var what late
		if err := r.Read(&what); err != nil {
			return err
		}
		return door.Write(ctx, func(tx *db.Tx) error {
			in, arg := tx.In("$2", what.Leads)
			waiting, err := ids(ctx, tx, `SELECT l.id FROM lead_work w JOIN lead l ON l.id = w.lead
				WHERE w.answer_by = $1 AND l.gone = '' AND l.excluded = '' AND l.id`+in, what.By, arg)
			if err != nil {
				return err
			}
			err = tell(ctx, tx, NoticeLate, waiting, func(s staff, l *lead.Lead) []id.ID {
				return distinct(append(s.owner(l, act.Inside), s.of(act.Inside, act.Admin)...))
			})
			if err != nil {
				return err
			}
			return r.SetProgress(ctx, tx, "told", 1, 1) // a repeat finds it told
		})
	}
}

// EnsureDaily asks for the work of the next working morning, if nobody has yet.
func EnsureDaily(ctx context.Context, tx *db.Tx) error {
	open, _, err := stage.CalendarOf(ctx, tx)
	if err != nil {
		return err
	}
	at := open.AddDays(tx.Now, 1)
	if at == stage.Never {
		at = tx.Now + clock.Day
	}
	_, err = job.Add(ctx, tx, job.Spec{Kind: JobDaily, Key: JobDaily + "/" + strconv.FormatInt(open.Midnight(at, 0), 10), RunAt: at})
	return err
}

// noticesStay is how long notices are kept, ms.
const noticesStay = 90 * clock.Day

// DailyJob carries out JobDaily: owners hear of their leads that nobody has contacted for too long (P17),
// old notices go, and the next morning is asked for.
func DailyJob(door *act.Door) job.Handler {
	return func(ctx context.Context, r *job.Run) error {
		if r.Place != "" {
			return nil // it was all done in one transaction
		}
		return door.Write(ctx, func(tx *db.Tx) error {
			if err := tellUntouched(ctx, tx); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `DELETE FROM notice WHERE id < $1`, id.First(tx.Now-noticesStay)); err != nil {
				return err
			}
			if err := EnsureDaily(ctx, tx); err != nil {
				return err
			}
			return r.SetProgress(ctx, tx, "told", 1, 1)
		})
	}
}

// tellUntouched writes one notice to each owner, with the number of leads.
func tellUntouched(ctx context.Context, tx *db.Tx) error {
	days, err := setting.UntouchedDays(ctx, tx)
	if err != nil {
		return err
	}
	where, args := Neglect{Untouched: int64(days) * clock.Day}.where(tx.Now)
	var rows [][]any
	err = tx.Each(ctx, `SELECT l.owner, COUNT(*)`+where+` GROUP BY l.owner`, args, func(scan func(...any) error) error {
		var owner id.ID
		var count int
		if err := scan(&owner, &count); err != nil {
			return err
		}
		text, _ := json.Marshal(map[string]string{"count": strconv.Itoa(count), "days": strconv.Itoa(days)}) // cannot fail
		rows = append(rows, []any{int64(tx.NewID()), int64(owner), NoticeUntouched, int64(0), string(text), tx.Now})
		return nil
	})
	if err != nil {
		return err
	}
	return write(ctx, tx, rows)
}
