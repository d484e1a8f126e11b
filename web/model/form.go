package model

import (
	"cmp"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kizashi/fault"
	"kizashi/score"
)

// The fields of the form are named as the places of the pack: "scoring[3].points", "groups.web",
// "gates.mql". A mistake that score.Compile finds at a place so stands at its field.

// ruleFields are the places of the rules that stand alone.
func ruleFields(p *score.Pack) map[string]*string {
	return map[string]*string{
		"temperature.hot": &p.Temperature.Hot, "temperature.warm": &p.Temperature.Warm,
		"gates.mql": &p.Gates.MQL, "gates.tql": &p.Gates.TQL, "gates.sal": &p.Gates.SAL, "gates.sql": &p.Gates.SQL,
		"today": &p.Today, "urgent": &p.Urgent,
	}
}

func numberFields(p *score.Pack) map[string]*float64 {
	return map[string]*float64{"half_life_days": &p.HalfLifeDays, "utc_offset_hours": &p.UTCOffset, "cap": &p.Cap,
		"fit.cap": &p.Fit.Cap, "weights.urgent": &p.Weights.Urgent}
}

// axis are the numbers of a pack by the values of a field: "weights.stage.mql".
type axis struct {
	Name   string
	Values []string
}

// weightAxes are what weighs on the Today list.
var weightAxes = []axis{
	{"temperature", []string{"hot", "warm", "cold"}},
	{"fit", []string{"A", "B", "C", "D"}},
	{"stage", []string{"lead", "mql", "tql", "sal", "sql"}},
}

func weightFields(p *score.Pack) map[string]*map[string]float64 {
	return map[string]*map[string]float64{"temperature": &p.Weights.Temperature, "fit": &p.Weights.Fit, "stage": &p.Weights.Stage}
}

// fill writes a pack into a form.
func fill(p *score.Pack) url.Values {
	v := url.Values{}
	for name, at := range numberFields(p) {
		v.Set(name, plain(*at))
	}
	for name, at := range ruleFields(p) {
		v.Set(name, *at)
	}
	for name, limit := range p.Groups {
		v.Set("groups."+name, plain(limit))
	}
	for name, from := range p.Fit.Grades {
		v.Set("fit.grades."+name, plain(from))
	}
	for _, a := range weightAxes {
		weights := *weightFields(p)[a.Name]
		for _, value := range a.Values {
			v.Set("weights."+a.Name+"."+value, plain(weights[value]))
		}
	}
	v["hand_raise"] = slices.Clone(p.HandRaise)
	v.Set("name.ja", p.Name.JA)
	v.Set("name.en", p.Name.EN)
	fillLists(v, p)
	return v
}

func fillLists(v url.Values, p *score.Pack) {
	for _, s := range p.Scoring {
		scoring.add(v, map[string]string{"id": s.ID, "on": s.On, "group": s.Group, "points": plain(s.Points),
			"once": s.Once, "when": s.When, "ja": s.JA, "en": s.EN})
	}
	for _, f := range p.Fit.Rules {
		fit.add(v, map[string]string{"id": f.ID, "when": f.When, "points": plain(f.Points), "ja": f.JA, "en": f.EN})
	}
	for _, r := range p.Reasons {
		reasons.add(v, map[string]string{"on": r.On, "when": r.When, "window_days": strconv.Itoa(r.WindowDays), "ja": r.JA, "en": r.EN})
	}
	for _, a := range p.Playbook {
		playbook.add(v, map[string]string{"stage": a.Stage, "temperature": a.Temperature, "ja": strings.TrimSpace(a.JA), "en": strings.TrimSpace(a.EN)})
	}
}

// reader takes a pack from a form. Places of the form are kept for those of the pack, which lacks the
// rows that are to be removed.
type reader struct {
	url.Values
	places map[string]string // "scoring[2]" of the pack → "scoring[3]" of the form
	bad    fault.Many
}

// take reads a form over a pack: what the form does not hold stays as it is. The model is nil where there
// are mistakes; those are at the fields of the form.
func take(v url.Values, over *score.Pack) (*score.Pack, *score.Model, error) {
	p := *over
	rd := &reader{Values: v, places: map[string]string{}}
	for name, at := range numberFields(&p) {
		*at = rd.number(name)
	}
	for name, at := range ruleFields(&p) {
		*at = rd.text(name)
	}
	p.Groups = rd.groups(over.Groups)
	p.Fit.Grades = rd.numbers("fit.grades.", over.Fit.Grades)
	rd.weights(&p)
	p.Name = score.Words{JA: rd.Get("name.ja"), EN: rd.Get("name.en")}
	p.HandRaise = kindsIn(rd.Values)
	rd.scoring(&p)
	rd.fit(&p)
	rd.reasons(&p)
	rd.playbook(&p)
	m, err := score.Compile(&p)
	if err != nil {
		for _, one := range faults(err) {
			rd.bad = append(rd.bad, one.At(rd.place(one.Path)))
		}
	}
	if err := rd.bad.OrNil(); err != nil {
		return &p, nil, err
	}
	return &p, m, nil
}

// faults are the mistakes that score.Compile found.
func faults(err error) fault.Many {
	switch e := err.(type) {
	case fault.Many:
		return e
	case *fault.Error:
		return fault.Many{e}
	}
	return fault.Many{fault.New(fault.Internal, "fault.internal", nil).Because(err)}
}

// text is a rule as it was written; browsers end lines with two characters, the rule language with one.
func (r *reader) text(name string) string { return strings.ReplaceAll(r.Get(name), "\r\n", "\n") }

