// Package lead holds the people: what is known of them, the identities they are recognised by, and
// how two records of one person become one and two again.
package lead

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kizashi/id"
)

// Lead is one person.
type Lead struct {
	ID            id.ID
	Company       id.ID  // 0 = none known
	CompanyName   string // read along, not stored here
	Name          string // as it is shown: family name first
	LastName      string
	FirstName     string
	Kana          string
	Email         string // the first; identity holds all
	Phone         string // digits; lead_phone holds all
	Mobile        string // digits
	Department    string
	Title         string
	Rank          int // of the title: 8 representative … 1 staff, 0 none of our customers
	Postal        string
	Prefecture    string
	Address       string
	Source        string // where the lead came from first
	Tags          []string
	Status        string // what the owner is doing: Untouched, …
	Owner         id.ID  // account; 0 = nobody
	CorporateMail bool
	RankSet       bool   // the rank was set by hand: the title does not tell it
	Listed        string // the exclusion that the lists of domains ask for; Excluded differs where a person said otherwise
	Excluded      string // why nobody should work on it: ExcludedCompetitor, …; "" = it is a lead
	BANT          int    // bit set of Budget, Authority, Need, Timing
	WakeAt        int64  // recycled until then, ms UTC; 0 = not
	Props         map[string]string
	Gone          string // GoneMerged, GoneDeleted, GoneErased; "" = it is there
	MergedInto    id.ID
	CreatedAt     int64 // ms UTC
	UpdatedAt     int64 // ms UTC
	Known         Known // where the values are from
	Unproven      int   // Vouched, Unproven or FromAFlood

	keyed, key string // NameKey of a name, kept
}

// What the owner is doing.
const (
	Untouched  = "untouched"
	Trying     = "trying"
	Talked     = "talked"
	MeetingSet = "meeting_set"
	Done       = "done"
	OnHold     = "on_hold"
)

// Statuses are all of them, in the order of work.
var Statuses = []string{Untouched, Trying, Talked, MeetingSet, Done, OnHold}

// Why a lead is none.
const (
	ExcludedRefused    = "refused"
	ExcludedOwn        = "own"
	ExcludedCompetitor = "competitor"
	ExcludedStudent    = "student"
	ExcludedOther      = "other"
)

// Exclusions are the reasons, the strictest first: of two, the stricter wins.
var Exclusions = []string{ExcludedRefused, ExcludedOwn, ExcludedCompetitor, ExcludedStudent, ExcludedOther}

// Called is how people call a lead: by name, else by what else is known of them.
func (l *Lead) Called() string {
	for _, text := range []string{l.Name, l.Email, WrittenPhone(l.Phone), WrittenPhone(l.Mobile), l.CompanyName} {
		if text != "" {
			return text
		}
	}
	return l.ID.String()
}

// stricter gives the stricter of two exclusions.
func stricter(a, b string) string {
	if a == "" {
		return b
	}
	x, y := slices.Index(Exclusions, a), slices.Index(Exclusions, b)
	if y >= 0 && (x < 0 || y < x) {
		return b
	}
	return a
}

// Why a record is gone.
const (
	GoneMerged  = "merged"
	GoneDeleted = "deleted"
	GoneErased  = "erased" // nothing is known of the person any more, and there is no way back
)

// What is known of a deal to be: the bits of Lead.BANT.
const (
	Budget    = 1
	Authority = 2
	Need      = 4
	Timing    = 8
)

// Identity is something that a person is recognised by.
type Identity struct {
	Kind  string // Mail, User, Visitor
	Value string
}

// The kinds of identities.
const (
	Mail    = "email"
	User    = "user"    // the customer's own id of a person
	Visitor = "visitor" // a browser
)

// Changed tells that attributes of a lead changed: what is judged by them is settled again.
type Changed struct{ Lead id.ID }

// Rewritten tells that the history of a lead changed: a visitor joined it, a merge or its undoing
// moved events.
type Rewritten struct {
	Lead  id.ID
	Since int64 // nothing before this moment changed, ms UTC; 0: anything may have
}

// Moved tells that events which say something of the person came to a lead or left it: its attributes are made
// again from the log.
type Moved struct{ Lead id.ID }

// Owned tells that a lead has another owner than before, or none.
type Owned struct{ Lead id.ID }

// Gone tells that there is no such lead or visitor any more: merged away, deleted, or known by now.
type Gone struct{ Lead id.ID }

