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
	"kizashi/score"
	"kizashi/segment"
)

type editView struct {
	ID          id.ID // 0: a new one
	Title, Rule string
	Check       check
	Starters    []starter
}

// check is what a rule means, and whom it holds for now.
type check struct {
	Sentence string
	Count    int64
	Counted  bool // else counting took too long
	Wrong    string
}

const editPage = page.Of[editView]("segments/edit.html")

// countTime is how long a live count may take: a person who builds a rule does not wait longer.
const countTime = 3 * time.Second

// checked reads a rule and counts.
func checked(r *page.Request, source string) (c check, err error) {
	if source == "" {
		return c, nil
	}
	parsed, err := rule.Parse(score.Schema(), source)
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		return check{Wrong: i18n.Words(r.Lang, wrong)}, nil
	}
	if err != nil {
		return c, err
	}
	c.Sentence = parsed.Sentence(r.Lang)
	brief, cancel := context.WithTimeout(r.Context(), countTime)
	defer cancel()
	err = r.Door().DB.Read(brief, func(tx *db.Tx) (err error) {
		c.Count, err = report.CountLeads(brief, tx, r.Engine(), parsed)
		return err
	})
	c.Counted = err == nil
	if err != nil && brief.Err() != nil && r.Context().Err() == nil {
		return c, nil
	}
	return c, err
}

// checkRule answers while a rule is written.
func checkRule(r *page.Request) error {
	c, err := checked(r, r.URL.Query().Get("rule"))
	if err != nil {
		return err
	}
	return editPage.Part(r, "check", editView{Check: c})
}

func showNew(r *page.Request) error {
	q := r.URL.Query()
	return showForm(r, editView{Title: q.Get("name"), Rule: q.Get("rule"), Starters: startersIn(r.Lang)})
}

func showForm(r *page.Request, v editView) (err error) {
	if v.Check, err = checked(r, v.Rule); err != nil {
		return err
	}
	return editPage.Show(r, v)
}

func showEdit(r *page.Request) error {
	s, err := find(r)
	if err != nil {
		return err
	}
	return showForm(r, editView{ID: s.ID, Title: s.Name, Rule: s.Rule})
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
	form, err := r.Form()
	if err != nil {
		return err
	}
	save := &segment.Save{Title: form.Get("name"), Rule: form.Get("rule")}
	if err := r.Run(save); err != nil {
		return again(r, 0, form, err)
	}
	return r.Done(pathOf(save.ID), "segments.done.created", nil, pathOf(save.ID)+"/delete")
}

func edit(r *page.Request) error {
	was, err := find(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := r.Run(&segment.Save{ID: was.ID, Title: form.Get("name"), Rule: form.Get("rule")}); err != nil {
		return again(r, was.ID, form, err)
	}
	return r.Done(pathOf(was.ID), "segments.done.saved", nil, formerOf(was))
}

// again shows the form again. The mistake in the rule stands at the rule itself.
func again(r *page.Request, number id.ID, form url.Values, err error) error {
	v := editView{ID: number, Title: form.Get("name"), Rule: form.Get("rule")}
	c, bad := checked(r, v.Rule)
	if bad != nil {
		return bad
	}
	v.Check = c
	return editPage.Again(r, v, err)
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