func (r *reader) number(name string) float64 {
	v, err := strconv.ParseFloat(r.Get(name), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		r.bad = append(r.bad, fault.New(fault.Invalid, "model.no_number", nil).At(name))
		return 1 // within every range: one mistake is told once
	}
	return v
}

func (r *reader) numbers(beginning string, over map[string]float64) map[string]float64 {
	m := maps.Clone(over)
	for name := range m {
		if r.Has(beginning + name) {
			m[name] = r.number(beginning + name)
		}
	}
	return m
}

// groups are the caps by group: those of the pack, and new ones of the form.
func (r *reader) groups(over map[string]float64) map[string]float64 {
	all := maps.Clone(over)
	if all == nil {
		all = map[string]float64{}
	}
	for _, name := range groupNames(r.Values, over) {
		all[name] = 0
	}
	all = r.numbers("groups.", all)
	for name := range all {
		if r.Has("groups." + name + ".gone") {
			delete(all, name)
		}
	}
	return all
}

// weights are read over those of the pack; one that it lacks counts as 0 and need not be written.
func (r *reader) weights(p *score.Pack) {
	for _, a := range weightAxes {
		at := weightFields(p)[a.Name]
		beginning, all := "weights."+a.Name+".", maps.Clone(*at)
		if all == nil {
			all = map[string]float64{}
		}
		for _, value := range a.Values {
			weight, known := all[value]
			if r.Has(beginning + value) {
				weight = r.number(beginning + value)
			}
			if known || weight != 0 {
				all[value] = weight
			}
		}
		*at = all
	}
}

// kindsIn are the kinds of events that raise a hand: those chosen, and one by its name.
func kindsIn(v url.Values) (kinds []string) {
	for _, kind := range append(slices.Clone(v["hand_raise"]), strings.TrimSpace(v.Get("hand_raise.other"))) {
		if kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// each calls f for every row that stays, after noting its place.
func (r *reader) each(l list, f func(at string)) {
	kept := 0
	for i := range l.rows(r.Values) {
		if at := l.at(i); !r.Has(at + ".gone") {
			r.places[l.at(kept)] = at
			kept++
			f(at)
		}
	}
}

func (r *reader) scoring(p *score.Pack) {
	taken := map[string]bool{}
	p.Scoring = nil
	r.each(scoring, func(at string) {
		on := r.kind(at)
		p.Scoring = append(p.Scoring, score.Scoring{
			ID: unused(taken, r.Get(at+".id"), on, "rule"), On: on, Group: r.Get(at + ".group"), Points: r.number(at + ".points"),
			Once: r.Get(at + ".once"), When: r.text(at + ".when"), Words: r.words(at),
		})
		if on == "" {
			r.bad = append(r.bad, fault.New(fault.Invalid, "fault.required", nil).At(at+".on"))
		}
	})
}

func (r *reader) fit(p *score.Pack) {
	taken := map[string]bool{}
	p.Fit.Rules = nil
	r.each(fit, func(at string) {
		p.Fit.Rules = append(p.Fit.Rules, score.FitRule{
			ID: unused(taken, r.Get(at+".id"), "", "fit"), When: r.text(at + ".when"), Points: r.number(at + ".points"), Words: r.words(at),
		})
	})
}

func (r *reader) reasons(p *score.Pack) {
	p.Reasons = nil
	r.each(reasons, func(at string) {
		p.Reasons = append(p.Reasons, score.Reason{On: r.kind(at), When: r.text(at + ".when"), WindowDays: r.days(at + ".window_days"), Words: r.words(at)})
	})
}

func (r *reader) playbook(p *score.Pack) {
	p.Playbook = nil
	r.each(playbook, func(at string) {
		p.Playbook = append(p.Playbook, score.Advice{Stage: r.Get(at + ".stage"), Temperature: r.Get(at + ".temperature"), Words: r.words(at)})
	})
}

// kind is the kind of event of a row: chosen, or one by its name.
func (r *reader) kind(at string) string {
	return cmp.Or(strings.TrimSpace(r.Get(at+".on_other")), r.Get(at+".on"))
}

// maxDays bounds the days over which a reason counts: ten years, as spans in rules.
const maxDays = 3650

// days is a number of whole days; none is 0.
func (r *reader) days(name string) int {
	n, err := strconv.Atoi(cmp.Or(r.Get(name), "0"))
	if err != nil || n < 0 || n > maxDays {
		r.bad = append(r.bad, fault.New(fault.Invalid, "model.no_days", fault.Args{"max": maxDays}).At(name))
		return 0
	}
	return n
}

func (r *reader) words(at string) score.Words {
	w := score.Words{JA: strings.TrimSpace(r.text(at + ".ja")), EN: strings.TrimSpace(r.text(at + ".en"))}
	if w.JA == "" && w.EN == "" {
		r.bad = append(r.bad, fault.New(fault.Invalid, "fault.required", nil).At(at+".ja"))
	}
	return w
}

// unused is the id of a row, or for a new row the first that no other has.
func unused(taken map[string]bool, id string, wanted ...string) string {
	if id == "" {
		begin := cmp.Or(wanted...)
		id = begin
		for n := 2; taken[id]; n++ {
			id = begin + "_" + strconv.Itoa(n)
		}
	}
	taken[id] = true
	return id
}

// place is where a place of the pack stands in the form.
func (r *reader) place(path string) string {
	for _, l := range lists {
		if strings.HasPrefix(path, string(l)+"[") {
			row, field, _ := strings.Cut(path, "]")
			return cmp.Or(r.places[row+"]"], row+"]") + field
		}
	}
	return path
}
