package task

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// Log writes down what somebody did with a lead, and what follows, in one go. With Usual, what usually
// follows the result is done wherever nothing else is said: number keys need no more than the code, and
// When for those that ask a date.
type Log struct {
	Lead    id.ID  `json:"lead"`
	Kind    string `json:"kind"`    // one of Activities; "" = that of the result
	Result  string `json:"result"`  // a code of Results; "" = none
	Note    string `json:"note"`    // in words
	Minutes int    `json:"minutes"` // 0 = not said
	At      int64  `json:"at"`      // ms UTC; 0 = now

	Usual  bool   `json:"usual"`
	When   int64  `json:"when"`   // ms UTC: the answer where the result asks a date
	Step   *Step  `json:"step"`   // the next step
	Status string `json:"status"` // work status
	Task   id.ID  `json:"task"`   // the step that is done by this; with Usual, the one that is due
	Stage  string `json:"stage"`  // where the lead goes
	Reason string `json:"reason"` // of the stage: a code of stage.Reasons where it needs one
	Refuse string `json:"refuse"` // what they refuse: consent.Call or consent.All

	Activity id.ID `json:"activity"` // result: the id of its event
	Next     id.ID `json:"next"`     // result: the step that was planned
}

// Name says which command this is.
func (c *Log) Name() string { return "task.log" }

// Allow lets those log who work with leads.
func (c *Log) Allow(w act.Who) bool { return workers(w) }

// Target is the lead.
func (c *Log) Target() id.ID { return c.Lead }

// Check looks at what can be known without the lead, and fills in what the result says.
func (c *Log) Check() error {
	c.Note = strings.TrimSpace(c.Note)
	var found fault.Many
	refuse := func(path, key string, args fault.Args) {
		found = append(found, fault.New(fault.Invalid, key, args).At(path))
	}
	r := FindResult(c.Result)
	switch {
	case c.Result != "" && r == nil:
		refuse("result", "task.unknown_result", fault.Args{"results": strings.Join(codes(), ", ")})
	case r != nil && c.Kind == "":
		c.Kind = r.Kind
	}
	if !slices.Contains(Activities, c.Kind) {
		found = append(found, unknownKind(Activities).At("kind"))
	}
	if utf8.RuneCountInString(c.Note) > maxNote {
		refuse("note", "fault.too_long", fault.Args{"limit": maxNote})
	}
	if c.Kind == Note && c.Note == "" {
		refuse("note", "fault.required", nil)
	}
	if c.Minutes < 0 || c.Minutes > maxMinutes {
		refuse("minutes", "task.minutes", nil)
	}
	if c.Status != "" && !slices.Contains(lead.Statuses, c.Status) {
		refuse("status", "lead.bad_status", fault.Args{"status": c.Status})
	}
	if c.Refuse != "" && c.Refuse != consent.Call && c.Refuse != consent.All {
		refuse("refuse", "task.refuse", nil)
	}
	if c.Step != nil {
		found = append(found, c.Step.check("step.")...)
	}
	if c.Usual && r != nil && r.Must {
		found = append(found, c.answered(r)...)
	}
	return found.OrNil()
}

// answered tells what a result asks and was not given.
func (c *Log) answered(r *Result) (found fault.Many) {
	switch {
	case r.Asks == AsksDate && c.When <= 0 && c.Step == nil:
		found = append(found, fault.New(fault.Invalid, "task.needs_date", nil).At("when"))
	case r.Asks == AsksReason && c.Reason == "":
		found = append(found, fault.New(fault.Invalid, "task.needs_reason", nil).At("reason"))
	}
	return found
}

func codes() []string {
	list := make([]string, len(Results))
	for i := range Results {
		list[i] = Results[i].Code
	}
	return list
}

// before is what an activity changed, so that it can be taken back.
type before struct {
	Status  [2]string     `json:"status,omitzero"` // was, became
	Answer  int64         `json:"answer_by,omitempty"`
	Planned id.ID         `json:"planned,omitempty"`
	Done    id.ID         `json:"done,omitempty"`
	Refusal id.ID         `json:"refusal,omitempty"`
	Stage   *stage.Before `json:"stage,omitempty"`
}

