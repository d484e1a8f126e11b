// Package rule is the one rule language of the product: a small typed subset of CEL.
//
// A rule is read once (Parse, FromForm) into a small tree, and the tree becomes all that
// anybody needs of a rule: a Go evaluator (Eval), SQL for both engines (SQL), the fields
// and event kinds it reads (Reads), the next moment at which its answer can change by time
// alone (Next), a sentence in Japanese and English (Sentence), and the form of the visual
// builder (Form). A rule never changes and may be used by many goroutines.
//
//	lead.fit in ["A","B"] && count("price_view", days(14)) >= 2 && !did("inquiry", days(30))
//
// The language, by the type of what is asked about:
//
//	anything        a && b   a || b   !a   (a)   true   false
//	text            == != "A"   in ["A","B"]   .contains("A")   .startsWith("A")   .endsWith("A")
//	                known(field): it is not "". Case counts, and so does every byte.
//	whole number    == != < <= > >= 3   in [1,2]   known(field): it is not 0
//	yes or no       field   == != true
//	time            within(field, days(3)): in the last 3 days
//	                ahead(field, days(3)): in the next 3 days
//	                past(field)   known(field)
//	tags            "A" in field
//	engagement      < <= > >= 1.5
//	events          count("kind") >= 2   count("kind", days(3)) >= 2   did("kind")   did("kind", days(3))
//	                followed("a", "b", days(30), days(14)): a "b" in the last 14 days, with an "a"
//	                at most 30 days before it
//	                active(days(3)): an event of any kind   silent(days(3)): none
//	span of time    minutes(n)   hours(n)   days(n)   weeks(n)
//	event at hand   event.plan and event["page title"] are texts; event.number("amount") >= 3
//	                (scoring rules only)
//
// An event at t is in a window of length w while t > now-w and t <= now, so that it leaves
// at exactly t+w. What is outside this table is refused by Parse, with its place.
package rule

import (
	"math"
	"slices"
)

// Never is the moment that does not come: the answer of Next when time alone changes nothing.
const Never int64 = math.MaxInt64

// SeenLimit is how many of the newest moments of a kind Seen has to hold for count to be exact.
const SeenLimit = 256

// Rule is a rule that was read and checked.
type Rule struct {
	schema *Schema
	root   node
	source string
	eval   func(*Facts) bool
	reads  Reads
}

// Seen holds when a lead did one kind of thing: the moments in ascending milliseconds UTC,
// human events only, the newest SeenLimit of them. An event with a tag is seen twice: once as
// its kind and once as its tag, as SQL counts it.
type Seen struct {
	Kind  string
	Times []int64
}

// Facts is what a rule may look at: one lead, at one moment.
type Facts struct {
	Now      int64   // ms UTC
	HalfLife float64 // ms
	// CoolsAt is the moment (ms UTC) at which engagement has decayed to 1 point, so that
	// engagement at t is 2^((CoolsAt-t)/HalfLife). 0: no engagement at all.
	CoolsAt float64
	LastAt  int64    // the newest human event of any kind, ms UTC; 0: none
	Text    []string // by field ordinal
	Int     []int64  // by field ordinal; a Bool is 0 or 1, a Time is ms UTC with 0 for never
	Tags    []string // the one field of type Tags
	Seen    []Seen   // in any order, a kind at most once
	// Event gives a property of the event being scored, "" if it has none by that name.
	// Only rules of a schema made WithEvent ask.
	Event func(name string) string

	Failed []Failure // the rules that failed on these facts, as often as they were asked
}

// Reads is what a rule looks at; each list is sorted and free of doubles.
type Reads struct {
	Fields     []string // names of fields, and event.NAME for properties
	Kinds      []string // kinds of events
	Engagement bool     // a field of type Points
	Any        bool     // events of any kind (active, silent)
	Event      bool     // properties of the event being scored: such a rule has no SQL
}

// Source is the rule in its canonical spelling; Parse reads it back to the same rule.
func (r *Rule) Source() string { return r.source }

// Eval tells whether the rule holds. It allocates nothing. A rule that fails does not hold, and is noted
// in f.Failed: it must not stop the others.
func (r *Rule) Eval(f *Facts) (holds bool) {
	defer f.recovered(r)
	return r.eval(f)
}

// Next is the first moment after f.Now at which Eval may change without any new event:
// until then its answer stands. It is Never when time alone cannot change the answer, or the rule fails.
func (r *Rule) Next(f *Facts) (at int64) {
	at = Never
	defer f.recovered(r)
	_, at = r.root.next(f)
	return at
}

// Reads tells which fields and event kinds the rule looks at.
func (r *Rule) Reads() Reads { return r.reads }

func (r Reads) sorted() Reads {
	slices.Sort(r.Fields)
	slices.Sort(r.Kinds)
	r.Fields, r.Kinds = slices.Compact(r.Fields), slices.Compact(r.Kinds)
	return r
}

func newRule(s *Schema, root node) *Rule {
	r := &Rule{schema: s, root: root, eval: root.eval()}
	w := &writer{schema: s}
	root.write(w, false)
	r.source = w.String()
	root.reads(s, &r.reads)
	r.reads = r.reads.sorted()
	return r
}
