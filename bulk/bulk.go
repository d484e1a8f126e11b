// Package bulk does one thing to many leads, each by the same command as on the lead's own page, and can
// take it back: it keeps what each lead was like before. Few are changed at once, many by a job.
package bulk

import (
	"kizashi/act"
	"kizashi/company"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// MaxLeads is how many leads one change takes.
const MaxLeads = 10_000

// AtOnce is how many leads are changed while the person waits.
const AtOnce = 50

// What can be done to many leads.
const (
	Assign  = "assign"
	Tag     = "tag"
	Untag   = "untag"
	Move    = "stage"
	Exclude = "exclude"
)

// Act is what is done to each lead.
type Act struct {
	Kind     string `json:"kind"`
	Owner    id.ID  `json:"owner,omitempty"` // of Assign; 0 = nobody
	Tag      string `json:"tag,omitempty"`
	To       string `json:"to,omitempty"` // of Move
	Reason   string `json:"reason,omitempty"`
	Note     string `json:"note,omitempty"`
	Until    int64  `json:"until,omitempty"`    // ms UTC
	Excluded string `json:"excluded,omitempty"` // of Exclude; "" = a lead again
}

// on is the command that does it to one lead; nil if the kind is none.
func (a *Act) on(who id.ID) act.Command {
	switch a.Kind {
	case Assign:
		return &lead.Change{ID: who, Owner: &a.Owner}
	case Tag:
		return &lead.Tag{Leads: []id.ID{who}, Add: []string{a.Tag}}
	case Untag:
		return &lead.Tag{Leads: []id.ID{who}, Remove: []string{a.Tag}}
	case Move:
		return &stage.Move{Lead: who, To: a.To, Reason: a.Reason, Note: a.Note, Until: a.Until}
	case Exclude:
		return &lead.Change{ID: who, Excluded: &a.Excluded}
	}
	return nil
}

// check tells what is wrong with it, whatever the lead.
func (a *Act) check() error {
	a.Tag = company.Tidy(a.Tag)
	command := a.on(0)
	switch {
	case command == nil:
		return fault.New(fault.Invalid, "bulk.unknown", nil).At("do")
	case a.Tag == "" && (a.Kind == Tag || a.Kind == Untag):
		return fault.New(fault.Invalid, "fault.required", nil).At("tag")
	case a.Kind == Move && a.Reason == refused || a.Kind == Exclude && a.Excluded == lead.ExcludedRefused:
		return fault.New(fault.Invalid, "bulk.refused", nil).At("reason")
	}
	return command.Check()
}

// refused is the one reason that is recorded person by person, with what they said.
const refused = "refused"

// The states of a change.
const (
	Running = "running"
	Done    = "done"
	Undoing = "undoing"
	Undone  = "undone"
)

// Bulk is a change of many leads.
type Bulk struct {
	ID        id.ID
	Act       Act
	Who       id.ID // account
	State     string
	Total     int
	Changed   int   // leads that were changed, and are
	Same      int   // that were like this already
	Refused   int   // that could not be changed
	Undone    int   // that were changed, and are as before
	Kept      int   // that were changed since, and stay
	CreatedAt int64 // ms UTC
	EndedAt   int64
}

// Through is how many leads have been looked at.
func (b *Bulk) Through() int {
	if b.State == Undoing || b.State == Undone {
		return b.Undone + b.Kept
	}
	return b.Changed + b.Same + b.Refused
}

// ToDo is how many leads there are to look at.
func (b *Bulk) ToDo() int {
	if b.State == Undoing || b.State == Undone {
		return b.Undone + b.Kept + b.Changed
	}
	return b.Total
}

// Works tells whether it goes on in the background.
func (b *Bulk) Works() bool { return b.State == Running || b.State == Undoing }
