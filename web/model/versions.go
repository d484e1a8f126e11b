package model

import (
	"context"
	"slices"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/page"
	"kizashi/report"
	"kizashi/score"
)

type versions struct{ List []version }

const versionsPage = page.Of[versions]("model/versions.html")

func showVersions(r *page.Request) error {
	var v versions
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		stored, err := score.List(ctx, tx)
		if err != nil {
			return err
		}
		ids := make([]id.ID, len(stored))
		for i, s := range stored {
			ids[i] = s.ID
		}
		hands, err := score.HandsOf(ctx, tx, ids)
		for _, s := range stored {
			v.List = append(v.List, version{Stored: s, Hands: hands[s.ID]})
		}
		return err
	})
	if err != nil {
		return err
	}
	return versionsPage.Show(r, v)
}

// changes is the difference between two versions.
type changes struct {
	Version     version
	From        version
	Others      []score.Stored // that it can be compared with
	Differences []score.Difference
}

const changesPage = page.Of[changes]("model/changes.html")

func showChanges(r *page.Request) error {
	var c changes
	var err error
	c.Version, err = read(r, func(ctx context.Context, tx *db.Tx, v version) error {
		all, err := score.List(ctx, tx)
		if err != nil {
			return err
		}
		c.Others = slices.DeleteFunc(all, func(s score.Stored) bool { return s.ID == v.ID })
		from, ok := compared(r.URL.Query().Get("from"), v, c.Others)
		if !ok {
			c.From = v
			return nil
		}
		c.From, err = find(ctx, tx, from)
		return err
	})
	if err != nil {
		return err
	}
	c.Differences = differences(c.From.Model, c.Version.Model, r.Lang)
	return changesPage.Show(r, c)
}

// differences are those of two models, with what people call groups, numbers and rules.
func differences(was, now *score.Model, lang i18n.Lang) []score.Difference {
	list := score.Differences(was, now, lang)
	for i := range list {
		d := &list[i]
		switch d.Part {
		case "groups":
			d.Name = nameOf(d.Name, lang)
		case "numbers", "rules":
			d.Name = i18n.T(lang, "model.place."+d.Name, nil)
		case "weights":
			d.Name = weightName(d.Name, lang)
		}
		switch d.What {
		case "group":
			d.Was, d.Now = nameOf(d.Was, lang), nameOf(d.Now, lang)
		case "once":
			d.Was, d.Now = i18n.T(lang, "model.once."+d.Was, nil), i18n.T(lang, "model.once."+d.Now, nil)
		}
	}
	return list
}

// weightName is what people call a weight: "stage.mql", "fit.A", "urgent".
func weightName(name string, lang i18n.Lang) string {
	axis, value, of := strings.Cut(name, ".")
	if !of {
		return i18n.T(lang, "model.place.weights."+name, nil)
	}
	return i18n.T(lang, "page.label."+axis, nil) + " " + valueName(axis, value, lang)
}

// valueName is what people call a value of temperature, fit or stage.
func valueName(axis, value string, lang i18n.Lang) string {
	if key := "page." + axis + "." + value; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	return value
}

// compared is the version that was asked for, else the one in force, else the newest before.
func compared(asked string, v version, others []score.Stored) (id.ID, bool) {
	if from, err := id.Parse(asked); err == nil && slices.ContainsFunc(others, func(s score.Stored) bool { return s.ID == from }) {
		return from, true
	}
	for _, s := range others {
		if s.Status == score.Live || v.Live() && s.Version < v.Version {
			return s.ID, true
		}
	}
	return 0, false
}

// draft makes a new draft of any version: that is also how an old one comes back.
func draft(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	from, err := id.Parse(form.Get("from"))
	if err != nil {
		return err
	}
	var stored score.Stored
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		stored, err = score.ByID(ctx, tx, from)
		return err
	})
	if err != nil {
		return err
	}
	c := &score.SaveDraft{Source: stored.Source}
	if err := r.Run(c); err != nil {
		return err
	}
	return r.Done(pageOf(c.ID, "/edit"), "model.drafted", fault.Args{"version": stored.Version}, pageOf(c.ID, "/discard"))
}

func discard(r *page.Request) error {
	return putAside(r, false, "/model/versions", "model.discarded", "/restore")
}

func restore(r *page.Request) error { return putAside(r, true, "", "model.restored", "/discard") }

// putAside takes a draft out of the way or brings it back; to is where that leads, "" to the draft.
func putAside(r *page.Request, back bool, to, words, undo string) error {
	model, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&score.Discard{ID: model, Back: back}); err != nil {
		return err
	}
	if to == "" {
		to = pageOf(model, "/edit")
	}
	return r.Done(to, words, nil, pageOf(model, undo))
}

// publishing asks once more, with all that will change.
type publishing struct {
	Version     version
	Former      version
	Differences []score.Difference
	Effect      *report.Effect
	Note        string
	Of          string // the fingerprint of what is read
}

const publishPage = page.Of[publishing]("model/publish.html")

func showPublish(r *page.Request) error {
	p, err := readPublishing(r)
	if err != nil {
		return err
	}
	if p.Version.Live() {
		return r.Go("/model")
	}
	p.Note = p.Version.Note
	if p.Effect, err = tryOut(r, p.Version.Model); err != nil {
		return err
	}
	return publishPage.Show(r, p)
}

func readPublishing(r *page.Request) (p publishing, err error) {
	p.Version, err = read(r, func(ctx context.Context, tx *db.Tx, v version) (err error) {
		p.Former, err = live(ctx, tx, r)
		return err
	})
	if err == nil {
		p.Differences = differences(p.Former.Model, p.Version.Model, r.Lang)
		p.Of = fingerprint(p.Version.Source)
	}
	return p, err
}

func publish(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	p, err := readPublishing(r)
	if err != nil {
		return err
	}
	p.Note = form.Get("note")
	if of := form.Get("of"); of != "" && of != p.Of {
		err = fault.New(fault.Conflict, "score.changed_unread", nil)
	} else {
		err = r.Run(&score.Publish{ID: p.Version.ID, Note: p.Note, Of: p.Version.Source})
	}
	if err != nil {
		return publishPage.Again(r, p, err)
	}
	undo := ""
	if !p.Version.Live() {
		undo = pageOf(p.Former.ID, "/publish")
	}
	return r.Done("/model", "model.published", fault.Args{"version": p.Version.Version}, undo)
}
