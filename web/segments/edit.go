package segments

import (
	"context"
	"errors"
	"net/url"
	"time"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/page"
	"kizashi/report"
	"kizashi/rule"
	"kizashi/segment"
)

type editView struct {
	ID       id.ID // 0: a new one
	Title    string
	Builder  page.RuleBuilder
	Starters []starter
}

const editPage = page.Of[editView]("segments/edit.html")

// countMost is up to where a live count goes, and countTime how long it may take: a person who builds a rule
// does not wait longer.
const (
	countMost = 100_000
	countTime = 3 * time.Second
)

// readRule answers while a rule is written: what it means, and how many people match.
func readRule(r *page.Request) error {
	reading, err := r.ReadRule()
	if err != nil {
		return err
	}
	if reading.Rule != nil {
		if reading.Count, err = counted(r, reading.Rule); err != nil {
			return err
		}
	}
	return r.AnswerRule(reading)
}

// counted says how many people a rule holds for now.
func counted(r *page.Request, asked *rule.Rule) (string, error) {
	brief, cancel := context.WithTimeout(r.Context(), countTime)
	defer cancel()
	var n report.Count
	err := r.ReadBy(brief, asked, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = report.CountUpTo(ctx, tx, r.Engine(), report.LeadQuery{Rule: asked}, countMost)
		return err
	})
	switch {
	case err != nil && brief.Err() != nil && r.Context().Err() == nil, err == nil && n.More && n.N == 0:
		return i18n.T(r.Lang, "segments.too_long", nil), nil
	case n.More:
		return i18n.T(r.Lang, "segments.match_more", fault.Args{"n": page.Number(n.N)}), err
	}
	return i18n.T(r.Lang, "segments.match_now", fault.Args{"n": page.Number(n.N)}), err
}

// form makes the form of a segment; wrong is what was wrong with its rule.
func form(r *page.Request, number id.ID, title, source string, wrong error) (v editView, err error) {
	v = editView{ID: number, Title: title}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v.Builder, err = page.NewRuleBuilder(ctx, tx, r, "rule", source, "/segments/rule"); err != nil || number != 0 {
			return err
		}
		there, err := segment.Live(ctx, tx)
		v.Starters = startersFor(r.Lang, there)
		return err
	})
	var many fault.Many
	if errors.As(wrong, &many) {
		for _, one := range many {
			if one.Path == "rule" {
				v.Builder.Wrong = i18n.Words(r.Lang, one)
			}
		}
	}
	return v, err
}

func showNew(r *page.Request) error {
	q := r.URL.Query()
	v, err := form(r, 0, q.Get("name"), q.Get("rule"), nil)
	if err != nil {
		return err
	}
	return editPage.Show(r, v)
}

func showEdit(r *page.Request) error {
	s, err := find(r)
	if err != nil {
		return err
	}
	v, err := form(r, s.ID, s.Name, s.Rule, nil)
	if err != nil {
		return err
	}
	return editPage.Show(r, v)
}

func find(r *page.Request) (s segment.Segment, err error) {
	number, err := r.ID("id")
	if err != nil {
		return s, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = segment.Find(ctx, tx, number)
		return err
	})
	return s, err
}

func create(r *page.Request) error {
	sent, err := r.Form()
	if err != nil {
		return err
	}
	save := &segment.Save{Title: sent.Get("name"), Rule: sent.Get("rule")}
	if err := r.Run(save); err != nil {
		return again(r, 0, sent, err)
	}
	return r.Done(pathOf(save.ID), "segments.done.created", nil, pathOf(save.ID)+"/delete")
}

func edit(r *page.Request) error {
	was, err := find(r)
	if err != nil {
		return err
	}
	sent, err := r.Form()
	if err != nil {
		return err
	}
	if err := r.Run(&segment.Save{ID: was.ID, Title: sent.Get("name"), Rule: sent.Get("rule")}); err != nil {
		return again(r, was.ID, sent, err)
	}
	return r.Done(pathOf(was.ID), "segments.done.saved", nil, formerOf(was))
}

// again shows the form again; the mistake in the rule stands at the rule itself.
func again(r *page.Request, number id.ID, sent url.Values, wrong error) error {
	v, err := form(r, number, sent.Get("name"), sent.Get("rule"), wrong)
	if err != nil {
		return err
	}
	return editPage.Again(r, v, wrong)
}

// maxFormer is how long an address may be that holds what a segment was, so that a browser keeps it in
// a cookie, in bytes.
const maxFormer = 2000

// formerOf is the address that takes a change back; "" where the rule is too long for it.
func formerOf(was segment.Segment) string {
	to := pathOf(was.ID) + "/former?" + url.Values{"name": {was.Name}, "rule": {was.Rule}}.Encode()
	if len(to) > maxFormer {
		return ""
	}
	return to
}

// former makes a segment what it was.
func former(r *page.Request) error {
	was, err := find(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if err := r.Run(&segment.Save{ID: was.ID, Title: q.Get("name"), Rule: q.Get("rule")}); err != nil {
		return err
	}
	return r.Done(pathOf(was.ID), "segments.done.former", nil, "")
}

func remove(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&segment.Delete{ID: number}); err != nil {
		return err
	}
	return r.Done("/segments", "segments.done.deleted", nil, pathOf(number)+"/restore")
}

func restore(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&segment.Delete{ID: number, Undo: true}); err != nil {
		return err
	}
	return r.Done(pathOf(number), "segments.done.restored", nil, "")
}

func pathOf(number id.ID) string { return "/segments/" + number.String() }
