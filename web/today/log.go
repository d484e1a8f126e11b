package today

import (
	"context"
	"net/url"
	"slices"
	"time"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/stage"
	"kizashi/task"
)

// question is what a result asks of the person, where there is no script to ask it on the list.
type question struct {
	Lead    *lead.Lead
	Result  string // the chosen one
	Results []task.Result
	Reasons []stage.Reason
	Form    url.Values
	To      string // the list that it leads back to
}

const askPage = page.Of[question]("today/ask.html")

// ask is the page on which a result is logged with all it asks.
func ask(r *page.Request) error {
	q, err := questionOf(r)
	if err != nil {
		return err
	}
	return askPage.Show(r, q)
}

func questionOf(r *page.Request) (q question, err error) {
	who, err := r.ID("lead")
	if err != nil {
		return q, err
	}
	q = question{Result: r.URL.Query().Get("result"), Results: task.Results, Reasons: stage.Reasons, Form: url.Values{}, To: listOf(r)}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		q.Lead, err = lead.ByID(ctx, tx, who)
		return err
	})
	return q, err
}

// logResult logs what came of a contact, with all that usually follows.
func logResult(r *page.Request) error {
	q, err := questionOf(r)
	if err != nil {
		return err
	}
	if q.Form, err = r.Form(); err != nil {
		return err
	}
	q.Result = q.Form.Get("result")
	c := &task.Log{Lead: q.Lead.ID, Result: q.Result, Note: q.Form.Get("note"), Usual: true, Reason: q.Form.Get("reason")}
	if c.Result == "" {
		c.Kind = task.Note
	}
	if c.When, _, err = r.Moment(q.Form.Get("when"), "when"); err == nil {
		err = r.Run(c)
	}
	if err != nil {
		return askPage.Again(r, q, err)
	}
	return done(r, q.Lead, c)
}

// done says what was logged and what comes next, with the way back.
func done(r *page.Request, l *lead.Lead, c *task.Log) error {
	what := i18n.T(r.Lang, task.KindKey(c.Kind), nil)
	if result := task.FindResult(c.Result); result != nil {
		what = i18n.T(r.Lang, result.Key(), nil)
	}
	name := l.Called()
	undo := "/today/activities/" + c.Activity.String() + "/undo?" + url.Values{"view": {viewOf(r)}}.Encode()
	if c.Step == nil || c.Next == 0 {
		return r.Done(listOf(r), "today.logged", fault.Args{"name": name, "what": what}, undo)
	}
	due := time.UnixMilli(c.Step.DueAt).In(r.Zone()).Format("1/2 15:04")
	if c.Step.AllDay {
		due = time.UnixMilli(c.Step.DueAt).In(r.Zone()).Format("1/2")
	}
	return r.Done(listOf(r), "today.logged_next", fault.Args{"name": name, "what": what, "due": due,
		"next": i18n.T(r.Lang, task.KindKey(c.Step.Kind), nil)}, undo)
}

// takeBack undoes what was logged.
func takeBack(r *page.Request) error {
	activity, err := r.ID("activity")
	if err != nil {
		return err
	}
	if err := r.Run(&task.Unlog{Activity: activity}); err != nil {
		return err
	}
	return r.Done(listOf(r), "today.taken_back", nil, "")
}

// viewOf is the part of the list that the person works through; "" for their usual one.
func viewOf(r *page.Request) string {
	if view := r.URL.Query().Get("view"); slices.Contains(views, view) {
		return view
	}
	return ""
}

// listOf is its address.
func listOf(r *page.Request) string {
	if view := viewOf(r); view != "" {
		return "/?view=" + view
	}
	return "/"
}
