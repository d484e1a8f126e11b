package task_test

import (
	"errors"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/stage"
	"kizashi/task"
)

// T08: the owner hears of a hot lead once, and everybody when nobody answers in time.
func TestHotLeadHasAClock(t *testing.T) {
	engines(t, func(o *office) {
		notices := func(who act.Who) (list []task.Notice) {
			o.write(func(tx *db.Tx) (err error) {
				list, err = task.Notices(o.Context(), tx, who.ID, true, 0, 10)
				return err
			})
			return list
		}
		answerBy := func() int64 {
			return o.number(`SELECT COALESCE(MAX(answer_by), 0) FROM lead_work WHERE lead = $1`, o.lead)
		}
		o.send("quote_requested")
		if n := notices(o.inside); len(n) != 1 || n[0].Kind != task.NoticeHot || n[0].Lead != o.lead || n[0].Args["name"] != "hanako@example.co.jp" {
			o.Fatalf("%+v", n)
		}
		if len(notices(o.field)) != 0 || answerBy() != tuesday+15*clock.Minute {
			o.Errorf("answer by %d", answerBy())
		}
		o.wait(clock.Minute)
		o.send("demo_requested")
		if len(notices(o.inside)) != 1 || answerBy() != tuesday+15*clock.Minute {
			o.Error("a second sign alarms again")
		}
		o.wait(clock.Minute)
		c := &task.Log{Lead: o.lead, Kind: task.Call}
		o.run(o.inside, c)
		if answerBy() != 0 {
			o.Error("an answered lead still waits")
		}
		o.run(o.inside, &task.Unlog{Activity: c.Activity})
		if answerBy() != tuesday+15*clock.Minute {
			o.Error("the undo does not bring the clock back")
		}
		o.run(o.inside, &task.Read{})
		if len(notices(o.inside)) != 0 {
			o.Error("read notices are unread")
		}
		o.run(o.inside, c)
		o.wait(clock.Minute)
		o.send("inquiry_sent")
		if len(notices(o.inside)) != 1 {
			o.Error("a new sign after a call alarms nobody")
		}
	})
}

// S09 X05: an offer and its way back are told to those who are to act.
func TestHandoversAreTold(t *testing.T) {
	engines(t, func(o *office) {
		o.run(o.inside, &stage.Move{Lead: o.lead, To: stage.SAL, Reason: "急ぎ"})
		unread := func(who act.Who, kind string) bool {
			found := false
			o.write(func(tx *db.Tx) error {
				list, err := task.Notices(o.Context(), tx, who.ID, true, 0, 10)
				for _, n := range list {
					found = found || n.Kind == kind
				}
				return err
			})
			return found
		}
		if !unread(o.field, task.NoticeOffered) || unread(o.inside, task.NoticeOffered) {
			o.Error("field sales does not hear of an offer")
		}
		h := id.ID(o.number(`SELECT id FROM handover`))
		o.wait(20 * clock.Day)
		o.run(act.Product, &stage.Expire{Handover: h})
		if !unread(o.admin, task.NoticeOverdue) || !unread(o.field, task.NoticeOverdue) {
			o.Error("nobody hears that an offer was not answered")
		}
		o.run(o.field, &stage.Return{Handover: h, Reason: "not_ready"})
		if !unread(o.inside, task.NoticeReturned) {
			o.Error("inside sales does not hear what came back")
		}
		o.write(func(tx *db.Tx) error { // what was answered is no news, what came back is
			field, err := task.News(o.Context(), tx, o.field.ID)
			inside, wrong := task.News(o.Context(), tx, o.inside.ID)
			if len(field) != 0 || len(inside) != 1 || inside[0].Kind != task.NoticeReturned {
				o.Errorf("news of field sales: %v, of inside sales: %v", field, inside)
			}
			return errors.Join(err, wrong)
		})
	})
}

// P17: every working morning owners hear how many of their leads nobody has contacted for long.
func TestMorning(t *testing.T) {
	engines(t, func(o *office) {
		o.run(o.inside, &lead.Change{ID: o.lead, Owner: &o.inside.ID})
		o.run(o.inside, &stage.Move{Lead: o.lead, To: stage.MQL})
		o.write(func(tx *db.Tx) error {
			return errors.Join(task.EnsureDaily(o.Context(), tx), task.EnsureDaily(o.Context(), tx))
		})
		if n := o.number(`SELECT COUNT(*) FROM job WHERE kind = 'task.daily'`); n != 1 {
			o.Errorf("%d jobs for one morning", n)
		}
		if at := o.number(`SELECT run_at FROM job WHERE kind = 'task.daily'`); at != tokyo(25, 9) {
			o.Errorf("the morning begins at %d", at)
		}
		o.wait(31 * clock.Day)
		runner := &job.Runner{DB: o.door.DB, Handlers: map[string]job.Handler{
			task.JobDaily: task.DailyJob(o.door), task.JobLate: task.LateJob(o.door)}}
		o.send("quote_requested") // its time is over when the runner comes
		o.wait(3 * clock.Day)
		runner.Start()
		for o.number(`SELECT COUNT(*) FROM job WHERE state = 'done'`) < 2 {
			select {
			case <-o.Context().Done():
				o.Fatal("the jobs do not end")
			case <-time.After(5 * time.Millisecond):
			}
		}
		runner.Stop()
		kinds := map[string]int{}
		o.write(func(tx *db.Tx) error {
			list, err := task.Notices(o.Context(), tx, o.inside.ID, true, 0, 10)
			for _, n := range list {
				kinds[n.Kind]++
			}
			return err
		})
		if kinds[task.NoticeUntouched] != 1 || kinds[task.NoticeLate] != 1 || kinds[task.NoticeHot] != 1 {
			o.Errorf("%v", kinds)
		}
		if n := o.number(`SELECT COUNT(*) FROM job WHERE kind = 'task.daily' AND state = 'ready'`); n != 1 {
			o.Errorf("%d jobs for the next morning", n)
		}
	})
}