// field is one column of a lead as a text, so that changes can be named, kept and taken back.
type field struct {
	column string
	get    func(*Lead) string
	set    func(*Lead, string)
}

// fields are what a change of a lead can be about; tags and props are changed one by one instead.
var fields = []field{
	idField("company", func(l *Lead) *id.ID { return &l.Company }),
	textField("name", func(l *Lead) *string { return &l.Name }),
	textField("last_name", func(l *Lead) *string { return &l.LastName }),
	textField("first_name", func(l *Lead) *string { return &l.FirstName }),
	textField("kana", func(l *Lead) *string { return &l.Kana }),
	textField("email", func(l *Lead) *string { return &l.Email }),
	textField("phone", func(l *Lead) *string { return &l.Phone }),
	textField("mobile", func(l *Lead) *string { return &l.Mobile }),
	textField("department", func(l *Lead) *string { return &l.Department }),
	textField("title", func(l *Lead) *string { return &l.Title }),
	intField("rank", func(l *Lead) *int { return &l.Rank }),
	boolField("rank_set", func(l *Lead) *bool { return &l.RankSet }),
	textField("postal", func(l *Lead) *string { return &l.Postal }),
	textField("prefecture", func(l *Lead) *string { return &l.Prefecture }),
	textField("address", func(l *Lead) *string { return &l.Address }),
	textField("source", func(l *Lead) *string { return &l.Source }),
	textField("status", func(l *Lead) *string { return &l.Status }),
	idField("owner", func(l *Lead) *id.ID { return &l.Owner }),
	boolField("corporate_mail", func(l *Lead) *bool { return &l.CorporateMail }),
	textField("excluded", func(l *Lead) *string { return &l.Excluded }),
	textField("listed", func(l *Lead) *string { return &l.Listed }),
	intField("unproven", func(l *Lead) *int { return &l.Unproven }),
	timeField("wake_at", func(l *Lead) *int64 { return &l.WakeAt }),
	textField("gone", func(l *Lead) *string { return &l.Gone }),
	timeField("updated_at", func(l *Lead) *int64 { return &l.UpdatedAt }),
}

func textField(column string, of func(*Lead) *string) field {
	return field{column, func(l *Lead) string { return *of(l) }, func(l *Lead, s string) { *of(l) = s }}
}

func intField(column string, of func(*Lead) *int) field {
	return numberField(column, func(l *Lead) int64 { return int64(*of(l)) }, func(l *Lead, n int64) { *of(l) = int(n) })
}

func idField(column string, of func(*Lead) *id.ID) field {
	return numberField(column, func(l *Lead) int64 { return int64(*of(l)) }, func(l *Lead, n int64) { *of(l) = id.ID(n) })
}

func timeField(column string, of func(*Lead) *int64) field {
	return numberField(column, func(l *Lead) int64 { return *of(l) }, func(l *Lead, n int64) { *of(l) = n })
}

func boolField(column string, of func(*Lead) *bool) field {
	get := func(l *Lead) int64 {
		if *of(l) {
			return 1
		}
		return 0
	}
	return numberField(column, get, func(l *Lead, n int64) { *of(l) = n != 0 })
}

func numberField(column string, get func(*Lead) int64, set func(*Lead, int64)) field {
	text := func(l *Lead) string {
		if n := get(l); n != 0 {
			return fmt.Sprint(n)
		}
		return ""
	}
	return field{column, text, func(l *Lead, s string) {
		var n int64
		_, _ = fmt.Sscan(s, &n) // "" is 0
		set(l, n)
	}}
}

// diff is what one change did to a lead: it can be taken back later, as far as nobody changed the
// same things again.
type diff struct {
	Fields   map[string][2]string `json:"fields,omitempty"` // column → before, after
	Tagged   []string             `json:"tagged,omitempty"` // tags that came
	Untagged []string             `json:"untagged,omitempty"`
	Props    map[string][2]string `json:"props,omitempty"`
	Known    map[string][2]string `json:"known,omitempty"`   // sources, as Source.text
	BANT     int                  `json:"bant,omitempty"`    // bits that came
	NoBANT   int                  `json:"no_bant,omitempty"` // bits that went
}

