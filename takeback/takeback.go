// Package takeback takes out of the log what came with an API key in some time, as if it had never come: what a
// stranger sent with the key that stands in a page, or a program by mistake.
package takeback

import (
	"kizashi/act"
	"kizashi/clock"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// State of a take-back.
type State string

// The states.
const (
	Running State = "running"
	Done    State = "done"
	Stopped State = "stopped" // by a person; what was taken back until then stays so
)

// Fate is what becomes of somebody who loses events.
type Fate string

// The fates. All but Gone stay.
const (
	Gone     Fate = "gone"     // nothing else is known of them, and nobody has worked on them
	Worked   Fate = "worked"   // people of ours have: a task, a note, an answer, a change, a consent
	Imported Fate = "imported" // a file names them
	Known    Fate = "known"    // they were there before, or other senders know them
)

// Fates are all fates, for counts.
var Fates = []Fate{Gone, Worked, Imported, Known}

// Range is what is taken back: what came with a key from one moment until before another, ms UTC, by our clock.
type Range struct {
	Key   id.ID `json:"key"`
	From  int64 `json:"from"`
	Until int64 `json:"until"`
}

func (r Range) span() event.Span {
	return event.Span{Door: r.Key, From: id.First(r.From), Until: id.First(r.Until)}
}

func (r Range) check() error {
	if r.From >= r.Until {
		return fault.New(fault.Invalid, "takeback.range", nil).At("until")
	}
	return nil
}

// believed is how far the senders of a key are believed.
func believed(role act.Role) lead.Standing { return lead.StandingOf(act.Who{Role: role}) }

// Counts are what a take-back does, or has done.
type Counts struct {
	Events int64          `json:"events"`
	Values int64          `json:"values"` // attributes of people who stay
	People map[Fate]int64 `json:"people"` // by what becomes of them; anonymous visitors are not among them
}

// TakeBack is one that was asked for.
type TakeBack struct {
	ID id.ID
	Range
	State     State
	Counts    Counts
	Total     int64 // events there were when it was asked for
	Who       id.ID
	CreatedAt int64 // ms UTC
	EndedAt   int64 // 0 while it runs

	place id.ID // the event that it has come to
}

// Share is how much of it is done, 0 to 1.
func (t TakeBack) Share() float64 {
	if t.State == Done || t.Total == 0 {
		return 1
	}
	return min(float64(t.Counts.Events)/float64(t.Total), 1)
}

// window is how much of the log is read at once while events of a key are sought, ms: they may be few among many.
const window = clock.Hour
