package model

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/score"
)

// The fields of the form are named as the places of the pack: "scoring[3].points", "groups.web",
// "gates.mql". A mistake that score.Compile finds at a place so stands at its field.

// list is a list of rules in the form, by the name of its place.
type list string

const (
	scoring list = "scoring"
	fit     list = "fit.rules"
)

func (l list) at(i int) string { return fmt.Sprintf("%s[%d]", l, i) }

// rows is how many rows the list has in a form, among them those to be removed.
func (l list) rows(v url.Values) int {
	n, _ := strconv.Atoi(v.Get(string(l) + ".n")) // a form that lacks it has no rows
	return min(max(n, 0), maxRows)
}

// add puts an empty row into the form.
func (l list) add(v url.Values, fields map[string]string) {
	n := l.rows(v)
	v.Set(string(l)+".n", strconv.Itoa(n+1))
	for name, value := range fields {
		v.Set(l.at(n)+"."+name, value)
	}
}

// maxRows is one more than a pack may hold, so that the pack says what is too much.
const maxRows = 501

// ruleFields are the places of the rules that stand alone.
func ruleFields(p *score.Pack) map[string]*string {
	return map[string]*string{
		"temperature.hot": &p.Temperature.Hot, "temperature.warm": &p.Temperature.Warm,
		"gates.mql": &p.Gates.MQL, "gates.tql": &p.Gates.TQL, "gates.sal": &p.Gates.SAL, "gates.sql": &p.Gates.SQL,
		"today": &p.Today, "urgent": &p.Urgent,
	}
}

func numberFields(p *score.Pack) map[string]*float64 {
	return map[string]*float64{"half_life_days": &p.HalfLifeDays, "cap": &p.Cap, "fit.cap": &p.Fit.Cap}
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
	for _, s := range p.Scoring {
		scoring.add(v, map[string]string{"id": s.ID, "on": s.On, "group": s.Group, "points": plain(s.Points),
			"once": s.Once, "when": s.When, "ja": s.JA, "en": s.EN})
	}
	for _, f := range p.Fit.Rules {
		fit.add(v, map[string]string{"id": f.ID, "when": f.When, "points": plain(f.Points), "ja": f.JA, "en": f.EN})
	}
	return v
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
	p.Groups = rd.numbers("groups.", over.Groups)
	p.Fit.Grades = rd.numbers("fit.grades.", over.Fit.Grades)
	rd.scoring(&p)
	rd.fit(&p)
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
		on := r.Get(at + ".on")
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

func (r *reader) words(at string) score.Words {
	w := score.Words{JA: r.Get(at + ".ja"), EN: r.Get(at + ".en")}
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
	for _, l := range []list{scoring, fit} {
		if strings.HasPrefix(path, string(l)+"[") {
			row, field, _ := strings.Cut(path, "]")
			return cmp.Or(r.places[row+"]"], row+"]") + field
		}
	}
	return path
}

// label says to people which field a place is.
func label(v url.Values, path string, lang i18n.Lang) string {
	for _, l := range []list{scoring, fit} {
		if strings.HasPrefix(path, string(l)+"[") {
			row, field, _ := strings.Cut(path, "].")
			name := cmp.Or(v.Get(row+"]."+string(lang)), v.Get(row+"].ja"), v.Get(row+"].en"), i18n.T(lang, "model.new_rule", nil))
			return i18n.T(lang, "model.of_rule", fault.Args{"name": name, "field": i18n.T(lang, "model.field."+field, nil)})
		}
	}
	if group, ok := strings.CutPrefix(path, "groups."); ok {
		return i18n.T(lang, "model.group_cap", fault.Args{"group": nameOf(group, lang)})
	}
	if grade, ok := strings.CutPrefix(path, "fit.grades."); ok {
		return i18n.T(lang, "page.label.fit", nil) + " " + grade
	}
	if key := "model.place." + path; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	return path
}

// groupsIn are the groups of the form with their rows, in the order of reading; rows of a group that does
// not exist stand with the first.
func groupsIn(v url.Values, p *score.Pack, lang i18n.Lang) []formGroup {
	var groups []formGroup
	for _, name := range ordered(p) {
		groups = append(groups, formGroup{ID: name, Name: nameOf(name, lang), Cap: "groups." + name})
	}
	for i := range scoring.rows(v) {
		at := scoring.at(i)
		n := max(slices.IndexFunc(groups, func(g formGroup) bool { return g.ID == v.Get(at+".group") }), 0)
		groups[n].Rows = append(groups[n].Rows, at)
	}
	return groups
}

// formGroup is a group of scoring rules in the form: the name of its cap's field, and its rows' places.
type formGroup struct {
	ID, Name, Cap string
	Rows          []string
}
