package model

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/page"
	"kizashi/report"
	"kizashi/score"
)

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
	err := r.ReadHeavy(func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = report.TryModel(ctx, tx, r.Engine(), m)
		return err
	})
	return &x, err
}
