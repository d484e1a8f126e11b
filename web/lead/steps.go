package lead

import (
	"context"
	"net/url"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/task"
)

// stepForm is a next step as a person plans it.
type stepForm struct {
	Kind, Due, Time, Owner, Text string

	Kinds []string
}

func newStepForm() stepForm { return stepForm{Kind: task.Call, Kinds: task.Kinds} }

func (f *stepForm) fill(form url.Values) {
	f.Kind, f.Due, f.Time, f.Owner, f.Text = form.Get("kind"), form.Get("due_at"), form.Get("time"), form.Get("owner"), form.Get("text")
}

// step reads the form; without a time of the day it is for the whole day.
func (f *stepForm) step(r *page.Request) (s task.Step, err error) {
	s = task.Step{Kind: f.Kind, Text: f.Text}
	due := f.Due
	if due != "" && f.Time != "" {
		due += "T" + f.Time
	}
	if s.DueAt, s.AllDay, err = r.Moment(due, "due_at"); err != nil {
		return s, err
	}
	s.Owner, err = account(f.Owner, "owner")
	return s, err
}

// account reads the id of an account; 0 for "".
func account(text, path string) (number id.ID, err error) {
	if text == "" {
		return 0, nil
	}
	if number, err = id.Parse(text); err != nil {
		err = fault.New(fault.Invalid, "task.no_owner", nil).At(path)
	}
	return number, err
}

func planStep(r *page.Request) error {
	l, err := read(r, nil)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	f := newStepForm()
	f.fill(form)
	s, err := f.step(r)
	c := &task.Add{Lead: l.ID, Step: s}
	if err == nil {
		err = r.Run(c)
	}
	if err != nil {
		return again(r, func(v *view) { v.Plan = f }, err)
	}
	return r.Done(pageOf(l.ID, ""), "lead.done.planned", said(r, s), pageOf(l.ID, "/steps/"+c.Task.String()+"/cancel"))
}

func said(r *page.Request, s task.Step) fault.Args {
	return fault.Args{"kind": i18n.T(r.Lang, task.KindKey(s.Kind), nil), "due": dateOf(r, s.DueAt)}
}

// stepView is the form of a step that is changed.
type stepView struct {
	Lead   *lead.Lead
	Name   string
	Task   *task.Task
	Form   stepForm
	Owners []owner
}

const stepPage = page.Of[stepView]("lead/step.html")

func showStep(r *page.Request) error {
	v, err := readStep(r)
	if err != nil {
		return err
	}
	return stepPage.Show(r, v)
}

func readStep(r *page.Request) (v stepView, err error) {
	number, err := r.ID("step")
	if err != nil {
		return v, err
	}
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		people, err := findPeople(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range people.owners {
			v.Owners = append(v.Owners, owner{a.ID, a.Name})
		}
		if v.Task, err = task.ByID(ctx, tx, number); err == nil && v.Task.Lead != l.ID {
			err = fault.New(fault.NotFound, "task.none", nil)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	due := time.UnixMilli(v.Task.DueAt).In(r.Zone())
	v.Name = v.Lead.Called()
	v.Form = stepForm{Kind: v.Task.Kind, Due: due.Format(time.DateOnly), Text: v.Task.Text, Kinds: task.Kinds}
	if !v.Task.AllDay {
		v.Form.Time = due.Format("15:04")
	}
	if v.Task.Owner != 0 {
		v.Form.Owner = v.Task.Owner.String()
	}
	return v, nil
}

func changeStep(r *page.Request) error {
	v, err := readStep(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	v.Form.fill(form)
	s, err := v.Form.step(r)
	if err == nil {
		err = r.Run(&task.Change{Task: v.Task.ID, Kind: &s.Kind, DueAt: &s.DueAt, AllDay: &s.AllDay, Owner: &s.Owner, Text: &s.Text})
	}
	if err != nil {
		return stepPage.Again(r, v, err)
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.planned", said(r, s), "")
}

func finishStep(r *page.Request) error {
	return endStep(r, "lead.done.finished", func(step id.ID) act.Command { return &task.Finish{Task: step} })
}

func cancelStep(r *page.Request) error {
	return endStep(r, "lead.done.cancelled", func(step id.ID) act.Command { return &task.Cancel{Task: step} })
}

// endStep ends a step in a way that can be taken back.
func endStep(r *page.Request, key string, end func(id.ID) act.Command) error {
	v, err := readStep(r)
	if err != nil {
		return err
	}
	if err := r.Run(end(v.Task.ID)); err != nil {
		return err
	}
	return r.Done(pageOf(v.Lead.ID, ""), key, nil, pageOf(v.Lead.ID, "/steps/"+v.Task.ID.String()+"/reopen"))
}

func reopenStep(r *page.Request) error {
	v, err := readStep(r)
	if err != nil {
		return err
	}
	if err := r.Run(&task.Reopen{Task: v.Task.ID}); err != nil {
		return err
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.reopened", nil, "")
}
