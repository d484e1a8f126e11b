// Package task is what a person is to do next with a lead, what they did, and what they should know.
package task

import (
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/act"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/stage"
)

// Task is the next step with a lead. A lead has any number; the earliest open one is the next.
type Task struct {
	ID        id.ID
	Lead      id.ID
	Kind      string
	DueAt     int64 // ms UTC; of an all-day step the beginning of its day
	AllDay    bool
	Owner     id.ID  // account; 0 = whoever has time
	Text      string // what exactly
	MadeBy    id.ID  // account or key; 0 = a rule
	CreatedAt int64
	State     string
	EndedAt   int64 // 0 = open
	EndedBy   id.ID
	Result    string // what came of it, or why it was cancelled
}

// Kinds of steps and activities. A note is something to write down, never a step.
const (
	Call    = "call"
	Mail    = "mail"
	Meeting = "meeting"
	Visit   = "visit"
	Send    = "send" // a document, a sample
	Other   = "other"
	Note    = "note"
)

// Kinds are those of steps, Activities those of what can be logged.
var (
	Kinds      = []string{Call, Mail, Meeting, Visit, Send, Other}
	Activities = []string{Call, Mail, Visit, Meeting, Note}
)

// eventKinds are the events that activities become.
var eventKinds = map[string]string{
	Call: event.CallLogged, Mail: event.MailLogged, Visit: event.VisitLogged, Meeting: event.MeetingHeld, Note: event.NoteAdded,
}

// States of a step.
const (
	Open      = "open"
	Done      = "done"
	Cancelled = "cancelled"
)

// KindKey names the words of a kind of steps or activities.
func KindKey(kind string) string { return "task.kind." + kind }

// Deadline is when a step is late, ms UTC: an all-day one at the end of its day.
func (t *Task) Deadline(c *stage.Calendar) int64 {
	if t.AllDay {
		return c.Midnight(t.DueAt, 1)
	}
	return t.DueAt
}

// Step is a step as somebody plans it.
type Step struct {
	Kind   string `json:"kind"`
	DueAt  int64  `json:"due_at"` // ms UTC
	AllDay bool   `json:"all_day"`
	Owner  id.ID  `json:"owner"` // 0 = who plans it, else whose lead it is
	Text   string `json:"text"`
}

const (
	maxText    = 500  // characters of a step
	maxNote    = 5000 // characters of a note
	maxMinutes = 24 * 60
)

// workers may plan and log.
func workers(w act.Who) bool { return act.Work.Holds(w) }

func (s *Step) check(path string) (found fault.Many) {
	s.Text = strings.TrimSpace(s.Text)
	if !slices.Contains(Kinds, s.Kind) {
		found = append(found, unknownKind(Kinds).At(path+"kind"))
	}
	if s.DueAt <= 0 || s.DueAt > latest {
		found = append(found, fault.New(fault.Invalid, "task.due", nil).At(path+"due_at"))
	}
	if utf8.RuneCountInString(s.Text) > maxText {
		found = append(found, fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxText}).At(path+"text"))
	}
	return found
}

// latest is the end of the year 2199, ms UTC: later dates are slips of the finger.
const latest int64 = 7_258_118_399_999

func unknownKind(kinds []string) *fault.Error {
	return fault.New(fault.Invalid, "task.unknown_kind", fault.Args{"kinds": strings.Join(kinds, ", ")})
}
