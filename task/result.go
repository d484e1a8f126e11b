package task

import (
	"slices"
	"time"

	"kizashi/consent"
	"kizashi/lead"
	"kizashi/stage"
)

// Result is what came of an activity, with what usually follows.
type Result struct {
	Digit  int    // the number key of the work list; 0 = none
	Code   string // kept in the event's properties; rules ask for it
	Kind   string // of the activity
	Status string // the work status that follows
	Next   string // kind of the step that follows; "" = none
	Days   []int  // business days until then, by attempt; the last one for all further
	Other  bool   // at another time of the day than this attempt
	Asks   string // what is asked of the person: AsksDate, AsksReason, AsksNote
	Must   bool   // without an answer it cannot be logged
	Stage  string // where the lead goes; "" = it stays
	Reason string // of that; "" = asked
	Refuse string // purpose that the person refuses, as consent has it
}

// What a result asks.
const (
	AsksDate   = "date"
	AsksReason = "reason" // a code of stage.Reasons
	AsksNote   = "note"
)

// Results are the list; the first nine by their number keys. The codes are those of Japanese call
// centres; the days of further attempts follow the practice of inside sales: the next business day,
// then 2, 4 and 7 later.
var Results = []Result{
	{Digit: 1, Code: "connected_interest", Kind: Call, Status: lead.Talked, Next: Call, Days: []int{3}},
	{Digit: 2, Code: "no_answer", Kind: Call, Status: lead.Trying, Next: Call, Days: retries, Other: true},
	{Digit: 3, Code: "absent_recall", Kind: Call, Status: lead.Trying, Next: Call, Days: []int{1}, Asks: AsksDate},
	{Digit: 4, Code: "gatekeeper_block", Kind: Call, Status: lead.Trying, Next: Call, Days: []int{2, 4, 7}, Other: true},
	{Digit: 5, Code: "connected_decision_maker_meeting", Kind: Call, Status: lead.MeetingSet, Next: Meeting, Asks: AsksDate, Must: true},
	{Digit: 6, Code: "material_sent", Kind: Mail, Status: lead.Talked, Next: Call, Days: []int{3}},
	{Digit: 7, Code: "connected_later", Kind: Call, Status: lead.OnHold, Asks: AsksDate, Must: true, Stage: stage.Recycled, Reason: "timing"},
	{Digit: 8, Code: "not_a_lead", Kind: Call, Status: lead.OnHold, Asks: AsksReason, Must: true, Stage: stage.Disqualified},
	{Digit: 9, Code: "refused", Kind: Call, Status: lead.OnHold, Refuse: consent.Call},
	{Code: "voicemail", Kind: Call, Status: lead.Trying, Next: Call, Days: retries, Other: true},
	{Code: "connected_no_need", Kind: Call, Status: lead.OnHold, Stage: stage.Recycled, Reason: "no_need"},
	{Code: "wrong_number", Kind: Call, Status: lead.OnHold, Stage: stage.Recycled, Reason: "bad_data"},
	{Code: "absent_left_company", Kind: Call, Status: lead.OnHold, Stage: stage.Recycled, Reason: "bad_data"},
}

var retries = []int{1, 2, 4, 7}

// unanswered are the results that count as attempts in vain.
var unanswered = []string{"no_answer", "voicemail", "absent_recall", "gatekeeper_block"}

// MaxAttempts in vain are enough: the lead is better nurtured.
const MaxAttempts = 6

// Key names the words of a result.
func (r *Result) Key() string { return "task.result." + r.Code }

// FindResult is the result of a code; nil if there is none.
func FindResult(code string) *Result {
	at := slices.IndexFunc(Results, func(r Result) bool { return r.Code == code })
	if at < 0 {
		return nil
	}
	return &Results[at]
}

// Proposal is what usually follows a result with this lead, now.
type Proposal struct {
	Result  *Result
	Attempt int   // the n-th in vain, this one included; 0 = it is none
	GiveUp  bool  // enough attempts: recycle as unreachable
	Step    *Step // nil = none; DueAt 0 = the person says when
}

// propose works a proposal out; attempts are those in vain before this one.
func (r *Result) propose(open *stage.Calendar, perDay time.Duration, now int64, attempts int) Proposal {
	p := Proposal{Result: r}
	if slices.Contains(unanswered, r.Code) {
		p.Attempt = attempts + 1
		if p.GiveUp = p.Attempt >= MaxAttempts; p.GiveUp {
			return p
		}
	}
	if r.Next == "" {
		return p
	}
	p.Step = &Step{Kind: r.Next}
	if len(r.Days) > 0 {
		days := r.Days[min(max(p.Attempt-1, 0), len(r.Days)-1)]
		p.Step.DueAt = moment(open, perDay, now, days, r.Other)
		if p.Step.DueAt == stage.Never { // a company that never works plans nothing
			p.Step = nil
			return p
		}
		p.Step.AllDay = !r.Other
		if p.Step.AllDay {
			p.Step.DueAt = open.Midnight(p.Step.DueAt, 0)
		}
	}
	return p
}

// moment is some business days on: at another time of the day, an hour after opening or after the
// middle of the day; else the opening.
func moment(open *stage.Calendar, perDay time.Duration, now int64, days int, other bool) int64 {
	opening := now
	for range days {
		opening = open.AddDays(opening, 1)
	}
	if !other || opening == stage.Never {
		return opening
	}
	hours := 1 * time.Hour
	if open.Between(open.Midnight(now, 0), now) < perDay/2 {
		hours = min((perDay/2).Truncate(time.Hour)+time.Hour, perDay)
	}
	return open.Add(opening, hours)
}
