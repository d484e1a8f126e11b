package task

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// Add plans a step.
type Add struct {
	Lead id.ID `json:"lead"`
	Step
	Task id.ID `json:"task"` // result
}

// Name says which command this is.
func (c *Add) Name() string { return "task.add" }

// Allow lets those plan who work with leads.
func (c *Add) Allow(w act.Who) bool { return workers(w) }

// Check looks at the step.
func (c *Add) Check() error { return c.check("").OrNil() }

// Target is the lead.
func (c *Add) Target() id.ID { return c.Lead }

// Do plans.
func (c *Add) Do(ctx context.Context, tx *db.Tx) error {
	l, err := hold(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	c.Lead = l.ID
	if c.Task, err = plan(ctx, tx, l, c.Step); err != nil {
		return err
	}
	return Refresh(ctx, tx, []id.ID{l.ID})
}

// hold reads a lead that is there and keeps it from others until the transaction ends.
func hold(ctx context.Context, tx *db.Tx, who id.ID) (*lead.Lead, error) {
	l, err := lead.ByID(ctx, tx, who) // follows merges
	if err != nil {
		return nil, err
	}
	if err := tx.Row(ctx, `SELECT id FROM lead WHERE id = $1 {postgres:FOR UPDATE}`, l.ID).Scan(&l.ID); err != nil {
		return nil, err
	}
	if l, err = lead.ByID(ctx, tx, l.ID); err == nil && l.Gone != "" {
		err = fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": who})
	}
	return l, err
}

// plan writes a step; without an owner it is the planner's, else the lead's owner's.
func plan(ctx context.Context, tx *db.Tx, l *lead.Lead, s Step) (id.ID, error) {
	who := act.By(ctx)
	if s.Owner == 0 {
		s.Owner = l.Owner
		known, err := isAccount(ctx, tx, who.ID)
		if err != nil {
			return 0, err
		}
		if known {
			s.Owner = who.ID
		}
	} else if known, err := isAccount(ctx, tx, s.Owner); err != nil || !known {
		return 0, errors.Join(err, fault.New(fault.Invalid, "task.no_owner", nil).At("owner"))
	}
	due, err := dueAt(ctx, tx, s.DueAt, s.AllDay)
	if err != nil {
		return 0, err
	}
	number := tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO task (id, lead, kind, due_at, all_day, owner, note, made_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, number, l.ID, s.Kind, due, flag(s.AllDay), s.Owner, s.Text, who.ID, tx.Now)
	return number, err
}

// dueAt brings the moment of an all-day step to the beginning of its day.
func dueAt(ctx context.Context, tx *db.Tx, at int64, allDay bool) (int64, error) {
	if !allDay {
		return at, nil
	}
	open, _, err := stage.CalendarOf(ctx, tx)
	return open.Midnight(at, 0), err
}

func isAccount(ctx context.Context, tx *db.Tx, account id.ID) (known bool, err error) {
	err = tx.Each(ctx, `SELECT 1 FROM account WHERE id = $1 AND disabled_at = 0`, []any{account},
		func(func(...any) error) error { known = true; return nil })
	return known, err
}

func flag(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Change plans a step anew; what is nil stays.
type Change struct {
	Task   id.ID   `json:"task"`
	Kind   *string `json:"kind,omitempty"`
	DueAt  *int64  `json:"due_at,omitempty"` // ms UTC
	AllDay *bool   `json:"all_day,omitempty"`
	Owner  *id.ID  `json:"owner,omitempty"`
	Text   *string `json:"text,omitempty"`
	Lead   id.ID   `json:"lead"` // result
}

// Name says which command this is.
func (c *Change) Name() string { return "task.change" }

// Allow lets those change who may plan.
func (c *Change) Allow(w act.Who) bool { return workers(w) }

// Target is the lead.
func (c *Change) Target() id.ID { return c.Lead }

// Check looks at what is given.
func (c *Change) Check() error {
	s := Step{Kind: Other, DueAt: 1}
	c.apply(&s)
	err := s.check("").OrNil()
	if c.Text != nil {
		c.Text = &s.Text
	}
	return err
}

func (c *Change) apply(s *Step) {
	if c.Kind != nil {
		s.Kind = *c.Kind
	}
	if c.DueAt != nil {
		s.DueAt = *c.DueAt
	}
	if c.AllDay != nil {
		s.AllDay = *c.AllDay
	}
	if c.Owner != nil {
		s.Owner = *c.Owner
	}
	if c.Text != nil {
		s.Text = *c.Text
	}
}

// Do changes an open step.
func (c *Change) Do(ctx context.Context, tx *db.Tx) error {
	t, err := held(ctx, tx, c.Task, Open)
	if err != nil {
		return err
	}
	c.Lead = t.Lead
	s := Step{t.Kind, t.DueAt, t.AllDay, t.Owner, t.Text}
	c.apply(&s)
	if c.Owner != nil && *c.Owner != 0 {
		if known, err := isAccount(ctx, tx, s.Owner); err != nil || !known {
			return errors.Join(err, fault.New(fault.Invalid, "task.no_owner", nil).At("owner"))
		}
	}
	if s.DueAt, err = dueAt(ctx, tx, s.DueAt, s.AllDay); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE task SET kind = $2, due_at = $3, all_day = $4, owner = $5, note = $6 WHERE id = $1`,
		t.ID, s.Kind, s.DueAt, flag(s.AllDay), s.Owner, s.Text)
	if err != nil {
		return err
	}
	return Refresh(ctx, tx, []id.ID{t.Lead})
}

// held reads a step in a certain state, and its lead is kept from others.
func held(ctx context.Context, tx *db.Tx, number id.ID, states ...string) (*Task, error) {
	t, err := ByID(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	if _, err := hold(ctx, tx, t.Lead); err != nil {
		return nil, err
	}
	if t, err = ByID(ctx, tx, number); err != nil { // as it is now that we hold it
		return nil, err
	}
	for _, s := range states {
		if t.State == s {
			return t, nil
		}
	}
	return nil, fault.New(fault.Conflict, "task.state", nil)
}

// end closes or opens a step.
func (t *Task) end(ctx context.Context, tx *db.Tx, state, result string) error {
	at, who := tx.Now, act.By(ctx).ID
	if state == Open {
		at, who = 0, 0
	}
	_, err := tx.Exec(ctx, `UPDATE task SET state = $2, ended_at = $3, ended_by = $4, result = $5 WHERE id = $1`,
		t.ID, state, at, who, result)
	if err != nil {
		return err
	}
	return Refresh(ctx, tx, []id.ID{t.Lead})
}

// Finish says that a step was done.
type Finish struct {
	Task   id.ID  `json:"task"`
	Result string `json:"result"` // in words; may be empty
	Lead   id.ID  `json:"lead"`   // result
}

// Name says which command this is.
func (c *Finish) Name() string { return "task.done" }

// Allow lets those say so who may plan.
func (c *Finish) Allow(w act.Who) bool { return workers(w) }

// Target is the lead.
func (c *Finish) Target() id.ID { return c.Lead }

// Check looks at the result.
func (c *Finish) Check() error { return checkResult(&c.Result) }

func checkResult(text *string) error {
	if *text = strings.TrimSpace(*text); utf8.RuneCountInString(*text) > maxText {
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxText}).At("result")
	}
	return nil
}

// Do ends the step.
func (c *Finish) Do(ctx context.Context, tx *db.Tx) error {
	t, err := held(ctx, tx, c.Task, Open)
	if err != nil {
		return err
	}
	c.Lead = t.Lead
	return t.end(ctx, tx, Done, c.Result)
}

// Cancel says that a step is not needed any more.
type Cancel struct {
	Task   id.ID  `json:"task"`
	Reason string `json:"reason"` // in words; may be empty
	Lead   id.ID  `json:"lead"`   // result
}

// Name says which command this is.
func (c *Cancel) Name() string { return "task.cancel" }

// Allow lets those say so who may plan.
func (c *Cancel) Allow(w act.Who) bool { return workers(w) }

// Target is the lead.
func (c *Cancel) Target() id.ID { return c.Lead }

// Check looks at the reason.
func (c *Cancel) Check() error { return checkResult(&c.Reason) }

// Do ends the step.
func (c *Cancel) Do(ctx context.Context, tx *db.Tx) error {
	t, err := held(ctx, tx, c.Task, Open)
	if err != nil {
		return err
	}
	c.Lead = t.Lead
	return t.end(ctx, tx, Cancelled, c.Reason)
}

// Reopen takes a Finish or Cancel back.
type Reopen struct {
	Task id.ID `json:"task"`
	Lead id.ID `json:"lead"` // result
}

// Name says which command this is.
func (c *Reopen) Name() string { return "task.reopen" }

// Allow lets those reopen who may plan.
func (c *Reopen) Allow(w act.Who) bool { return workers(w) }

// Target is the lead.
func (c *Reopen) Target() id.ID { return c.Lead }

// Check needs nothing.
func (c *Reopen) Check() error { return nil }

// Do opens the step.
func (c *Reopen) Do(ctx context.Context, tx *db.Tx) error {
	t, err := held(ctx, tx, c.Task, Done, Cancelled)
	if err != nil {
		return err
	}
	c.Lead = t.Lead
	return t.end(ctx, tx, Open, "")
}
