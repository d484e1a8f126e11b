package model

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kizashi/i18n"
	"kizashi/rule"
	"kizashi/score"
)

// table is a model as people read it.
type table struct {
	HalfLife, Cap, FitCap    string
	Groups                   []group
	Grades                   []grade
	Fit                      []line
	Hot, Warm, Today, Urgent sentence
	Gates                    []gate
	Raise                    []string
	Reasons                  []line
	Playbook                 []advice
}

// group are the scoring rules that share a cap.
type group struct {
	ID, Name, Cap string
	Rules         []line
}

// line is a rule with its points.
type line struct {
	Name         string
	Of           string // the kind of event, where the name does not say it
	Points, Once string
	Minus        bool
	When         *sentence
}

type grade struct{ Grade, From string }

type gate struct {
	To        string
	Automatic bool
	When      sentence
}

type advice struct{ Temperature, Stage, How string }

// sentence is a rule in words, its parts apart, with its text.
type sentence struct {
	Words string
	Any   bool // one of the parts is enough
	Parts []sentence
	Text  string
}

func tell(r *rule.Rule, lang i18n.Lang) sentence {
	s := sentence{Words: r.Sentence(lang), Text: r.Source()}
	parts, any := r.Parts()
	s.Any = any
	for _, p := range parts {
		s.Parts = append(s.Parts, tell(p, lang))
	}
	return s
}

func tellSome(r *rule.Rule, lang i18n.Lang) *sentence {
	if r == nil {
		return nil
	}
	s := tell(r, lang)
	return &s
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// signed are points with their sign.
func signed(v float64) string {
	if v < 0 {
		return "−" + plain(-v)
	}
	return "+" + plain(v)
}

// nameOf is what people call a group; one of their own has the name they gave it.
func nameOf(group string, lang i18n.Lang) string {
	if key := "model.group." + group; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	return group
}

func tabulate(m *score.Model, lang i18n.Lang) table {
	p := m.Pack
	t := table{
		HalfLife: plain(p.HalfLifeDays), Cap: plain(p.Cap), FitCap: plain(p.Fit.Cap), Groups: groupsOf(m, lang),
		Hot: tell(m.Temperature.Hot, lang), Warm: tell(m.Temperature.Warm, lang), Today: tell(m.Today, lang), Urgent: tell(m.Urgent, lang),
	}
	for _, name := range slices.Sorted(maps.Keys(p.Fit.Grades)) {
		t.Grades = append(t.Grades, grade{name, plain(p.Fit.Grades[name])})
	}
	for i, f := range p.Fit.Rules {
		t.Fit = append(t.Fit, line{Name: cmp.Or(f.In(lang), f.ID), Points: signed(f.Points), Minus: f.Points < 0, When: tellSome(m.FitWhen(i), lang)})
	}
	for i := range m.Gates {
		g := &m.Gates[i]
		t.Gates = append(t.Gates, gate{g.To, g.Automatic, tell(g.Rule, lang)})
	}
	for _, kind := range p.HandRaise {
		t.Raise = append(t.Raise, score.Schema().Kind(lang, kind))
	}
	for i, r := range p.Reasons {
		t.Reasons = append(t.Reasons, line{Name: r.In(lang), When: tellSome(m.ReasonWhen(i), lang)})
	}
	for _, a := range p.Playbook {
		t.Playbook = append(t.Playbook, advice{a.Temperature, a.Stage, strings.TrimSpace(a.In(lang))})
	}
	return t
}

// groupsOf are the groups with their rules, the one with the highest cap first.
func groupsOf(m *score.Model, lang i18n.Lang) (list []group) {
	for _, name := range ordered(m.Pack) {
		g := group{ID: name, Name: nameOf(name, lang), Cap: plain(m.Pack.Groups[name])}
		for i, s := range m.Pack.Scoring {
			if s.Group == name {
				g.Rules = append(g.Rules, lineOf(&s, m.ScoringWhen(i), lang))
			}
		}
		list = append(list, g)
	}
	return list
}

func lineOf(s *score.Scoring, when *rule.Rule, lang i18n.Lang) line {
	l := line{Name: cmp.Or(s.In(lang), s.ID), Of: score.Schema().Kind(lang, s.On), Points: signed(s.Points), Once: s.Once,
		Minus: s.Points < 0, When: tellSome(when, lang)}
	if strings.EqualFold(l.Name, l.Of) {
		l.Of = ""
	}
	return l
}

// ordered are the groups of a pack, the one with the highest cap first.
func ordered(p *score.Pack) []string {
	return slices.SortedFunc(maps.Keys(p.Groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.Groups[b], p.Groups[a]), cmp.Compare(a, b))
	})
}
