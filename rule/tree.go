package rule

import "strings"

// node is a part of a rule that holds or does not hold. What a node can become is spread
// over the files by purpose: eval.go, next.go, write.go, sql.go, sentence.go, form.go.
type node interface {
	// eval compiles the node to a closure.
	eval() func(*Facts) bool
	// next tells whether the node holds now and the next moment this may change.
	next(f *Facts) (now bool, at int64)
	// write puts the canonical text; nested asks for parentheses around a group.
	write(w *writer, nested bool)
	sql(q *query)
	// say gives a clause that ends a sentence; not denies it.
	say(v *voice, not bool) string
	form(s *Schema) *Node
	reads(s *Schema, r *Reads)
}

// constant is true or false.
type constant struct{ value bool }

// group holds if all of its kids hold, or with any, if one of them does. It has two kids or
// more, and none of them is a group of the same sort.
type group struct {
	any  bool
	kids []node
}

// negation never stands on a constant or on another negation.
type negation struct{ kid node }

// textTest compares a text: equal, notEqual and the three searches have one text, in has more.
type textTest struct {
	field ref
	op    textOp
	texts []string
}

// intTest compares a whole number with another.
type intTest struct {
	ordinal int
	op      comparison
	than    int64
}

// intIn holds if a whole number is one of the list.
type intIn struct {
	ordinal int
	numbers []int64
}

// flag is a field of type Bool.
type flag struct{ ordinal int }

// pointsTest compares engagement; than is 0 or more.
type pointsTest struct {
	ordinal int
	op      comparison // never equal or notEqual
	than    float64
	log     float64 // log2(than)
}

// tagTest holds if the lead has the tag.
type tagTest struct {
	ordinal int
	tag     string
}

// timeTest places a moment against now.
type timeTest struct {
	ordinal int
	op      timeOp
	span    span // zero for past
}

// known holds if a field has a value.
type known struct {
	ordinal int
	numeric bool // Int or Time, else Text
}

// count compares how often a kind of event happened.
type count struct {
	kind string
	span span // zero: ever
	op   comparison
	than int
	did  bool // written as did(…), which is count(…) >= 1
}

// followed holds if a later event happened in the window, with an earlier one at most
// within before it.
type followed struct {
	earlier, later string
	within, window span
}

// active holds if anything happened in the span; silent if nothing did.
type active struct {
	span   span
	silent bool
}

// amountTest compares a numeric property of the event being scored. A property that is
// missing or no number passes no comparison.
type amountTest struct {
	property string
	op       comparison
	than     float64
}

type comparison uint8

const (
	equal comparison = iota
	notEqual
	less
	atMost
	more
	atLeast
)

// comparisons are spelled alike in CEL, in the form and (but for equality) in SQL.
var comparisons = [...]string{equal: "==", notEqual: "!=", less: "<", atMost: "<=", more: ">", atLeast: ">="}

func (c comparison) String() string { return comparisons[c] }

// opposites give the comparison that holds exactly where the other does not.
var opposites = [...]comparison{equal: notEqual, notEqual: equal, less: atLeast, atLeast: less, more: atMost, atMost: more}

func compare[N int | int64 | float64](a N, op comparison, b N) bool {
	switch op {
	case equal:
		return a == b
	case notEqual:
		return a != b
	case less:
		return a < b
	case atMost:
		return a <= b
	case more:
		return a > b
	default:
		return a >= b
	}
}

type textOp uint8

const (
	textEqual textOp = iota
	textNotEqual
	textIn
	textContains
	textStarts
	textEnds
)

var textOps = [...]string{
	textEqual: "==", textNotEqual: "!=", textIn: "in",
	textContains: "contains", textStarts: "startsWith", textEnds: "endsWith",
}

func (o textOp) String() string { return textOps[o] }

type timeOp uint8

const (
	timeWithin timeOp = iota
	timeAhead
	timePast
)

var timeOps = [...]string{timeWithin: "within", timeAhead: "ahead", timePast: "past"}

func (o timeOp) String() string { return timeOps[o] }

// not denies a node, without ever stacking negations.
func not(n node) node {
	switch n := n.(type) {
	case *negation:
		return n.kid
	case *constant:
		return &constant{!n.value}
	}
	return &negation{n}
}

// holds for the untimed part of textTest; the searches of an empty text never get here.
func (t *textTest) match(s string) bool {
	switch t.op {
	case textEqual:
		return s == t.texts[0]
	case textNotEqual:
		return s != t.texts[0]
	case textContains:
		return strings.Contains(s, t.texts[0])
	case textStarts:
		return strings.HasPrefix(s, t.texts[0])
	case textEnds:
		return strings.HasSuffix(s, t.texts[0])
	}
	for _, text := range t.texts {
		if s == text {
			return true
		}
	}
	return false
}

func (c *constant) reads(*Schema, *Reads)       {}
func (n *negation) reads(s *Schema, r *Reads)   { n.kid.reads(s, r) }
func (t *intTest) reads(s *Schema, r *Reads)    { r.add(s, t.ordinal) }
func (t *intIn) reads(s *Schema, r *Reads)      { r.add(s, t.ordinal) }
func (t *flag) reads(s *Schema, r *Reads)       { r.add(s, t.ordinal) }
func (t *tagTest) reads(s *Schema, r *Reads)    { r.add(s, t.ordinal) }
func (t *timeTest) reads(s *Schema, r *Reads)   { r.add(s, t.ordinal) }
func (t *known) reads(s *Schema, r *Reads)      { r.add(s, t.ordinal) }
func (t *count) reads(_ *Schema, r *Reads)      { r.Kinds = append(r.Kinds, t.kind) }
func (t *followed) reads(_ *Schema, r *Reads)   { r.Kinds = append(r.Kinds, t.earlier, t.later) }
func (t *active) reads(_ *Schema, r *Reads)     { r.Any = true }
func (t *amountTest) reads(_ *Schema, r *Reads) { r.addProperty(t.property) }
func (t *pointsTest) reads(s *Schema, r *Reads) { r.add(s, t.ordinal); r.Engagement = true }
func (r *Reads) add(s *Schema, ordinal int)     { r.Fields = append(r.Fields, s.fields[ordinal].Name) }

func (r *Reads) addProperty(name string) {
	r.Event = true
	r.Fields = append(r.Fields, eventScope+name)
}

func (g *group) reads(s *Schema, r *Reads) {
	for _, kid := range g.kids {
		kid.reads(s, r)
	}
}

func (t *textTest) reads(s *Schema, r *Reads) {
	if t.field.ordinal < 0 {
		r.addProperty(t.field.property)
		return
	}
	r.add(s, t.field.ordinal)
}
