package model

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/page"
	"kizashi/report"
	"kizashi/rule"
	"kizashi/score"
)

// editor is a draft in fields, with what it would change beside.
type editor struct {
	Version   version
	Of        string // the fingerprint of what is edited
	Values    url.Values
	Groups    []formGroup
	Fit       []string // places of the rows, as Reasons and Playbook
	Reasons   []string
	Playbook  []string
	Grades    []string
	Axes      []axis
	Kinds     []page.RuleChoice
	Raise     []raise
	Words     []ruleWords
	Effect    *report.Effect
	Wrongs    []wrong
	Unsaved   bool   // the fields hold what the draft does not
	Focus     string // what was pressed last, at the place of its row now: "up:scoring[2]"
	Meanwhile bool   // somebody else has saved the draft since it was opened

	read map[string]*rule.Rule // the rules of the draft by their texts, so that they need not be read again
}

// ruleWords are the words for the builders of rules about something, which all of them share.
type ruleWords struct {
	ID    string
	Words page.RuleWords
}

// raise is a kind of event that may raise a hand.
type raise struct {
	page.RuleChoice
	Chosen bool
}

// Value is what a field holds.
func (e editor) Value(name string) string { return e.Values.Get(name) }

// Gone tells that a row is to be removed.
func (e editor) Gone(row string) bool { return e.Values.Has(row + ".gone") }

// Name is what a row is called.
func (e editor) Name(row string, lang i18n.Lang) string {
	if name := e.Values.Get(row + "." + string(lang)); name != "" {
		return name
	}
	return e.Values.Get(row + ".ja")
}

// Mark is the place of a mistake in the text of a field; nil if it has none.
func (e editor) Mark(path string) *mark {
	for i := range e.Wrongs {
		if e.Wrongs[i].Path == path {
			return e.Wrongs[i].Mark
		}
	}
	return nil
}

// Builder is the field of a rule about something (a page.RuleAbout): as text and as a form.
func (e editor) Builder(name, about, label string) page.RuleBuilder {
	return page.RuleBuilder{Name: name, Text: e.Value(name), Check: "/model/rule?about=" + about, WordsIn: "rule-words-" + about, Label: label}
}

// Told is the rule of a field in words; nil if it is empty or cannot be read.
func (e editor) Told(name, about string, lang i18n.Lang) *sentence {
	text := e.Value(name)
	if text == "" {
		return nil
	}
	if r := e.read[text]; r != nil {
		return tellSome(r, lang)
	}
	schema := score.Schema()
	if page.RuleAbout(about) == page.AboutEvents {
		schema = score.EventSchema()
	}
	r, err := rule.Parse(schema, text)
	if err != nil {
		return nil
	}
	return tellSome(r, lang)
}

// New tells whether a row was just added: it has no id yet, and nothing is written in it.
func (e editor) New(row string) bool {
	return e.Value(row+".id")+e.Value(row+".ja")+e.Value(row+".en") == ""
}

// Among tells whether a kind can be chosen from the list.
func (e editor) Among(kind string) bool {
	return slices.ContainsFunc(e.Kinds, func(k page.RuleChoice) bool { return k.Value == kind })
}

// WeightName is what people call a value of an axis.
func (e editor) WeightName(axis, value string, lang i18n.Lang) string {
	return valueName(axis, value, lang)
}

// Kind is what people call a kind of event.
func (e editor) Kind(kind string, lang i18n.Lang) string { return score.Schema().Kind(lang, kind) }

// wrong is a mistake in a field: which, what to do, and where in its text.
type wrong struct {
	Path, Label, Text string
	Mark              *mark
}

// mark is a place in a line of text.
type mark struct{ Before, At, After string }

// wrongs are the mistakes of a form, in words.
func wrongs(v url.Values, err error, lang i18n.Lang) (list []wrong) {
	if err == nil || fault.KindOf(err) == fault.Internal {
		return nil
	}
	for _, one := range faults(err) {
		line, _ := one.Args["line"].(int)
		column, _ := one.Args["column"].(int)
		list = append(list, wrong{one.Path, label(v, one.Path, lang), i18n.Words(lang, one), markAt(v.Get(one.Path), line, column)})
	}
	return list
}

// markAt finds the word at a line and column (both from 1, in characters) of a text.
func markAt(text string, line, column int) *mark {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if line < 1 || line > len(lines) || column < 1 {
		return nil
	}
	all := []rune(lines[line-1])
	from := min(column-1, len(all))
	ends := ` "'()[]&|!<>=,`
	if from < len(all) && all[from] == '"' {
		ends = `"`
	}
	to := min(from+1, len(all))
	for to < len(all) && !strings.ContainsRune(ends, all[to]) {
		to++
	}
	if ends == `"` {
		to = min(to+1, len(all))
	}
	return &mark{string(all[:from]), string(all[from:to]), string(all[to:])}
}

const editPage = page.Of[editor]("model/edit.html")

func newEditor(v version, values url.Values, lang i18n.Lang) editor {
	return editor{Version: v, read: rulesOf(v.Model), Of: fingerprint(v.Source), Values: values, Axes: weightAxes,
		Groups: groupsIn(values, v.Model.Pack, lang), Grades: slices.Sorted(maps.Keys(v.Model.Pack.Fit.Grades)),
		Fit: fit.places(values), Reasons: reasons.places(values), Playbook: playbook.places(values)}
}

// rulesOf are the rules of a model by their texts.
func rulesOf(m *score.Model) map[string]*rule.Rule {
	p, all := m.Pack, map[string]*rule.Rule{}
	for i, s := range p.Scoring {
		all[s.When] = m.ScoringWhen(i)
	}
	for i, f := range p.Fit.Rules {
		all[f.When] = m.FitWhen(i)
	}
	for i, r := range p.Reasons {
		all[r.When] = m.ReasonWhen(i)
	}
	return all
}

// show gives the form its words and answers with it; err is why it was refused, nil if it was not.
func (e *editor) show(r *page.Request, err error) error {
	failed := r.Read(func(ctx context.Context, tx *db.Tx) error {
		for _, about := range []page.RuleAbout{page.AboutLeads, page.AboutFit, page.AboutEvents} {
			words, err := page.NewRuleWords(ctx, tx, r, about)
			if err != nil {
				return err
			}
			e.Words = append(e.Words, ruleWords{"rule-words-" + string(about), words})
			e.Kinds = words.Kinds
		}
		return nil
	})
	if failed != nil {
		return failed
	}
	e.Raise = e.raising(r.Lang)
	if err != nil {
		return editPage.Again(r, *e, err)
	}
	return editPage.Show(r, *e)
}

// raising are the kinds that raise a hand, and then those that could.
func (e *editor) raising(lang i18n.Lang) (list []raise) {
	chosen := kindsIn(e.Values)
	for _, kind := range chosen {
		list = append(list, raise{page.RuleChoice{Value: kind, Label: e.Kind(kind, lang)}, true})
	}
	for _, k := range e.Kinds {
		if !slices.Contains(chosen, k.Value) {
			list = append(list, raise{k, false})
		}
	}
	return list
}
