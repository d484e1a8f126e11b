// Package stage says whose turn it is with a lead: the stages and who may change them, the hand-over
// from one department to the next with its clock, and what was asked and answered on the way.
package stage

import (
	"slices"

	"kizashi/act"
)

// The stages. The way leads from Lead to Won; the last four end or leave it.
const (
	Lead         = "lead"
	MQL          = "mql" // marketing found it good enough to hand over
	TQL          = "tql" // worth a call: inside sales has it
	SAL          = "sal" // handed to field sales: offered, then accepted or returned
	SQL          = "sql" // field sales pursues it
	Won          = "won"
	Lost         = "lost"
	Recycled     = "recycled"     // back to nurturing, until a date or a new sign
	Disqualified = "disqualified" // no lead of ours
)

// Stages are all of them, in their order.
var Stages = []string{Lead, MQL, TQL, SAL, SQL, Won, Lost, Recycled, Disqualified}

// What a change by a rule gives as its reason; a person's reasons are others.
const (
	ReasonGate = "gate"
	ReasonWake = "wake"
)

// Order is the place of a stage, 0 for Lead; -1 for a text that is none.
func Order(stage string) int { return slices.Index(Stages, stage) }

// Open tells whether somebody still works on a lead in this stage.
func Open(stage string) bool { return slices.Contains(Stages[:Order(SQL)+1], stage) }

// Department is whose turn it is (S01); "" where it is nobody's.
func Department(stage string) act.Role {
	switch stage {
	case Lead, MQL, Lost, Recycled:
		return act.Marketing
	case TQL:
		return act.Inside
	case SAL, SQL, Won:
		return act.Field
	}
	return ""
}

// NameKey names the words of a stage.
func NameKey(stage string) string { return "stage.name." + stage }

// reach is between which stages a role may move a lead.
type reach struct{ from, to []string }

var reaches = map[act.Role]reach{
	act.Marketing: {
		from: []string{Lead, MQL, TQL, Lost, Recycled, Disqualified},
		to:   []string{Lead, MQL, TQL, Recycled, Disqualified},
	},
	act.Inside: {
		from: []string{Lead, MQL, TQL, SAL, Lost, Recycled, Disqualified},
		to:   []string{Lead, MQL, TQL, SAL, Recycled, Disqualified},
	},
	act.Field: {from: Stages, to: Stages},
}

func mayReach(w act.Who, to string) bool {
	return act.Administer.Holds(w) || slices.Contains(reaches[w.Role].to, to)
}

func mayLeave(w act.Who, from string) bool {
	return act.Administer.Holds(w) || slices.Contains(reaches[w.Role].from, from)
}

// MayMove tells whether a person may move a lead from one stage to another.
func MayMove(w act.Who, from, to string) bool { return mayLeave(w, from) && mayReach(w, to) }

// NeedsReason tells whether a person must say why: for everything but the next step forward.
func NeedsReason(from, to string) bool { return needsReason(from, to) }

// needsReason tells whether a person must say why: for everything but the next step forward, and for
// taking up what was recycled or lost as a lead or MQL.
func needsReason(from, to string) bool {
	switch {
	case to == Lost || to == Recycled || to == Disqualified || from == Disqualified:
		return true
	case from == Recycled || from == Lost:
		return Order(to) > Order(MQL)
	}
	return Order(to) != Order(from)+1
}
