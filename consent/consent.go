// Package consent is the ledger of what people agreed to and what they refused. Rows are added and
// never changed; what holds now is worked out of all of them.
package consent

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"kizashi/id"
)

// Entry is one row: somebody agreed or refused, or the law lets us write to them.
type Entry struct {
	ID      id.ID  `json:"id"`
	Lead    id.ID  `json:"lead"`
	Purpose string `json:"purpose"` // Mail, or a topic of it: "mail:newsletter"
	Basis   string `json:"basis"`
	Granted bool   `json:"granted"`
	Source  string `json:"source"`  // the form, file or call it came from
	Wording string `json:"wording"` // what they were shown, where they were shown something
	At      int64  `json:"at"`      // ms UTC
}

// Purposes. Each but All may have a topic behind a colon: a newsletter, an exhibitor.
const (
	All      = "all" // every way of contact; it does not cover Provide when granted
	Mail     = "mail"
	Call     = "call"
	Post     = "post"
	Provide  = "provide" // giving the person's data to somebody else, as to an exhibitor
	Tracking = "tracking"
)

// Bases on which a purpose is granted: the first by the person, the others by the act on commercial
// mail (特定電子メール法 3条1項, 施行規則 2条 3条).
const (
	Explicit  = "consent"
	Card      = "card"      // they gave their address in writing, as on a business card
	Business  = "business"  // a business relationship
	Published = "published" // a company's address on the web, without a refusal beside it
	Refusal   = "refusal"   // of rows that are not granted
)

// Bases are what a row that grants may rest on.
var Bases = []string{Explicit, Card, Business, Published}

var purposeForm = regexp.MustCompile(`^(all|(mail|call|post|provide|tracking)(:[A-Za-z0-9_.-]{1,64})?)$`)

// Why a purpose is allowed or not.
const (
	Refused  = "refused"
	Agreed   = "granted"
	NoBasis  = "no_basis"   // it needs a basis, and there is none
	NotAsked = "not_needed" // it is allowed until refused
)

// Verdict says whether something may be done with a lead, and by which row.
type Verdict struct {
	Allowed bool
	Why     string
	By      *Entry // nil for NoBasis and NotAsked
}

// Standing are all rows of one lead.
type Standing []Entry

// For tells whether a purpose is allowed. A refusal wins over every grant but the person's own later
// consent to the same thing or a part of it: a card or a business relationship never lifts it.
func (s Standing) For(purpose string) Verdict {
	var grant *Entry
	for i := range s {
		e := &s[i]
		switch {
		case !e.covers(purpose):
		case !e.Granted && !s.lifted(e, purpose):
			return Verdict{Why: Refused, By: s.newestRefusal(purpose)}
		case e.Granted && (grant == nil || better(e, grant)):
			grant = e
		}
	}
	kind, _, _ := strings.Cut(purpose, ":")
	switch {
	case grant != nil && (kind != Provide || grant.Basis == Explicit):
		return Verdict{true, Agreed, grant}
	case kind == Mail || kind == Provide || kind == All:
		return Verdict{Why: NoBasis}
	}
	return Verdict{Allowed: true, Why: NotAsked}
}

// lifted tells whether the person has agreed, after a refusal, to the same thing or a part of it.
func (s Standing) lifted(refusal *Entry, purpose string) bool {
	return slices.ContainsFunc(s, func(e Entry) bool {
		return e.Granted && e.Basis == Explicit && e.At > refusal.At && e.covers(purpose) && depth(e.Purpose) >= depth(refusal.Purpose)
	})
}

func (s Standing) newestRefusal(purpose string) *Entry {
	var newest *Entry
	for i := range s {
		e := &s[i]
		if !e.Granted && e.covers(purpose) && !s.lifted(e, purpose) && (newest == nil || later(e, newest)) {
			newest = e
		}
	}
	return newest
}

// covers tells whether a row speaks about a purpose: its own, a topic of it, or all of them. Nobody
// agrees to have their data given away by agreeing to be contacted.
func (e *Entry) covers(purpose string) bool {
	if e.Purpose == All {
		return !e.Granted || !strings.HasPrefix(purpose, Provide)
	}
	return purpose == e.Purpose || strings.HasPrefix(purpose, e.Purpose+":")
}

// depth is how narrow a purpose is: all, one kind, one topic.
func depth(purpose string) int {
	switch {
	case purpose == All:
		return 0
	case strings.Contains(purpose, ":"):
		return 2
	}
	return 1
}

// better prefers the person's own word, then the newer row.
func better(a, b *Entry) bool {
	if own := a.Basis == Explicit; own != (b.Basis == Explicit) {
		return own
	}
	return later(a, b)
}

func later(a, b *Entry) bool {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) > 0
}
