package task_test

import (
	"errors"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/stage"
	"kizashi/task"
)

// L17: the next planned touch is always there, and the earliest open one is the next.
func TestNextStep(t *testing.T) {
	engines(t, func(o *office) {
		far := &task.Add{Lead: o.lead, Step: task.Step{Kind: task.Visit, DueAt: tokyo(27, 15), Text: "デモ"}}
		near := &task.Add{Lead: o.lead, Step: task.Step{Kind: task.Call, DueAt: tokyo(25, 15), AllDay: true}}
		o.run(o.inside, far)
		o.run(o.inside, near)
		list := o.steps(false)
		if len(list) != 2 || list[0].ID != near.Task || list[0].DueAt != tokyo(25, 0) || list[0].Owner != o.inside.ID {
			o.Fatalf("%+v", list)
		}
		next := func() int64 {
			return o.number(`SELECT COALESCE(MAX(next_at), 0) FROM lead_work WHERE lead = $1`, o.lead)
		}
		if next() != tokyo(25, 0) {
			o.Error("the earliest step is not the next")
		}
		o.run(o.field, &task.Finish{Task: near.Task, Result: "済"})
		if next() != tokyo(27, 15) {
			o.Error("a step that was done is still the next")
		}
		o.refuse(o.field, &task.Finish{Task: near.Task}, "task.state")
		o.run(o.field, &task.Reopen{Task: near.Task})
		later, text := tokyo(28, 9), " 変更 "
		o.run(o.field, &task.Change{Task: near.Task, DueAt: &later, Text: &text, Owner: &o.field.ID})
		if list := o.steps(false); list[1].DueAt != tokyo(28, 0) || list[1].Text != "変更" || list[1].Owner != o.field.ID {
			o.Errorf("%+v", list[1])
		}
		o.run(o.field, &task.Cancel{Task: far.Task, Reason: "不要"})
		o.run(o.field, &task.Cancel{Task: near.Task})
		if next() != 0 || len(o.steps(true)) != 2 {
			o.Error("cancelled steps stay the next")
		}
		o.refuse(act.Who{ID: 9, Role: act.Viewer}, &task.Add{Lead: o.lead, Step: task.Step{Kind: task.Call, DueAt: 1}}, "fault.forbidden")
		o.refuse(o.inside, &task.Add{Lead: o.lead, Step: task.Step{Kind: "dance", DueAt: 1}}, "task.unknown_kind")
		o.refuse(o.inside, &task.Add{Lead: o.lead, Step: task.Step{Kind: task.Call}}, "task.due")
		o.refuse(o.inside, &task.Add{Lead: o.lead, Step: task.Step{Kind: task.Call, DueAt: 1, Owner: 5}}, "task.no_owner")
	})
}

// P17 L17: leads that somebody owns, without a next step or without a touch for long.
func TestNeglect(t *testing.T) {
	engines(t, func(o *office) {
		o.run(o.inside, &lead.Change{ID: o.lead, Owner: &o.inside.ID})
		o.run(o.inside, &stage.Move{Lead: o.lead, To: stage.MQL})
		count := func(n task.Neglect) (c int) {
			o.write(func(tx *db.Tx) (err error) { c, err = task.CountNeglected(o.Context(), tx, n); return err })
			return c
		}
		mine, theirs := task.Neglect{Owner: &o.inside.ID}, task.Neglect{Owner: &o.field.ID}
		if count(mine) != 1 || count(theirs) != 0 || count(task.Neglect{}) != 1 {
			o.Error("a lead without a next step is not counted")
		}
		old := task.Neglect{Owner: &o.inside.ID, Untouched: 30 * clock.Day}
		if count(old) != 0 {
			o.Error("a new lead waits already")
		}
		o.wait(31 * clock.Day)
		if count(old) != 1 || count(task.Neglect{Untouched: 30 * clock.Day}) != 1 {
			o.Error("a lead that nobody touched is not counted")
		}
		o.write(func(tx *db.Tx) error {
			list, err := task.Neglected(o.Context(), tx, old, 10)
			if len(list) != 1 || list[0] != o.lead {
				o.Errorf("%v", list)
			}
			return err
		})
		o.run(o.inside, &task.Log{Lead: o.lead, Result: "no_answer", Usual: true})
		if count(old) != 0 || count(mine) != 0 {
			o.Error("a call with a next step leaves the lead neglected")
		}
		o.write(func(tx *db.Tx) error {
			late := tx.Now + 10*clock.Day
			due, err := task.Due(o.Context(), tx, &o.inside.ID, late, 10)
			if len(due) != 1 {
				o.Errorf("due: %v", due)
			}
			none, err2 := task.Due(o.Context(), tx, &o.field.ID, late, 10)
			if len(none) != 0 {
				o.Errorf("due to others: %v", none)
			}
			return errors.Join(err, err2)
		})
		o.wait(10 * clock.Day)
		o.write(func(tx *db.Tx) error {
			due, late, err := task.CountDue(o.Context(), tx, o.inside.ID)
			if due != 1 || late != 1 {
				o.Errorf("%d due, %d late", due, late)
			}
			return err
		})
	})
}