func difference(before, after *Lead) diff {
	d := diff{BANT: after.BANT &^ before.BANT, NoBANT: before.BANT &^ after.BANT}
	for _, f := range fields {
		if was, is := f.get(before), f.get(after); was != is {
			put(&d.Fields, f.column, was, is)
		}
	}
	d.Tagged, d.Untagged = without(after.Tags, before.Tags), without(before.Tags, after.Tags)
	for name, is := range after.Props {
		if was := before.Props[name]; was != is {
			put(&d.Props, name, was, is)
		}
	}
	for name, was := range before.Props {
		if _, kept := after.Props[name]; !kept {
			put(&d.Props, name, was, "")
		}
	}
	d.Known = knownDifference(before.Known, after.Known)
	return d
}

func knownDifference(before, after Known) (changed map[string][2]string) {
	for name, is := range after {
		if was, had := before[name]; !had {
			put(&changed, name, "", is.text())
		} else if was != is {
			put(&changed, name, was.text(), is.text())
		}
	}
	for name, was := range before {
		if _, kept := after[name]; !kept {
			put(&changed, name, was.text(), "")
		}
	}
	return changed
}

func put(m *map[string][2]string, name, was, is string) {
	if *m == nil {
		*m = map[string][2]string{}
	}
	(*m)[name] = [2]string{was, is}
}

func (d diff) empty() bool {
	return d.sourcesOnly() && len(d.Known) == 0
}

// sourcesOnly tells that no value changed.
func (d diff) sourcesOnly() bool {
	return len(d.Fields) == 0 && len(d.Tagged) == 0 && len(d.Untagged) == 0 && len(d.Props) == 0 && d.BANT|d.NoBANT == 0
}

// takeBack undoes what is still as the change left it, and keeps what was changed since.
func (d diff) takeBack(l *Lead) {
	for _, f := range fields {
		if change, ok := d.Fields[f.column]; ok && f.get(l) == change[1] {
			f.set(l, change[0])
		}
	}
	l.Tags = union(without(l.Tags, d.Tagged), d.Untagged)
	for name, change := range d.Props {
		if l.Props[name] == change[1] {
			l.setProp(name, change[0])
		}
	}
	l.BANT = l.BANT&^d.BANT | d.NoBANT
	d.takeSourcesBack(l)
}

// takeSourcesBack gives the values that went back their former sources.
func (d diff) takeSourcesBack(l *Lead) {
	for name, change := range d.Known {
		now, named := l.Known[name]
		switch {
		case named && now.text() != change[1] || !named && change[1] != "":
		case change[0] == "":
			delete(l.Known, name)
		default:
			if l.Known == nil {
				l.Known = Known{}
			}
			l.Known[name] = sourceOf(change[0])
		}
	}
}

// setProp sets a property; "" removes it.
func (l *Lead) setProp(name, value string) {
	switch {
	case value == "":
		delete(l.Props, name)
	case l.Props == nil:
		l.Props = map[string]string{name: value}
	default:
		l.Props[name] = value
	}
}

// named is how many properties a lead has, with those that a member emptied.
func (l *Lead) named() int {
	n := len(l.Props)
	for field := range l.Known {
		if name, is := propOf(field); is && l.Props[name] == "" {
			n++
		}
	}
	return n
}

// clone is a copy that shares nothing.
func (l *Lead) clone() *Lead {
	c := *l
	c.Tags = slices.Clone(l.Tags)
	c.Props = make(map[string]string, len(l.Props))
	for name, value := range l.Props {
		c.Props[name] = value
	}
	c.Known = maps.Clone(l.Known)
	return &c
}

// union adds to a what it lacks of b, in their order.
func union[T comparable](a, b []T) []T {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

func without[T comparable](a, b []T) []T {
	var rest []T
	for _, s := range a {
		if !slices.Contains(b, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// tagText stores tags as ",a,b,": a rule finds ",a,".
type tagText []string

func (t tagText) String() string {
	if len(t) == 0 {
		return ""
	}
	return "," + strings.Join(t, ",") + ","
}

func (t *tagText) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("lead: tags are a text, not %T", v)
	}
	*t = nil
	if s = strings.Trim(s, ","); s != "" {
		*t = strings.Split(s, ",")
	}
	return nil
}

// propText stores properties as a JSON object.
type propText map[string]string

func (p propText) String() string {
	if len(p) == 0 {
		return "{}"
	}
	raw, _ := json.Marshal(map[string]string(p)) // texts only: cannot fail
	return string(raw)
}

func (p *propText) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("lead: properties are a text, not %T", v)
	}
	*p = nil
	if s == "{}" {
		return nil
	}
	return json.Unmarshal([]byte(s), (*map[string]string)(p))
}
