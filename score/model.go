package score

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/rule"
)

// Model is a pack whose rules have been read: what the fold runs on. It never changes.
type Model struct {
	ID          id.ID
	Version     int
	Pack        *Pack
	HalfLife    float64 // ms
	Temperature struct{ Hot, Warm *rule.Rule }
	Gates       []Gate
	Today       *rule.Rule
	Urgent      *rule.Rule
	Reasons     []compiledReason

	groups  []string // sorted; a group's index is its place in State.Groups
	caps    []float64
	scoring []compiledScoring
	byKind  map[string][]int // kind → indexes into scoring
	fit     []*rule.Rule
	raise   map[string]bool
	asked   map[string]bool // kinds that its rules and reasons ask about
}

// ScoringWhen is the condition of the i-th scoring rule of the pack; nil if it has none.
func (m *Model) ScoringWhen(i int) *rule.Rule { return m.scoring[i].when }

// FitWhen is the condition of the i-th rule of the fit.
func (m *Model) FitWhen(i int) *rule.Rule { return m.fit[i] }

// ReasonWhen is the condition of the i-th reason.
func (m *Model) ReasonWhen(i int) *rule.Rule { return m.Reasons[i].when }

// Group is the name of the group whose points stand at a place of State.Groups.
func (m *Model) Group(place int) string { return m.groups[place] }

// Gate is a condition on the way to a stage; an automatic one moves the lead by itself.
type Gate struct {
	To        string
	From      string
	Automatic bool
	Rule      *rule.Rule
}

type compiledScoring struct {
	Scoring
	group  int
	period int64 // ms, of Once; 0: every event counts
	when   *rule.Rule
}

type compiledReason struct {
	Reason
	when *rule.Rule
}

// maxRules bounds each list of a pack.
const maxRules = 500

var periods = map[string]int64{"": 0, "hour": clock.Hour, "day": clock.Day, "week": clock.Week}

// Compile reads every rule of a pack. All mistakes come back together (fault.Many), each with its
// place in the pack: "scoring[3].when".
func Compile(p *Pack) (*Model, error) {
	c := compiler{m: &Model{Pack: p, HalfLife: p.HalfLifeDays * float64(clock.Day), byKind: map[string][]int{},
		raise: map[string]bool{}, asked: map[string]bool{}}}
	c.numbers()
	c.groups()
	c.scoring()
	c.fit()
	c.gates()
	c.today()
	for _, kind := range p.HandRaise {
		c.m.raise[kind], c.m.asked[kind] = true, true
	}
	if err := c.bad.OrNil(); err != nil {
		return nil, err
	}
	return c.m, nil
}

type compiler struct {
	m   *Model
	bad fault.Many
}

func (c *compiler) refuse(path, key string, args fault.Args) {
	c.bad = append(c.bad, fault.New(fault.Invalid, key, args).At(path))
}

// within refuses a number outside a range, and what is no number.
func (c *compiler) within(path string, v, low, high float64) {
	if !(v >= low && v <= high) {
		c.refuse(path, "score.range", fault.Args{"min": low, "max": high})
	}
}

func (c *compiler) numbers() {
	p := c.m.Pack
	c.within("half_life_days", p.HalfLifeDays, 1, 3650)
	c.within("cap", p.Cap, 1, 1000)
	c.within("fit.cap", p.Fit.Cap, 1, 1000)
	c.within("utc_offset_hours", p.UTCOffset, -12, 14)
	for grade, from := range p.Fit.Grades {
		c.within("fit.grades."+grade, from, -1000, 1000)
	}
	for name, weight := range weights(p) {
		c.within("weights."+name, weight, -100, 100)
	}
	if len(p.Scoring) > maxRules || len(p.Fit.Rules) > maxRules || len(p.Reasons) > maxRules || len(p.Playbook) > maxRules {
		c.refuse("scoring", "score.too_many", fault.Args{"max": maxRules})
	}
}

func (c *compiler) groups() {
	for name := range c.m.Pack.Groups {
		c.m.groups = append(c.m.groups, name)
	}
	sort.Strings(c.m.groups)
	for _, name := range c.m.groups {
		limit := c.m.Pack.Groups[name]
		c.within("groups."+name, limit, 0, 1000)
		c.m.caps = append(c.m.caps, limit)
	}
}

func (c *compiler) rule(s *rule.Schema, path, source string) *rule.Rule {
	if strings.TrimSpace(source) == "" {
		c.refuse(path, "fault.required", nil)
		return nil
	}
	r, err := rule.Parse(s, source)
	if err != nil {
		var many fault.Many
		switch e := err.(type) {
		case *fault.Error:
			many = fault.Many{e}
		case fault.Many:
			many = e
		default:
			many = fault.Many{fault.New(fault.Internal, "fault.internal", nil).Because(err)}
		}
		for _, e := range many {
			c.bad = append(c.bad, e.At(path))
		}
		return nil
	}
	for _, kind := range r.Reads().Kinds {
		c.m.asked[kind] = true
	}
	return r
}

