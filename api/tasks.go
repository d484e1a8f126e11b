package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/report"
	"kizashi/task"
)

func (s *service) taskOperations(a huma.API) {
	register(a, operation{id: "listTasks", method: http.MethodGet, path: "/leads/{id}/tasks", summary: "The next steps with a lead, the earliest first"}, s.listTasks)
	register(a, operation{id: "addTask", method: http.MethodPost, path: "/leads/{id}/tasks", summary: "Plan a next step", status: http.StatusCreated}, s.addTask)
	register(a, operation{id: "listDueTasks", method: http.MethodGet, path: "/tasks", summary: "Open steps that fall due, the most urgent first"}, s.listDue)
	register(a, operation{id: "changeTask", method: http.MethodPatch, path: "/tasks/{id}", summary: "Plan a step anew: what is given changes", conflict: true}, s.changeTask)
	register(a, operation{id: "finishTask", method: http.MethodPost, path: "/tasks/{id}/done", summary: "Say that a step was done", conflict: true}, s.finishTask)
	register(a, operation{id: "cancelTask", method: http.MethodPost, path: "/tasks/{id}/cancel", summary: "Say that a step is not needed any more", conflict: true}, s.cancelTask)
	register(a, operation{id: "reopenTask", method: http.MethodPost, path: "/tasks/{id}/reopen", summary: "Take done or cancel back", conflict: true}, s.reopenTask)
	register(a, operation{id: "listResults", method: http.MethodGet, path: "/activities/results", summary: "What can come of an activity, and what usually follows"}, s.listResults)
	register(a, operation{id: "addActivity", method: http.MethodPost, path: "/leads/{id}/activities", summary: "Log a call, mail, visit, meeting or note, with all that follows",
		status: http.StatusCreated, conflict: true, describe: "With usual, what usually follows the result is done wherever nothing else is said."}, s.addActivity)
	register(a, operation{id: "removeActivity", method: http.MethodDelete, path: "/activities/{id}", summary: "Take an activity back, within ten minutes, with all that followed"}, s.removeActivity)
	register(a, operation{id: "listNotices", method: http.MethodGet, path: "/notices", summary: "What one should know, newest first"}, s.listNotices)
	register(a, operation{id: "readNotices", method: http.MethodPost, path: "/notices/read", summary: "Mark one's own notices as read"}, s.readNotices)
}

func (s *service) listTasks(ctx context.Context, in *struct {
	One
	Page
	Ended bool `query:"ended" doc:"Those that are done or cancelled, too."`
}) (*output[list[report.TaskJSON]], error) {
	after, err := report.ReadPlace(in.After)
	if err != nil {
		return nil, err
	}
	var shown list[report.TaskJSON]
	err = s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		found, err := task.OfLead(ctx, tx, l.ID, in.Ended, after.At, after.ID, in.size()+1)
		page := cut(found, in.size(), func(t *task.Task) string { return event.Place{At: t.DueAt, ID: t.ID}.String() })
		shown = list[report.TaskJSON]{Items: each(page.Items, report.ShowTask), Next: page.Next}
		return err
	})
	return answer(shown), err
}

// stepBody is a step as a caller plans it.
type stepBody struct {
	Kind   string    `json:"kind" enum:"call,mail,meeting,visit,send,other"`
	DueAt  time.Time `json:"due_at"`
	AllDay bool      `json:"all_day,omitempty"`
	Owner  id.ID     `json:"owner,omitempty" doc:"An account; without it, the caller, or for keys the owner of the lead."`
	Text   string    `json:"text,omitempty"`
}

func (b stepBody) step() task.Step {
	return task.Step{Kind: b.Kind, DueAt: sinceEpoch(b.DueAt), AllDay: b.AllDay, Owner: b.Owner, Text: b.Text}
}

// sinceEpoch is a time in ms UTC; 0 where none was given.
func sinceEpoch(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (s *service) addTask(ctx context.Context, in *struct {
	One
	Body posted[stepBody]
}) (*output[report.TaskJSON], error) {
	add := &task.Add{Lead: in.ID.ID, Step: in.Body.Value.step()}
	if err := s.run(ctx, add); err != nil {
		return nil, err
	}
	return s.getTask(ctx, add.Task)
}

func (s *service) getTask(ctx context.Context, number id.ID) (*output[report.TaskJSON], error) {
	var shown report.TaskJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		t, err := task.ByID(ctx, tx, number)
		if err == nil {
			shown = report.ShowTask(t)
		}
		return err
	})
	return answer(shown), err
}

