package model

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/page"
	"kizashi/report"
	"kizashi/score"
)

// editor is a draft in fields, with what it would change beside.
type editor struct {
	Version version
	Of      string // the fingerprint of what is edited
	Values  url.Values
	Groups  []formGroup
	Fit     []string // places of the rows
	Grades  []string
	Rules   []ruleGroup
	Kinds   []kind
	Effect  *report.Effect
	Wrongs  []wrong
	Unsaved bool // the fields hold what the draft does not
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

type kind struct{ Kind, Words string }

// ruleGroup are rules that stand alone, under one title.
type ruleGroup struct {
	Title string // message key
	Names []string
}

var ruleGroups = []ruleGroup{
	{"model.temperature", []string{"temperature.hot", "temperature.warm"}},
	{"model.gates", []string{"gates.mql", "gates.tql", "gates.sal", "gates.sql"}},
	{"model.today", []string{"today", "urgent"}},
}

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
	e := editor{Version: v, Of: fingerprint(v.Source), Values: values, Rules: ruleGroups,
		Groups: groupsIn(values, v.Model.Pack, lang), Grades: slices.Sorted(maps.Keys(v.Model.Pack.Fit.Grades))}
	for i := range fit.rows(values) {
		e.Fit = append(e.Fit, fit.at(i))
	}
	for _, k := range score.KnownKinds() {
		e.Kinds = append(e.Kinds, kind{k, score.Schema().Kind(lang, k)})
	}
	return e
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
	return editPage.Show(r, newEditor(v, values, r.Lang))
}

// edit saves the form, tries it on real leads, or adds a row to it.
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
	switch do {
	case "add":
		scoring.add(form, map[string]string{"group": where, "points": "5"})
	case "add-fit":
		fit.add(form, map[string]string{"points": "5"})
	}
	e := newEditor(v, form, r.Lang)
	e.Unsaved = true
	if do == "add" || do == "add-fit" {
		return editPage.Show(r, e)
	}
	pack, model, err := take(form, v.Model.Pack)
	if err == nil && do == "try" {
		if e.Effect, err = tryOut(r, model); err == nil {
			return editPage.Show(r, e)
		}
	}
	if err == nil {
		err = save(r, v, form, score.Write(pack))
	}
	if err != nil {
		e.Wrongs = wrongs(form, err, r.Lang)
		return editPage.Again(r, e, err)
	}
	if do == "publish" {
		return r.Go(pageOf(v.ID, "/publish"))
	}
	return r.Done(pageOf(v.ID, "/edit"), "model.saved", fault.Args{"version": v.Version}, "")
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
		return yamlPage.Again(r, written{v, source, fingerprint(v.Source), form.Get("note")}, err)
	}
	return r.Done(pageOf(v.ID, "/edit"), "model.saved", fault.Args{"version": v.Version}, "")
}