func (c *compiler) scoring() {
	ids := map[string]bool{}
	for i, s := range c.m.Pack.Scoring {
		path := fmt.Sprintf("scoring[%d]", i)
		one := compiledScoring{Scoring: s, group: sort.SearchStrings(c.m.groups, s.Group)}
		var known bool
		if one.period, known = periods[s.Once]; !known {
			c.refuse(path+".once", "score.once", fault.Args{"once": s.Once})
		}
		if one.group == len(c.m.groups) || c.m.groups[one.group] != s.Group {
			c.refuse(path+".group", "score.no_group", fault.Args{"group": s.Group})
		}
		if s.ID == "" || s.On == "" || ids[s.ID] {
			c.refuse(path+".id", "score.id", fault.Args{"id": s.ID})
		}
		c.within(path+".points", s.Points, -1000, 1000)
		ids[s.ID] = true
		if s.When != "" {
			one.when = c.rule(EventSchema(), path+".when", s.When)
			c.onlyBehaviour(path+".when", one.when)
		}
		c.m.byKind[s.On], c.m.asked[s.On] = append(c.m.byKind[s.On], i), true
		c.m.scoring = append(c.m.scoring, one)
	}
}

// onlyBehaviour keeps attributes out of scoring conditions: points depend on the log alone, so that
// a change of somebody's title need not replay their history.
func (c *compiler) onlyBehaviour(path string, r *rule.Rule) {
	if r == nil {
		return
	}
	for _, field := range r.Reads().Fields {
		if !strings.HasPrefix(field, "event.") {
			c.refuse(path, "score.attribute_in_scoring", fault.Args{"field": field})
		}
	}
}

// fitReads are the attributes that the fit must not depend on, because they depend on it.
var fitReads = map[string]bool{"lead.fit": true, "lead.temperature": true, "lead.stage": true, "lead.engagement": true, "lead.stage_at": true, "lead.last_at": true}

// FitMayRead tells whether a rule of the fit may ask an attribute.
func FitMayRead(field string) bool { return !fitReads[field] }

func (c *compiler) fit() {
	for i, f := range c.m.Pack.Fit.Rules {
		path := fmt.Sprintf("fit.rules[%d].when", i)
		c.within(fmt.Sprintf("fit.rules[%d].points", i), f.Points, -1000, 1000)
		r := c.rule(Schema(), path, f.When)
		c.m.fit = append(c.m.fit, r)
		if r == nil {
			continue
		}
		reads := r.Reads()
		if reads.Any || reads.Engagement || len(reads.Kinds) > 0 {
			c.refuse(path, "score.behaviour_in_fit", nil)
		}
		c.forbid(path, r, fitReads)
	}
}

func (c *compiler) forbid(path string, r *rule.Rule, forbidden map[string]bool) {
	if r == nil {
		return
	}
	for _, field := range r.Reads().Fields {
		if forbidden[field] {
			c.refuse(path, "score.circle", fault.Args{"field": field})
		}
	}
}

func (c *compiler) gates() {
	p := c.m.Pack
	c.m.Temperature.Hot = c.rule(Schema(), "temperature.hot", p.Temperature.Hot)
	c.m.Temperature.Warm = c.rule(Schema(), "temperature.warm", p.Temperature.Warm)
	own := map[string]bool{"lead.temperature": true, "lead.stage": true, "lead.stage_at": true}
	c.forbid("temperature.hot", c.m.Temperature.Hot, own)
	c.forbid("temperature.warm", c.m.Temperature.Warm, own)
	c.m.Gates = []Gate{
		{From: "lead", To: "mql", Automatic: true, Rule: c.rule(Schema(), "gates.mql", p.Gates.MQL)},
		{From: "mql", To: "tql", Automatic: true, Rule: c.rule(Schema(), "gates.tql", p.Gates.TQL)},
		{From: "tql", To: "sal", Rule: c.rule(Schema(), "gates.sal", p.Gates.SAL)},
		{From: "sal", To: "sql", Rule: c.rule(Schema(), "gates.sql", p.Gates.SQL)},
	}
}

func (c *compiler) today() {
	c.m.Today = c.rule(Schema(), "today", c.m.Pack.Today)
	c.m.Urgent = c.rule(Schema(), "urgent", c.m.Pack.Urgent)
	for i, r := range c.m.Pack.Reasons {
		c.m.asked[r.On] = true
		c.m.Reasons = append(c.m.Reasons, compiledReason{r, c.rule(Schema(), fmt.Sprintf("reasons[%d].when", i), r.When)})
	}
}

// Asks tells whether any rule of the model looks at a kind of events.
func (m *Model) Asks(kind string) bool {
	if len(m.byKind[kind]) > 0 || m.raise[kind] {
		return true
	}
	rules := append([]*rule.Rule{m.Temperature.Hot, m.Temperature.Warm, m.Today, m.Urgent}, m.fit...)
	for _, g := range m.Gates {
		rules = append(rules, g.Rule)
	}
	for _, s := range m.scoring {
		rules = append(rules, s.when)
	}
	for _, r := range m.Reasons {
		if rules = append(rules, r.when); r.On == kind {
			return true
		}
	}
	return slices.ContainsFunc(rules, func(r *rule.Rule) bool { return r != nil && slices.Contains(r.Reads().Kinds, kind) })
}
