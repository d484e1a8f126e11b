package stage

import (
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/lead"
)

// Reason is why a lead is recycled, disqualified or returned. Few, and each leads to something that
// somebody can do (SiriusDecisions' rule for such lists).
type Reason struct {
	Code     string
	To       string // where it leads: TQL (back to inside sales), Recycled or Disqualified
	Needs    string // what must be said with it: NeedsDate, NeedsNote, NeedsBoth; "" = nothing
	Retry    int    // days until it is looked at again, where no date was given; 0 = only on a new sign
	Before   int    // days before a given date at which it is looked at again
	Excludes string // lead.Excluded that follows; "" = none
}

// What a reason needs beside its code.
const (
	NeedsDate = "date"
	NeedsNote = "note"
	NeedsBoth = "date and note"
)

// Reasons are the list. Retry and Before are in days, from the practice of Japanese inside sales:
// budgets and contracts are prepared three to four months ahead.
var Reasons = []Reason{
	{Code: "unreachable", To: Recycled, Retry: 30},
	{Code: "bad_data", To: Recycled},
	{Code: "no_need", To: Recycled, Retry: 180},
	{Code: "timing", To: Recycled, Needs: NeedsDate, Before: 90},
	{Code: "no_budget", To: Recycled, Retry: 180},
	{Code: "competitor_chosen", To: Recycled, Needs: NeedsBoth, Before: 120}, // whose, and when the contract ends
	{Code: "no_authority", To: TQL},
	{Code: "not_ready", To: TQL},
	{Code: "no_fit", To: Disqualified, Needs: NeedsNote},
	{Code: "competitor_person", To: Disqualified, Excludes: lead.ExcludedCompetitor},
	{Code: "student_job", To: Disqualified, Excludes: lead.ExcludedStudent},
	{Code: "duplicate", To: Disqualified},
	{Code: "existing_customer", To: Disqualified},
	{Code: "refused", To: Disqualified, Excludes: lead.ExcludedRefused},
}

// Key names the words of the reason.
func (r Reason) Key() string { return "stage.reason." + r.Code }

// ActionKey names the words of what is done next.
func (r Reason) ActionKey() string { return "stage.action." + r.Code }

// Wake is when a lead recycled for this reason is looked at again, ms UTC; until is the date that
// was given, 0 if none; the result is 0 for "only on a new sign". At the earliest it is tomorrow.
func (r Reason) Wake(now, until int64) int64 {
	switch {
	case until != 0:
		return max(until-int64(r.Before)*clock.Day, now+clock.Day)
	case r.Retry != 0:
		return now + int64(r.Retry)*clock.Day
	}
	return 0
}

// leadsTo tells whether a reason may lead to a stage. Whoever knows better may give a lead up for any
// reason; but who is no lead does not come back by being recycled.
func (r Reason) leadsTo(stage string) bool {
	return stage == r.To || stage == Disqualified || stage == Recycled && r.To == TQL
}

// ReasonsFor are the reasons that may lead to a stage, those that lead there by themselves first.
func ReasonsFor(to string) (list []Reason) {
	for _, r := range Reasons {
		if r.To == to {
			list = append(list, r)
		}
	}
	for _, r := range Reasons {
		if r.To != to && r.leadsTo(to) {
			list = append(list, r)
		}
	}
	return list
}

// findReason is the reason of a code for a move to a stage; the error tells which there are.
func findReason(code, to string) (Reason, error) {
	var codes []string
	for _, r := range Reasons {
		if r.leadsTo(to) {
			codes = append(codes, r.Code)
		}
	}
	i := slices.IndexFunc(Reasons, func(r Reason) bool { return r.Code == code })
	if i < 0 || !slices.Contains(codes, code) {
		args := fault.Args{"to": to, "reasons": strings.Join(codes, ", ")}
		return Reason{}, fault.New(fault.Invalid, "stage.unknown_reason", args).At("reason")
	}
	return Reasons[i], nil
}

// check tells what is missing beside the code.
func (r Reason) check(to, note string, until int64) error {
	var found fault.Many
	if (r.Needs == NeedsDate || r.Needs == NeedsBoth) && to == Recycled && until == 0 {
		found = append(found, fault.New(fault.Invalid, "stage.needs_date", nil).At("until"))
	}
	if (r.Needs == NeedsNote || r.Needs == NeedsBoth) && strings.TrimSpace(note) == "" {
		found = append(found, fault.New(fault.Invalid, "stage.needs_note", nil).At("note"))
	}
	return found.OrNil()
}

const (
	maxReason = 500  // characters of a reason in words
	maxNote   = 5000 // characters
)

func checkTexts(reason, note string) error {
	if utf8.RuneCountInString(reason) > maxReason {
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxReason}).At("reason")
	}
	if utf8.RuneCountInString(note) > maxNote {
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxNote}).At("note")
	}
	return nil
}
