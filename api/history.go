package api

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/report"
	"kizashi/stage"
)

// timelineJSON is something that happened to a lead.
type timelineJSON struct {
	Type  string         `json:"type" enum:"event,stage,merge,unmerge"`
	At    time.Time      `json:"at"`
	Event *eventJSON     `json:"event,omitempty"`
	Stage *stageStepJSON `json:"stage,omitempty"`
	Merge *mergeJSON     `json:"merge,omitempty"`
}

// eventJSON is an event as the API shows it.
type eventJSON struct {
	ID         id.ID          `json:"id"`
	At         time.Time      `json:"at"`
	Kind       string         `json:"kind"`
	Tag        string         `json:"tag,omitempty" doc:"A second kind that the address of the page earns it." example:"price_view"`
	Class      string         `json:"class" enum:"human,bot,scanner,excess" doc:"Only what humans did counts. excess: it came with a public key above the limits of what counts."`
	Channel    string         `json:"channel"`
	Subject    string         `json:"subject"`
	Message    string         `json:"message" doc:"The sender's id."`
	Corrected  string         `json:"corrected,omitempty" enum:"future,ancient" doc:"Why it bears the time of its arrival."`
	Lead       *id.ID         `json:"lead" doc:"Null while the visitor is anonymous."`
	Properties jsontext.Value `json:"properties"`
}

func showEvent(e *event.Event, lead id.ID) *eventJSON {
	shown := &eventJSON{
		ID: e.ID, At: clock.Time(e.At), Kind: e.Kind, Tag: e.Tag, Class: e.Class.String(), Channel: e.Channel,
		Subject: e.Subject, Message: e.Message, Properties: jsontext.Value(e.Props),
	}
	if lead != 0 {
		shown.Lead = &lead
	}
	if len(e.Props) == 0 {
		shown.Properties = jsontext.Value(`{}`)
	}
	switch {
	case e.Marks&event.MarkFuture != 0:
		shown.Corrected = "future"
	case e.Marks&event.MarkAncient != 0:
		shown.Corrected = "ancient"
	}
	return shown
}

// stageStepJSON is a change of stage.
type stageStepJSON struct {
	ID     id.ID          `json:"id"`
	At     time.Time      `json:"at"`
	Was    string         `json:"was"`
	Became string         `json:"became"`
	Reason string         `json:"reason" doc:"gate or wake for a rule, else what the person gave."`
	Who    *id.ID         `json:"who" doc:"Account or key; null for a rule."`
	Name   string         `json:"name" doc:"Of the account or key."`
	Detail jsontext.Value `json:"detail" doc:"The report of the gate, or note and until."`
}

func showStage(c report.StageChange) stageStepJSON {
	shown := stageStepJSON{
		ID: c.ID, At: clock.Time(c.At), Was: c.Was, Became: c.Became, Reason: c.Reason, Name: c.WhoName,
		Detail: jsontext.Value(c.Detail),
	}
	if c.Who != 0 {
		shown.Who = &c.Who
	}
	if c.Detail == "" {
		shown.Detail = jsontext.Value(`{}`)
	}
	return shown
}

// mergeJSON is the joining of two leads.
type mergeJSON struct {
	Winner id.ID `json:"winner"`
	Loser  id.ID `json:"loser"`
}

func showItem(item report.TimelineItem) timelineJSON {
	shown := timelineJSON{At: clock.Time(item.At)}
	switch {
	case item.Event != nil:
		shown.Type, shown.Event = "event", showEvent(item.Event, item.Event.Lead)
	case item.Stage != nil:
		step := showStage(*item.Stage)
		shown.Type, shown.Stage = "stage", &step
	default:
		shown.Type, shown.Merge = "merge", &mergeJSON{item.Merge.Winner, item.Merge.Loser}
		if item.Merge.Undone {
			shown.Type = "unmerge"
		}
	}
	return shown
}

func (s *service) timeline(ctx context.Context, in *struct {
	One
	Page
}) (*output[list[timelineJSON]], error) {
	var items []report.TimelineItem
	var next string
	err := s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		items, next, err = report.Timeline(ctx, tx, s.Engine, l.ID, report.Everything(in.After, in.size()))
		return err
	})
	return answer(list[timelineJSON]{each(items, showItem), next}), err
}

func (s *service) listStages(ctx context.Context, in *struct {
	One
	Page
}) (*output[list[stageStepJSON]], error) {
	before, err := report.ReadPlace(in.After)
	if err != nil {
		return nil, err
	}
	var found []report.StageChange
	err = s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		found, err = report.Stages(ctx, tx, l.ID, before, in.size()+1)
		return err
	})
	page := cut(found, in.size(), func(c report.StageChange) string { return event.Place{At: c.At, ID: c.ID}.String() })
	return answer(list[stageStepJSON]{Items: each(page.Items, showStage), Next: page.Next}), err
}

type stageBody struct {
	To     string     `json:"to" enum:"lead,mql,tql,sal,sql,won,lost,recycled,disqualified"`
	Reason string     `json:"reason,omitempty" doc:"A code for recycled and disqualified (the error lists them), else words." example:"timing"`
	Note   string     `json:"note,omitempty"`
	Until  *time.Time `json:"until,omitempty" doc:"When they will buy, or their contract ends."`
}

// movedJSON is a lead after its move.
type movedJSON struct {
	LeadDetail
	Was string `json:"was" doc:"The stage before."`
}

func (s *service) moveLead(ctx context.Context, in *struct {
	One
	Body posted[stageBody]
}) (*output[movedJSON], error) {
	b := in.Body.Value
	move := &stage.Move{Lead: in.ID.ID, To: b.To, Reason: b.Reason, Note: b.Note}
	if b.Until != nil {
		move.Until = b.Until.UnixMilli()
	}
	if err := s.run(ctx, move); err != nil {
		return nil, err
	}
	read, err := s.getLead(ctx, &in.One)
	if err != nil {
		return nil, err
	}
	return answer(movedJSON{read.Body, move.Was}), nil
}
