package score

import (
	"math"
	"slices"

	"kizashi/id"
	"kizashi/rule"
)

// State is what the log of one lead comes to, by one model. Together with the lead's attributes it
// answers every rule without reading the log.
type State struct {
	Model  id.ID // the model it was folded by; another one means: replay
	LastAt int64 // time of the newest human event, ms UTC
	Last   id.ID // its id: the next event must come after (LastAt, Last), or the lead is replayed
	Events int64 // how many events it was folded from; -1: not known, an older version wrote it
	// Stale tells that its past has changed, and that a replay which is too long for one transaction is under way.
	Stale  bool
	Groups []Group
	Once   []Counted // sorted by rule
	Seen   []rule.Seen
	// Attrs are the lead's attributes as of the last settling, by ordinal of the schema, so that an
	// event need not read the lead's row.
	Attrs Attrs
	// Segments are the live segments the lead is in, sorted.
	Segments []id.ID
	// HeldAt is when a person last moved the stage, ms UTC; 0 if a rule did. Gates do not undo what a
	// person decided until something new has happened.
	HeldAt int64
	// Errors are the rules that failed on this lead, by their place in the model.
	Errors []string
}

// Pad gives a state that was stored when there were fewer fields the empty values of the new ones.
func (a *Attrs) Pad() {
	n := len(fields)
	a.Text = append(a.Text, make([]string, max(0, n-len(a.Text)))...)
	a.Int = append(a.Int, make([]int64, max(0, n-len(a.Int)))...)
}

// Attrs are attribute values by ordinal of the schema.
type Attrs struct {
	Text []string
	Int  []int64
	Tags []string
}

// Group is the engagement of one group: V points at the moment At, decaying since.
type Group struct {
	V  float64
	At int64 // ms UTC
}

// Counted remembers when a once-rule last counted.
type Counted struct {
	Rule   int32
	Period int64 // the number of the hour, day or week since 1970 in the pack's time zone
}

// Event is the part of an event that the score looks at. Only human events reach it.
type Event struct {
	ID   id.ID
	At   int64
	Kind string
	Tag  string
	Prop func(name string) string // a property as text, "" if absent; nil: no properties
}

// Line is what one event really added by one rule.
type Line struct {
	Rule   string // the rule's id
	Words  Words
	Group  string
	Event  id.ID
	Kind   string
	At     int64   // ms UTC
	Points float64 // added at the moment At, after caps and floors
	Now    float64 // what is left of it at the asked moment
}

// NewState is the state of a lead without any event.
func (m *Model) NewState() *State {
	return &State{Model: m.ID, Groups: make([]Group, len(m.groups))}
}

// Decayed is what is left at the moment now of v points of the moment at.
func (m *Model) Decayed(v float64, at, now int64) float64 {
	if v == 0 || now <= at {
		return v
	}
	return v * math.Exp2(-float64(now-at)/m.HalfLife)
}

// total is the engagement at the moment t.
func (m *Model) total(s *State, t int64) float64 {
	sum := 0.0
	for _, g := range s.Groups {
		sum += m.Decayed(g.V, g.At, t)
	}
	return sum
}

// CoolsAt is the moment (ms UTC) at which engagement will have decayed to one point; it orders
// leads by engagement at any moment, because all groups decay alike. 0: no engagement.
func (m *Model) CoolsAt(s *State) float64 {
	newest := int64(0)
	for _, g := range s.Groups {
		newest = max(newest, g.At)
	}
	v := m.total(s, newest)
	if v <= 0 {
		return 0
	}
	return float64(newest) + m.HalfLife*math.Log2(v)
}

// Engagement is the engagement at the moment now of a lead that cools down to one point at coolsAt.
func Engagement(coolsAt float64, now int64, halfLife float64) float64 {
	if coolsAt == 0 {
		return 0
	}
	return math.Exp2((coolsAt - float64(now)) / halfLife)
}

// Apply adds one human event that comes after all others of the state:
// v ← min(cap, v·2^(−Δt/half-life) + points), never below 0. explain, if not nil, is told what each
// rule really added. A rule that fails adds nothing, and is noted in the state and returned.
func (m *Model) Apply(s *State, e *Event, explain func(Line)) []rule.Failure {
	facts := rule.Facts{Now: e.At, HalfLife: m.HalfLife, LastAt: s.LastAt, Seen: s.Seen, Event: e.prop}
	m.score(s, e, e.Kind, &facts, explain)
	if e.Tag != "" && e.Tag != e.Kind {
		m.score(s, e, e.Tag, &facts, explain)
	}
	m.see(s, e.Kind, e.At)
	if e.Tag != "" && e.Tag != e.Kind {
		m.see(s, e.Tag, e.At)
	}
	s.LastAt, s.Last = e.At, e.ID
	if s.Events >= 0 {
		s.Events++
	}
	m.noteFailed(s, facts.Failed)
	return facts.Failed
}

func (e *Event) prop(name string) string {
	if e.Prop == nil {
		return ""
	}
	return e.Prop(name)
}