// M10: a refusal of calls is kept, and an undo leaves nothing behind.
func TestLogAndUndo(t *testing.T) {
	engines(t, func(o *office) {
		before := o.person()
		for _, r := range task.Results {
			c := &task.Log{Lead: o.lead, Result: r.Code, Note: "メモ", Minutes: 3, Usual: true, When: tokyo(27, 15)}
			if r.Asks == task.AsksReason {
				c.When, c.Reason = 0, "existing_customer"
			}
			o.run(o.inside, c)
			if got := o.person().Status; got != r.Status {
				o.Errorf("%s: status %s, want %s", r.Code, got, r.Status)
			}
			if r.Stage != "" && o.stage() != r.Stage {
				o.Errorf("%s: the lead is %s", r.Code, o.stage())
			}
			if r.Next != "" && len(o.steps(false)) != 1 {
				o.Errorf("%s: no next step", r.Code)
			}
			o.verify()
			o.wait(clock.Minute)
			o.refuse(o.field, &task.Unlog{Activity: c.Activity}, "task.undo")
			o.run(o.inside, &task.Unlog{Activity: c.Activity})
			after := o.person()
			if after.Status != before.Status || after.WakeAt != before.WakeAt || after.Excluded != before.Excluded || o.stage() != stage.Lead {
				o.Errorf("%s: %+v", r.Code, after)
			}
			for _, table := range []string{"task", "activity", "consent", "event", "stage_change"} {
				if n := o.number(`SELECT COUNT(*) FROM ` + table); n != 0 {
					o.Errorf("%s: %d rows of %s are left", r.Code, n, table)
				}
			}
			o.verify()
		}
		o.refuse(o.inside, &task.Unlog{Activity: 77}, "task.no_activity")
	})
}

func TestUndoHasItsTime(t *testing.T) {
	engines(t, func(o *office) {
		c := &task.Log{Lead: o.lead, Kind: task.Note, Note: "来期予算"}
		o.run(o.inside, c)
		o.wait(task.UndoTime + 1)
		o.refuse(o.inside, &task.Unlog{Activity: c.Activity}, "task.undo")
		o.run(o.admin, &task.Unlog{Activity: c.Activity})
	})
}

func TestLogRefuses(t *testing.T) {
	engines(t, func(o *office) {
		for key, c := range map[string]*task.Log{
			"task.unknown_result": {Result: "x", Kind: task.Call},
			"task.unknown_kind":   {Kind: "dance"},
			"fault.required":      {Kind: task.Note},
			"fault.too_long":      {Kind: task.Note, Note: strings.Repeat("あ", 5001)},
			"task.minutes":        {Kind: task.Call, Minutes: -1},
			"lead.bad_status":     {Kind: task.Call, Status: "x"},
			"task.refuse":         {Kind: task.Call, Refuse: "mail"},
			"task.needs_date":     {Result: "connected_later", Usual: true},
			"task.needs_reason":   {Result: "not_a_lead", Usual: true},
			"task.at":             {Kind: task.Call, At: tokyo(25, 0)},
		} {
			c.Lead = o.lead
			o.refuse(o.inside, c, key)
		}
		o.refuse(o.inside, &task.Log{Lead: 4, Kind: task.Call}, "lead.not_found")
	})
}

// M04: who was not there is called again on the next business day, at another time of the day, and given
// up after six attempts in vain.
func TestCallsAgain(t *testing.T) {
	engines(t, func(o *office) {
		var due []int64
		for range task.MaxAttempts {
			o.run(o.inside, &task.Log{Lead: o.lead, Result: "no_answer", Usual: true})
			for _, s := range o.steps(false) {
				due = append(due, s.DueAt)
				o.door.DB.Clock.Set(s.DueAt)
			}
		}
		if due[0] != tokyo(25, 14) || due[1] != tokyo(27, 10) || len(due) != task.MaxAttempts-1 {
			o.Errorf("%v", due)
		}
		if list := o.steps(true); len(list) != task.MaxAttempts-1 || list[0].State != task.Done || list[0].Result != "no_answer" {
			o.Errorf("the step that was due is not done: %+v", list)
		}
		o.write(func(tx *db.Tx) error {
			p, err := task.Propose(o.Context(), tx, o.lead, "voicemail")
			if !p.GiveUp || p.Step != nil || p.Attempt != task.MaxAttempts+1 {
				o.Errorf("%+v", p)
			}
			return err
		})
		if n := o.number(`SELECT COALESCE(MAX(touched_at), 0) FROM lead_work WHERE lead = $1`, o.lead); n != due[len(due)-1] {
			o.Errorf("last touched at %d", n)
		}
	})
}

// X04: steps and activities go with a merge, and come back.
func TestMergeKeepsSteps(t *testing.T) {
	engines(t, func(o *office) {
		loser := o.meet("taro@example.co.jp")
		o.run(o.inside, &task.Log{Lead: loser, Result: "no_answer", Usual: true})
		o.run(o.inside, &lead.Merge{Winner: o.lead, Loser: loser})
		if len(o.steps(false)) != 1 || o.number(`SELECT COALESCE(MAX(touched_at), 0) FROM lead_work WHERE lead = $1`, o.lead) != tuesday {
			o.Error("the step did not go with the lead")
		}
		o.run(o.inside, &lead.Unmerge{Loser: loser})
		if len(o.steps(false)) != 0 || o.number(`SELECT COALESCE(MAX(next_at), 0) FROM lead_work WHERE lead = $1`, o.lead) != 0 ||
			o.number(`SELECT COALESCE(MAX(next_at), 0) FROM lead_work WHERE lead = $1`, loser) == 0 {
			o.Error("the step did not come back")
		}
	})
}

func TestRefusalIsKept(t *testing.T) {
	engines(t, func(o *office) {
		o.run(o.inside, &task.Log{Lead: o.lead, Result: "refused", Usual: true})
		o.write(func(tx *db.Tx) error {
			all, err := consent.Of(o.Context(), tx, o.lead)
			if all.For(consent.Call).Allowed || all.For(consent.Post).Why == consent.Refused {
				o.Errorf("%+v", all)
			}
			return err
		})
	})
}
