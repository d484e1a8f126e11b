package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kizashi/i18n"
	"kizashi/rule"
)

// Difference is one thing that is not the same in two models.
type Difference struct {
	Part string // scoring, fit, groups, grades, numbers, rules, playbook, reasons, weights, hand_raise
	Name string // of the rule or number in it, in words where it has any
	What string // added, removed, or what was changed: points, once, group, on, when, words, value
	// Was and Now are the values; of a rule its sentence, with the text beside.
	Was, Now         string
	WasText, NowText string
}

// Differences says in words what now has that was has not, and the other way round.
func Differences(was, now *Model, lang i18n.Lang) []Difference {
	d := &differ{was: was, now: now, lang: lang}
	d.numbers("numbers", settings(was.Pack), settings(now.Pack))
	d.numbers("groups", was.Pack.Groups, now.Pack.Groups)
	d.scoring()
	d.fit()
	d.numbers("grades", was.Pack.Fit.Grades, now.Pack.Fit.Grades)
	a, b := was.named(), now.named()
	for i := range a {
		d.rule("rules", a[i].name, "value", a[i].rule, b[i].rule)
	}
	d.texts("hand_raise", was.raising(lang), now.raising(lang))
	d.numbers("weights", weights(was.Pack), weights(now.Pack))
	d.texts("reasons", was.reasonTexts(lang), now.reasonTexts(lang))
	d.texts("playbook", was.adviceTexts(lang), now.adviceTexts(lang))
	return d.list
}

type differ struct {
	was, now *Model
	lang     i18n.Lang
	list     []Difference
}

func (d *differ) add(part, name, what, was, now string) {
	d.list = append(d.list, Difference{Part: part, Name: name, What: what, Was: was, Now: now})
}

// value notes a value that changed.
func (d *differ) value(part, name, what, was, now string) {
	if was != now {
		d.add(part, name, what, was, now)
	}
}

func (d *differ) rule(part, name, what string, was, now *rule.Rule) {
	a, b := sourceOf(was), sourceOf(now)
	if a == b {
		return
	}
	d.list = append(d.list, Difference{part, name, what, d.say(was), d.say(now), a, b})
}

func (d *differ) say(r *rule.Rule) string {
	if r == nil {
		return ""
	}
	return r.Sentence(d.lang)
}

func sourceOf(r *rule.Rule) string {
	if r == nil {
		return ""
	}
	return r.Source()
}

func (d *differ) numbers(part string, was, now map[string]float64) {
	all := maps.Clone(was)
	if all == nil {
		all = map[string]float64{}
	}
	maps.Copy(all, now)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a, before := was[name]
		b, after := now[name]
		switch {
		case !before:
			d.add(part, name, "added", "", number(b))
		case !after:
			d.add(part, name, "removed", number(a), "")
		case a != b:
			d.add(part, name, "value", number(a), number(b))
		}
	}
}

// texts notes lines that are in one of the two alone.
func (d *differ) texts(part string, was, now []string) {
	for _, line := range was {
		if !slices.Contains(now, line) {
			d.add(part, line, "removed", "", "")
		}
	}
	for _, line := range now {
		if !slices.Contains(was, line) {
			d.add(part, line, "added", "", "")
		}
	}
}

func (d *differ) scoring() {
	before := map[string]*compiledScoring{}
	for i := range d.was.scoring {
		before[d.was.scoring[i].ID] = &d.was.scoring[i]
	}
	for i := range d.now.scoring {
		b := &d.now.scoring[i]
		name := cmp.Or(b.In(d.lang), b.ID)
		a, known := before[b.ID]
		if !known {
			d.add("scoring", name, "added", "", number(b.Points))
			continue
		}
		delete(before, b.ID)
		d.value("scoring", name, "points", number(a.Points), number(b.Points))
		d.value("scoring", name, "once", a.Once, b.Once)
		d.value("scoring", name, "group", a.Group, b.Group)
		d.value("scoring", name, "on", Schema().Kind(d.lang, a.On), Schema().Kind(d.lang, b.On))
		d.value("scoring", name, "words", a.In(d.lang), b.In(d.lang))
		d.rule("scoring", name, "when", a.when, b.when)
	}
	for i := range d.was.scoring {
		if a := &d.was.scoring[i]; before[a.ID] != nil {
			d.add("scoring", cmp.Or(a.In(d.lang), a.ID), "removed", number(a.Points), "")
		}
	}
}

func (d *differ) fit() {
	before := map[string]int{}
	for i, f := range d.was.Pack.Fit.Rules {
		before[f.ID] = i
	}
	for j, b := range d.now.Pack.Fit.Rules {
		name := cmp.Or(b.In(d.lang), b.ID)
		i, known := before[b.ID]
		if !known {
			d.add("fit", name, "added", "", number(b.Points))
			continue
		}
		delete(before, b.ID)
		a := d.was.Pack.Fit.Rules[i]
		d.value("fit", name, "points", number(a.Points), number(b.Points))
		d.value("fit", name, "words", a.In(d.lang), b.In(d.lang))
		d.rule("fit", name, "when", d.was.fit[i], d.now.fit[j])
	}
	for _, a := range d.was.Pack.Fit.Rules {
		if _, gone := before[a.ID]; gone {
			d.add("fit", cmp.Or(a.In(d.lang), a.ID), "removed", number(a.Points), "")
		}
	}
}

func settings(p *Pack) map[string]float64 {
	return map[string]float64{"half_life_days": p.HalfLifeDays, "cap": p.Cap, "fit.cap": p.Fit.Cap, "utc_offset_hours": p.UTCOffset}
}

func weights(p *Pack) map[string]float64 {
	all := map[string]float64{"urgent": p.Weights.Urgent}
	for axis, values := range map[string]map[string]float64{"temperature": p.Weights.Temperature, "fit": p.Weights.Fit, "stage": p.Weights.Stage} {
		for name, v := range values {
			all[axis+"."+name] = v
		}
	}
	return all
}

type namedRule struct {
	name string
	rule *rule.Rule
}

// named are the rules that every model has, by their places in the pack.
func (m *Model) named() []namedRule {
	list := []namedRule{{"temperature.hot", m.Temperature.Hot}, {"temperature.warm", m.Temperature.Warm}}
	for _, g := range m.Gates {
		list = append(list, namedRule{"gates." + g.To, g.Rule})
	}
	return append(list, namedRule{"today", m.Today}, namedRule{"urgent", m.Urgent})
}

func (m *Model) raising(lang i18n.Lang) []string {
	return each(m.Pack.HandRaise, func(kind string) string { return Schema().Kind(lang, kind) })
}

func (m *Model) reasonTexts(lang i18n.Lang) []string {
	return each(m.Reasons, func(r compiledReason) string {
		return fmt.Sprintf("%s (%s)", r.In(lang), r.when.Sentence(lang))
	})
}

// adviceTexts are the lines of the playbook with whom they are for.
func (m *Model) adviceTexts(lang i18n.Lang) []string {
	return each(m.Pack.Playbook, func(a Advice) string {
		whom := strings.Trim(strings.ToUpper(a.Stage)+" "+a.Temperature, " ")
		return strings.TrimLeft(whom+": "+strings.TrimSpace(a.In(lang)), ": ")
	})
}