func (s *service) listDue(ctx context.Context, in *struct {
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many items, at most."`
	Days  int    `query:"days" minimum:"0" maximum:"366" default:"7" doc:"How far ahead; late ones are always there."`
	Owner string `query:"owner" doc:"An account; none: of nobody; all: everybody's. Without it, one's own."`
}) (*output[list[report.TaskJSON]], error) {
	self := act.By(ctx).ID
	owner := &self
	switch in.Owner {
	case "":
	case "all":
		owner = nil
	case "none":
		owner = new(id.ID)
	default:
		number, err := id.Parse(in.Owner)
		if err != nil {
			return nil, at("owner", err)
		}
		owner = &number
	}
	shown := list[report.TaskJSON]{Items: []report.TaskJSON{}}
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := task.Due(ctx, tx, owner, tx.Now+int64(in.Days)*clock.Day, in.Limit)
		shown.Items = each(found, report.ShowTask)
		return err
	})
	return answer(shown), err
}

type stepChange struct {
	Kind   *string    `json:"kind,omitempty" enum:"call,mail,meeting,visit,send,other"`
	DueAt  *time.Time `json:"due_at,omitempty"`
	AllDay *bool      `json:"all_day,omitempty"`
	Owner  *id.ID     `json:"owner,omitempty"`
	Text   *string    `json:"text,omitempty"`
}

func (s *service) changeTask(ctx context.Context, in *struct {
	One
	Body posted[stepChange]
}) (*output[report.TaskJSON], error) {
	b := in.Body.Value
	change := &task.Change{Task: in.ID.ID, Kind: b.Kind, AllDay: b.AllDay, Owner: b.Owner, Text: b.Text}
	if b.DueAt != nil {
		due := sinceEpoch(*b.DueAt)
		change.DueAt = &due
	}
	return s.ran(ctx, change, in.ID.ID)
}

func (s *service) ran(ctx context.Context, c act.Command, number id.ID) (*output[report.TaskJSON], error) {
	if err := s.run(ctx, c); err != nil {
		return nil, err
	}
	return s.getTask(ctx, number)
}

type endBody struct {
	Result string `json:"result,omitempty" doc:"What came of it, or why it is not needed."`
}

type endInput struct {
	One
	Body posted[endBody]
}

func (s *service) finishTask(ctx context.Context, in *endInput) (*output[report.TaskJSON], error) {
	return s.ran(ctx, &task.Finish{Task: in.ID.ID, Result: in.Body.Value.Result}, in.ID.ID)
}

func (s *service) cancelTask(ctx context.Context, in *endInput) (*output[report.TaskJSON], error) {
	return s.ran(ctx, &task.Cancel{Task: in.ID.ID, Reason: in.Body.Value.Result}, in.ID.ID)
}

func (s *service) reopenTask(ctx context.Context, in *One) (*output[report.TaskJSON], error) {
	return s.ran(ctx, &task.Reopen{Task: in.ID.ID}, in.ID.ID)
}

// resultJSON is what can come of an activity.
type resultJSON struct {
	Code   string `json:"code"`
	Words  string `json:"words"`
	Digit  int    `json:"digit" doc:"The number key; 0: none."`
	Kind   string `json:"kind" enum:"call,mail,visit,meeting,note"`
	Status string `json:"status" doc:"The work status that follows."`
	Next   string `json:"next" doc:"The kind of the step that follows; empty: none."`
	Asks   string `json:"asks" enum:"date,reason,note,"`
	Must   bool   `json:"must" doc:"What it asks must be given."`
	Stage  string `json:"stage" doc:"Where the lead goes; empty: it stays."`
	Refuse string `json:"refuse" doc:"What the person refuses."`
}

func (s *service) listResults(ctx context.Context, _ *struct{}) (*output[list[resultJSON]], error) {
	return answer(list[resultJSON]{Items: each(task.Results, func(r task.Result) resultJSON {
		return resultJSON{r.Code, i18n.T(speech(ctx), r.Key(), nil), r.Digit, r.Kind, r.Status, r.Next, r.Asks, r.Must, r.Stage, r.Refuse}
	})}), nil
}

