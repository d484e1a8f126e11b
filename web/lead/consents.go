package lead

import (
	"context"
	"net/url"

	"kizashi/consent"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
)

// purposes are what may be done with a person's data.
var purposes = []string{consent.Mail, consent.Call, consent.Post, consent.Provide, consent.Tracking}

// standing is whether a purpose is allowed now, and by what.
type standing struct {
	Purpose string
	consent.Verdict
}

func standings(rows consent.Standing) (list []standing) {
	for _, purpose := range purposes {
		list = append(list, standing{purpose, rows.For(purpose)})
	}
	return list
}

// consentView is the ledger of a lead.
type consentView struct {
	Lead     *lead.Lead
	Name     string
	Standing []standing
	Rows     []consentRow // the newest first
	Next     id.ID        // where the next page goes on; 0 on the last one
	Purposes []string
	Bases    []string
	Form     url.Values
}

// consentRow is a row of the ledger with its purpose in words.
type consentRow struct {
	consent.Entry
	Words string
}

// shownConsents is how many rows of the ledger a page holds.
const shownConsents = 50

const consentPage = page.Of[consentView]("lead/consent.html")

func showConsent(r *page.Request) error {
	v, err := readConsent(r)
	if err != nil {
		return err
	}
	return consentPage.Show(r, v)
}

func readConsent(r *page.Request) (v consentView, err error) {
	before, err := placeOf(r)
	if err != nil {
		return v, err
	}
	v = consentView{Purposes: append([]string{consent.All}, purposes...), Bases: consent.Bases, Form: url.Values{"answer": {"refused"}}}
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		all, err := consent.Of(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		v.Standing = standings(all)
		rows, err := consent.Ledger(ctx, tx, l.ID, before, shownConsents+1)
		if len(rows) > shownConsents {
			rows = rows[:shownConsents]
			v.Next = rows[shownConsents-1].ID
		}
		say := &teller{r: r}
		for _, e := range rows {
			v.Rows = append(v.Rows, consentRow{e, say.purpose(e.Purpose)})
		}
		return err
	})
	if err == nil {
		v.Name = v.Lead.Called()
	}
	return v, err
}

// recordConsent adds a row: an agreement with its basis, or a refusal.
func recordConsent(r *page.Request) error {
	v, err := readConsent(r)
	if err != nil {
		return err
	}
	if v.Form, err = r.Form(); err != nil {
		return err
	}
	e := consent.Entry{Lead: v.Lead.ID, Purpose: v.Form.Get("purpose"), Granted: v.Form.Get("answer") == "granted",
		Source: v.Form.Get("source"), Wording: v.Form.Get("wording")}
	if e.Granted {
		e.Basis = v.Form.Get("basis")
	}
	c := &consent.Record{Entry: e}
	if err := r.Run(c); err != nil {
		return consentPage.Again(r, v, err)
	}
	return r.Done(pageOf(v.Lead.ID, "/consent"), "lead.done.consent", nil, undoOf(v.Lead.ID, c))
}
