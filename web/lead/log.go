package lead

import (
	"net/url"

	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/page"
	"kizashi/stage"
	"kizashi/task"
)

// logForm is what a person writes down of a contact: five fields at most.
type logForm struct {
	Kind, Result, When, Reason, Note string

	Kinds   []string
	Results []task.Result
	Reasons []stage.Reason
}

func newLogForm() logForm {
	return logForm{Kind: task.Call, Kinds: task.Activities, Results: task.Results, Reasons: stage.ReasonsFor(stage.Disqualified)}
}

func (f *logForm) fill(form url.Values) {
	f.Kind, f.Result, f.When, f.Reason, f.Note = form.Get("kind"), form.Get("result"), form.Get("when"), form.Get("reason"), form.Get("note")
}

// command is the form as what it does. A date that the result does not ask for is that of the next step.
func (f *logForm) command(r *page.Request, l id.ID) (*task.Log, error) {
	c := &task.Log{Lead: l, Kind: f.Kind, Note: f.Note, Usual: true}
	if f.Kind == task.Call || f.Kind == task.Mail {
		c.Result, c.Reason = f.Result, f.Reason
	}
	when, allDay, err := r.Moment(f.When, "when")
	if err != nil || when == 0 {
		return c, err
	}
	known := task.FindResult(c.Result)
	if c.When = when; known == nil || known.Asks != task.AsksDate {
		c.Step = &task.Step{Kind: task.Call, DueAt: when, AllDay: allDay}
		if known != nil && known.Next != "" {
			c.Step.Kind = known.Next
		}
	}
	return c, nil
}

// logActivity writes down what was done, with all that usually follows.
func logActivity(r *page.Request) error {
	l, err := read(r, nil)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	f := newLogForm()
	f.fill(form)
	c, err := f.command(r, l.ID)
	if err == nil {
		err = r.Run(c)
	}
	if err != nil {
		return again(r, func(v *view) { v.Log = f }, err)
	}
	what := i18n.T(r.Lang, task.KindKey(c.Kind), nil)
	if known := task.FindResult(c.Result); known != nil {
		what = i18n.T(r.Lang, known.Key(), nil)
	}
	undo := pageOf(l.ID, "/activities/"+c.Activity.String()+"/undo")
	if c.Next == 0 {
		return r.Done(pageOf(l.ID, ""), "lead.done.logged", fault.Args{"what": what}, undo)
	}
	return r.Done(pageOf(l.ID, ""), "lead.done.logged_next", fault.Args{"what": what, "due": dateOf(r, c.Step.DueAt),
		"next": i18n.T(r.Lang, task.KindKey(c.Step.Kind), nil)}, undo)
}

// unlogActivity takes it back.
func unlogActivity(r *page.Request) error {
	activity, err := r.ID("activity")
	if err != nil {
		return err
	}
	c := &task.Unlog{Activity: activity}
	if err := r.Run(c); err != nil {
		return err
	}
	return r.Done(pageOf(c.Lead, ""), "lead.done.taken_back", nil, "")
}

// classify says who made a hit after all (X11).
func classify(r *page.Request) error {
	number, err := r.ID("event")
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	name := form.Get("class")
	if name == "" {
		name = r.URL.Query().Get("class") // from the way back
	}
	class, known := event.ParseClass(name)
	if !known {
		return fault.New(fault.Invalid, "lead.bad_class", nil)
	}
	l, err := read(r, nil)
	if err != nil {
		return err
	}
	was, err := classOf(r, number)
	if err != nil {
		return err
	}
	if err := r.Run(&fold.Classify{Engine: r.Engine(), Event: number, Class: class}); err != nil {
		return err
	}
	undo := pageOf(l.ID, "/events/"+number.String()+"/class?class="+was.String())
	return r.Done(pageOf(l.ID, ""), "lead.done.classified", fault.Args{"class": i18n.T(r.Lang, class.Key(), nil)}, undo)
}