// Do logs: event, work status, steps, refusal, stage.
func (c *Log) Do(ctx context.Context, tx *db.Tx) error {
	l, err := hold(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	c.Lead = l.ID
	if c.At == 0 {
		c.At = tx.Now
	}
	if c.At > tx.Now+2*clock.Minute || c.At < l.CreatedAt-10*366*clock.Day {
		return fault.New(fault.Invalid, "task.at", nil).At("at")
	}
	if c.Usual {
		if err := c.usual(ctx, tx, l); err != nil {
			return err
		}
	}
	var was before
	if err := c.appendEvent(ctx, tx, l, &was); err != nil {
		return err
	}
	for _, do := range []func(context.Context, *db.Tx, *lead.Lead, *before) error{c.setStatus, c.steps, c.refuse, c.move} {
		if err := do(ctx, tx, l, &was); err != nil {
			return err
		}
	}
	return c.keep(ctx, tx, was)
}

// usual fills in what usually follows the result.
func (c *Log) usual(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
	if c.Task == 0 && c.Kind != Note {
		if err := c.fulfils(ctx, tx); err != nil {
			return err
		}
	}
	if c.Result == "" {
		return nil
	}
	p, err := Propose(ctx, tx, l.ID, c.Result)
	if err != nil {
		return err
	}
	r := p.Result
	if c.Status == "" {
		c.Status = r.Status
	}
	if c.Refuse == "" {
		c.Refuse = r.Refuse
	}
	if c.Step == nil && p.Step != nil {
		c.Step = p.Step
		if r.Asks == AsksDate && c.When != 0 {
			c.Step.DueAt, c.Step.AllDay = c.When, false
		}
	}
	if c.Stage == "" && r.Stage != "" {
		c.Stage = r.Stage
		if c.Reason == "" {
			c.Reason = r.Reason
		}
	}
	return nil
}

// fulfils finds the step that was due: the lead's next one, if it is due by the end of today.
func (c *Log) fulfils(ctx context.Context, tx *db.Tx) error {
	open, _, err := stage.CalendarOf(ctx, tx)
	if err != nil {
		return err
	}
	next, err := NextOf(ctx, tx, []id.ID{c.Lead})
	if t := next[c.Lead]; err == nil && t != nil && t.DueAt < open.Midnight(tx.Now, 1) {
		c.Task = t.ID
	}
	return err
}

// Propose is what usually follows a result of a lead, now; Invalid for an unknown code.
func Propose(ctx context.Context, tx *db.Tx, who id.ID, code string) (Proposal, error) {
	r := FindResult(code)
	if r == nil {
		return Proposal{}, fault.New(fault.Invalid, "task.unknown_result", fault.Args{"results": strings.Join(codes(), ", ")}).At("result")
	}
	open, perDay, err := stage.CalendarOf(ctx, tx)
	if err != nil {
		return Proposal{}, err
	}
	attempts, err := inVain(ctx, tx, who)
	return r.propose(&open, perDay, tx.Now, attempts), err
}

// inVain counts the attempts since somebody was last reached.
func inVain(ctx context.Context, tx *db.Tx, who id.ID) (attempts int, err error) {
	reached := false
	err = tx.Each(ctx, `SELECT result FROM activity WHERE lead = $1 AND kind = 'call' ORDER BY id DESC LIMIT 20`, []any{who},
		func(scan func(...any) error) error {
			var code string
			err := scan(&code)
			if reached = reached || !slices.Contains(unanswered, code); !reached {
				attempts++
			}
			return err
		})
	return attempts, err
}

// appendEvent lets the state count what was done.
func (c *Log) appendEvent(ctx context.Context, tx *db.Tx, l *lead.Lead, was *before) error {
	who := act.By(ctx)
	props, err := json.Marshal(struct {
		Result  string `json:"result,omitempty"`
		Note    string `json:"note,omitempty"`
		Minutes int    `json:"minutes,omitempty"`
		By      id.ID  `json:"by,omitempty"`
		ByName  string `json:"by_name,omitempty"`
	}{c.Result, c.Note, c.Minutes, who.ID, who.Name})
	if err != nil {
		return err
	}
	c.Activity = tx.NewID()
	kind := eventKinds[c.Kind]
	channel := c.Kind
	if c.Kind == Call {
		channel = "phone"
	}
	tx.Post(event.Logged{Event: &event.Event{
		ID: c.Activity, At: min(c.At, tx.Now), Lead: l.ID, Who: l.ID, Kind: kind, Tag: event.TagOf(kind), Channel: channel, Props: props,
	}})
	was.Answer, err = answerBy(ctx, tx, l.ID)
	return err
}

func (c *Log) setStatus(ctx context.Context, tx *db.Tx, l *lead.Lead, was *before) error {
	if c.Status == "" || c.Status == l.Status {
		return nil
	}
	was.Status = [2]string{l.Status, c.Status}
	_, err := lead.AlterOne(ctx, tx, l.ID, func(l *lead.Lead) { l.Status = c.Status })
	return err
}

// steps ends the step that is done by this and plans the next one.
func (c *Log) steps(ctx context.Context, tx *db.Tx, l *lead.Lead, was *before) error {
	if c.Task != 0 {
		t, err := held(ctx, tx, c.Task, Open)
		if err != nil {
			return err
		}
		if t.Lead != l.ID {
			return fault.New(fault.Invalid, "task.other_lead", nil).At("task")
		}
		was.Done = t.ID
		if err := t.end(ctx, tx, Done, c.Result); err != nil {
			return err
		}
	}
	if c.Step == nil {
		return nil
	}
	var err error
	if c.Next, err = plan(ctx, tx, l, *c.Step); err != nil {
		return err
	}
	was.Planned = c.Next
	return Refresh(ctx, tx, []id.ID{l.ID})
}

func (c *Log) refuse(ctx context.Context, tx *db.Tx, l *lead.Lead, was *before) error {
	if c.Refuse == "" {
		return nil
	}
	rows := []consent.Entry{{Lead: l.ID, Purpose: c.Refuse, Source: c.Kind, Wording: c.Note}}
	if c.Refuse == consent.All && was.Stage == nil {
		kept, err := stage.Keep(ctx, tx, l) // it excludes the lead
		if err != nil {
			return err
		}
		was.Stage = &kept
	}
	err := consent.Add(ctx, tx, rows)
	was.Refusal = rows[0].ID
	return err
}

// move runs the command for stages as the same person: what they may not do there, they may not do here.
func (c *Log) move(ctx context.Context, tx *db.Tx, l *lead.Lead, was *before) error {
	now, err := stage.Of(ctx, tx, l.ID)
	if err != nil || c.Stage == "" || c.Stage == now {
		return err
	}
	m := &stage.Move{Lead: l.ID, To: c.Stage, Reason: c.Reason, Note: c.Note, Until: c.When}
	if !m.Allow(act.By(ctx)) {
		return fault.New(fault.Forbidden, "stage.not_yours", fault.Args{"stage": c.Stage})
	}
	if err := m.Check(); err != nil {
		return err
	}
	if was.Stage == nil {
		kept, err := stage.Keep(ctx, tx, l)
		if err != nil {
			return err
		}
		was.Stage = &kept
	}
	if err := m.Do(ctx, tx); err != nil {
		return err
	}
	was.Stage.Change, err = stage.Newest(ctx, tx, l.ID)
	return err
}

func (c *Log) keep(ctx context.Context, tx *db.Tx, was before) error {
	text, err := json.Marshal(was)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO activity (id, lead, kind, result, who, logged_at, before) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.Activity, c.Lead, c.Kind, c.Result, act.By(ctx).ID, tx.Now, string(text))
	return err
}