// activityBody is an activity as a caller logs it.
type activityBody struct {
	Kind    string     `json:"kind,omitempty" enum:"call,mail,visit,meeting,note" doc:"May be left out where the result tells it."`
	Result  string     `json:"result,omitempty" example:"no_answer"`
	Note    string     `json:"note,omitempty"`
	Minutes int        `json:"minutes,omitempty"`
	At      *time.Time `json:"at,omitempty" doc:"Without it, now."`
	Usual   bool       `json:"usual,omitempty"`
	When    *time.Time `json:"when,omitempty" doc:"The date that a result asks."`
	Step    *stepBody  `json:"step,omitempty" doc:"The next step."`
	Status  string     `json:"status,omitempty" enum:"untouched,trying,talked,meeting_set,on_hold"`
	Task    id.ID      `json:"task,omitempty" doc:"The step that is done by this."`
	Stage   string     `json:"stage,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Refuse  string     `json:"refuse,omitempty" enum:"call,all"`
}

// activityJSON is what was logged.
type activityJSON struct {
	ID   id.ID            `json:"id" doc:"Of its event, too."`
	Next *report.TaskJSON `json:"next" doc:"The step that was planned."`
}

func (s *service) addActivity(ctx context.Context, in *struct {
	One
	Body posted[activityBody]
}) (*output[activityJSON], error) {
	b := in.Body.Value
	c := &task.Log{Lead: in.ID.ID, Kind: b.Kind, Result: b.Result, Note: b.Note, Minutes: b.Minutes, Usual: b.Usual,
		Status: b.Status, Task: b.Task, Stage: b.Stage, Reason: b.Reason, Refuse: b.Refuse}
	if b.At != nil {
		c.At = sinceEpoch(*b.At)
	}
	if b.When != nil {
		c.When = sinceEpoch(*b.When)
	}
	if b.Step != nil {
		step := b.Step.step()
		c.Step = &step
	}
	if err := s.run(ctx, c); err != nil {
		return nil, err
	}
	shown := activityJSON{ID: c.Activity}
	if c.Next != 0 {
		next, err := s.getTask(ctx, c.Next)
		if err != nil {
			return nil, err
		}
		shown.Next = &next.Body
	}
	return answer(shown), nil
}

func (s *service) removeActivity(ctx context.Context, in *One) (*struct{}, error) {
	return nil, s.run(ctx, &task.Unlog{Activity: in.ID.ID})
}

// noticeJSON is something that one should know.
type noticeJSON struct {
	ID     id.ID      `json:"id"`
	Kind   string     `json:"kind" enum:"hot,late,offered,returned,overdue,untouched"`
	Words  string     `json:"words"`
	Lead   *id.ID     `json:"lead"`
	At     time.Time  `json:"at"`
	ReadAt *time.Time `json:"read_at"`
}

func showNotice(n task.Notice, lang i18n.Lang) noticeJSON {
	args := fault.Args{}
	for name, value := range n.Args {
		args[name] = value
	}
	shown := noticeJSON{ID: n.ID, Kind: n.Kind, Words: i18n.T(lang, task.NoticeKey(n.Kind), args), At: clock.Time(n.At), ReadAt: moment(n.ReadAt)}
	if n.Lead != 0 {
		shown.Lead = &n.Lead
	}
	return shown
}

func (s *service) listNotices(ctx context.Context, in *struct {
	Page
	Unread bool `query:"unread" doc:"Only those that were not read."`
}) (*output[list[noticeJSON]], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	var found []task.Notice
	err = s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = task.Notices(ctx, tx, act.By(ctx).ID, in.Unread, before, in.size()+1)
		return err
	})
	shown := cut(found, in.size(), func(n task.Notice) string { return n.ID.String() })
	return answer(list[noticeJSON]{Next: shown.Next, Items: each(shown.Items, func(n task.Notice) noticeJSON { return showNotice(n, speech(ctx)) })}), err
}

type readBody struct {
	Notices []id.ID `json:"notices,omitempty" doc:"Without any, all."`
}

func (s *service) readNotices(ctx context.Context, in *struct{ Body posted[readBody] }) (*struct{}, error) {
	return nil, s.run(ctx, &task.Read{Notices: in.Body.Value.Notices})
}