func (m *Model) score(s *State, e *Event, kind string, facts *rule.Facts, explain func(Line)) {
	for _, i := range m.byKind[kind] {
		r := &m.scoring[i]
		period := m.period(r, e.At)
		at, counted := s.counted(int32(i))
		if r.period > 0 && counted && s.Once[at].Period == period {
			continue
		}
		if r.when != nil && !r.when.Eval(facts) {
			continue
		}
		if r.period > 0 {
			s.count(at, counted, Counted{int32(i), period})
		}
		added := m.add(s, r, e.At)
		if explain != nil {
			explain(Line{Rule: r.ID, Words: r.Words, Group: r.Group, Event: e.ID, Kind: kind, At: e.At, Points: added})
		}
	}
}

// add gives a rule's points to its group, within the group's cap and the cap of the whole.
func (m *Model) add(s *State, r *compiledScoring, at int64) float64 {
	g := &s.Groups[r.group]
	v := m.Decayed(g.V, g.At, at)
	room := min(m.caps[r.group]-v, m.Pack.Cap-m.total(s, at))
	added := max(min(r.Points, max(room, 0)), -v)
	if added != 0 {
		g.V, g.At = v+added, at
	}
	return added
}

// period is the number of the hour, day or (Monday-based) week that a moment lies in.
func (m *Model) period(r *compiledScoring, at int64) int64 {
	if r.period == 0 {
		return 0
	}
	local := at + int64(m.Pack.UTCOffset*float64(periods["hour"]))
	if r.Once == "week" {
		local += 3 * periods["day"] // 1970-01-01 was a Thursday
	}
	return floorDiv(local, r.period)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (s *State) counted(r int32) (int, bool) {
	return slices.BinarySearchFunc(s.Once, r, func(c Counted, r int32) int { return int(c.Rule - r) })
}

func (s *State) count(at int, found bool, c Counted) {
	if found {
		s.Once[at] = c
		return
	}
	s.Once = slices.Insert(s.Once, at, c)
}

// maxOtherKinds is how many kinds that neither the model nor the product knows a state remembers: senders invent
// names, and the state of a lead must not grow with them.
const maxOtherKinds = 100

// see remembers that the lead did something, keeping the newest rule.SeenLimit moments of a kind.
func (m *Model) see(s *State, kind string, at int64) {
	for i := range s.Seen {
		if s.Seen[i].Kind == kind {
			times := append(s.Seen[i].Times, at)
			if len(times) > rule.SeenLimit {
				times = append(times[:0], times[len(times)-rule.SeenLimit:]...)
			}
			s.Seen[i].Times = times
			return
		}
	}
	s.Seen = append(s.Seen, rule.Seen{Kind: kind, Times: []int64{at}})
	m.forgetKind(s)
}

// forgetKind makes room: of the other kinds the one that was seen least recently goes.
func (m *Model) forgetKind(s *State) {
	if len(s.Seen) <= maxOtherKinds {
		return
	}
	others, oldest := 0, -1
	for i, seen := range s.Seen {
		if m.remembers(seen.Kind) {
			continue
		}
		others++
		if oldest < 0 || newest(seen) < newest(s.Seen[oldest]) {
			oldest = i
		}
	}
	if others > maxOtherKinds {
		s.Seen = slices.Delete(s.Seen, oldest, oldest+1)
	}
}

func newest(s rule.Seen) int64 { return s.Times[len(s.Times)-1] }

// remembers tells whether a kind is never forgotten.
func (m *Model) remembers(kind string) bool {
	_, known := kindLabels[kind]
	return known || m.asked[kind]
}

// TakeLog takes over what the log of another state came to. Attributes, segments and what people decided stay.
func (s *State) TakeLog(from *State) {
	failed := slices.DeleteFunc(slices.Clone(s.Errors), ofScoring)
	for _, place := range from.Errors {
		if ofScoring(place) {
			failed = append(failed, place)
		}
	}
	slices.Sort(failed)
	s.Model, s.LastAt, s.Last, s.Events = from.Model, from.LastAt, from.Last, from.Events
	s.Groups, s.Once, s.Seen, s.Errors = from.Groups, from.Once, from.Seen, failed
}

// Log is what the log alone came to, as checkpoints keep it.
func (s *State) Log() *State {
	log := &State{}
	log.TakeLog(s)
	return log
}

// Facts are what rules may ask about the lead at the moment now. Text and Int are copies that the
// caller may complete (temperature, fit, stage).
func (m *Model) Facts(s *State, now int64) *rule.Facts {
	f := &rule.Facts{
		Now: now, HalfLife: m.HalfLife, CoolsAt: m.CoolsAt(s), LastAt: s.LastAt,
		Text: make([]string, len(fields)), Int: make([]int64, len(fields)), Tags: s.Attrs.Tags, Seen: s.Seen,
	}
	copy(f.Text, s.Attrs.Text)
	copy(f.Int, s.Attrs.Int)
	f.Int[fieldLastAt] = s.LastAt
	return f
}

// Raised tells whether the lead asked to be contacted after the moment since.
func (m *Model) Raised(s *State, since int64) bool {
	for _, seen := range s.Seen {
		if n := len(seen.Times); n > 0 && m.raise[seen.Kind] && seen.Times[n-1] > since {
			return true
		}
	}
	return false
}
