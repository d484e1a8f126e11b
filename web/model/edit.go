package model

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
	schema := score.Schema()
	if page.RuleAbout(about) == page.AboutEvents {
		schema = score.EventSchema()
	}
	r, err := rule.Parse(schema, e.Value(name))
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
	return editor{Version: v, Of: fingerprint(v.Source), Values: values, Axes: weightAxes,
		Groups: groupsIn(values, v.Model.Pack, lang), Grades: slices.Sorted(maps.Keys(v.Model.Pack.Fit.Grades)),
		Fit: fit.places(values), Reasons: reasons.places(values), Playbook: playbook.places(values)}
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

func fingerprint(source string) string {
	sum := sha256.Sum256([]byte(source))
	return hex.EncodeToString(sum[:8])
}

func showEdit(r *page.Request) error {
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	if !v.Draft() {
		return r.Go(pageOf(v.ID, ""))
	}
	values := fill(v.Model.Pack)
	values.Set("note", v.Note)
	e := newEditor(v, values, r.Lang)
	return e.show(r, nil)
}

// edit saves the form, tries it on real leads, or changes its rows.
func edit(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	if !v.Draft() {
		return fault.New(fault.Conflict, "score.not_draft", nil)
	}
	do, where, _ := strings.Cut(form.Get("do"), ":")
	focus, arranged := arrange(form, do, where)
	e := newEditor(v, form, r.Lang)
	e.Unsaved, e.Focus = true, focus
	if arranged {
		return e.show(r, nil)
	}
	pack, model, err := take(form, v.Model.Pack)
	if err == nil && do == "try" {
		if e.Effect, err = tryOut(r, model); err == nil {
			return e.show(r, nil)
		}
	}
	if err == nil && do == "save-as" {
		return saveAs(r, form, score.Write(pack))
	}
	if err == nil {
		err = save(r, v, form, score.Write(pack))
	}
	if err != nil {
		e.Wrongs = wrongs(form, err, r.Lang)
		if e.Meanwhile = edited(err); e.Meanwhile {
			e.Of = form.Get("of") // so that saving once more does not overwrite either
		}
		return e.show(r, err)
	}
	if do == "publish" {
		return r.Go(pageOf(v.ID, "/publish"))
	}
	return r.Done(pageOf(v.ID, "/edit"), "model.saved", fault.Args{"version": v.Version}, "")
}

// arrange adds a row to the form or moves one, and tells where to go on by keyboard; false if something
// else is to be done.
func arrange(form url.Values, do, where string) (focus string, arranged bool) {
	switch do {
	case "add":
		scoring.add(form, map[string]string{"group": where, "points": "5"})
	case "add-fit":
		fit.add(form, map[string]string{"points": "5"})
	case "add-reason":
		reasons.add(form, map[string]string{"window_days": "0"})
	case "add-advice":
		playbook.add(form, nil)
	case "add-group":
		addGroup(form)
	case "up":
		return "up:" + move(form, where, -1), true
	case "down":
		return "down:" + move(form, where, 1), true
	default:
		return "", false
	}
	return form.Get("do"), true
}

// edited tells whether somebody else had saved the draft meanwhile.
func edited(err error) bool {
	var one *fault.Error
	return errors.As(err, &one) && one.Key == "score.edited_meanwhile"
}

// saveAs keeps the form as a draft of its own.
func saveAs(r *page.Request, form url.Values, source string) error {
	c := &score.SaveDraft{Source: source, Note: form.Get("note")}
	if err := r.Run(c); err != nil {
		return err
	}
	return r.Done(pageOf(c.ID, "/edit"), "model.saved_as", nil, pageOf(c.ID, "/discard"))
}

// readRule answers the script of the rule builders.
func readRule(r *page.Request) error {
	about := page.RuleAbout(r.URL.Query().Get("about"))
	reading, err := r.ReadRuleAbout(about)
	if err != nil {
		return err
	}
	return r.AnswerRule(reading)
}

// save keeps the draft, unless somebody else has changed it since the form was opened.
func save(r *page.Request, v version, form url.Values, source string) error {
	if of := form.Get("of"); of != "" && of != fingerprint(v.Source) {
		return fault.New(fault.Conflict, "score.edited_meanwhile", nil)
	}
	return r.Run(&score.SaveDraft{ID: v.ID, Source: source, Note: form.Get("note"), Of: v.Source})
}

func tryOut(r *page.Request, m *score.Model) (*report.Effect, error) {
	var x report.Effect
	err := r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = report.TryModel(ctx, tx, r.Engine(), m)
		return err
	})
	return &x, err
}

// written is a version as YAML.
type written struct {
	Version version
	Source  string
	Of      string
	Note    string
}

const yamlPage = page.Of[written]("model/yaml.html")

func showYAML(r *page.Request) error {
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	return yamlPage.Show(r, written{v, v.Source, fingerprint(v.Source), v.Note})
}

func editYAML(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	source := strings.ReplaceAll(form.Get("source"), "\r\n", "\n") + "\n"
	if err := save(r, v, form, source); err != nil {
		return yamlPage.Again(r, written{v, source, cmp.Or(form.Get("of"), fingerprint(v.Source)), form.Get("note")}, err)
	}
	return r.Done(pageOf(v.ID, "/edit"), "model.saved", fault.Args{"version": v.Version}, "")
}
