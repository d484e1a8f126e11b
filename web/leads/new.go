package leads

import (
	"context"
	"strings"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
)

// maxAlike is how many leads are named that a new one may be.
const maxAlike = 5

// newView is the form of a new lead, and who it may be already.
type newView struct {
	Form   form
	Alike  []lead.Resemblance
	Owners []member.Account
}

// Same tells whether what is entered goes to a lead that is there.
func (v newView) Same() bool { return len(v.Alike) > 0 && v.Alike[0].Same }

const newPage = page.Of[newView]("leads/new.html")

// newTexts are the fields of the form, as lead.Fields has them.
var newTexts = []string{"name", "kana", "company", "department", "title", "email", "phone", "mobile", "prefecture", "source"}

// Texts are the fields of the form.
func (newView) Texts() []string { return newTexts }

func showNew(r *page.Request) error {
	v, err := readNew(r, r.URL.Query())
	if err != nil {
		return err
	}
	return newPage.Show(r, v)
}

// showAlike tells while somebody types whom they may be typing.
func showAlike(r *page.Request) error {
	sent, err := r.Form()
	if err != nil {
		return err
	}
	v, err := readNew(r, sent)
	if err != nil {
		return err
	}
	return newPage.Show(r, v)
}

func readNew(r *page.Request, sent form) (v newView, err error) {
	v.Form = sent
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		accounts, err := member.Accounts(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if a.MayOwn() {
				v.Owners = append(v.Owners, a)
			}
		}
		v.Alike, err = lead.Resembling(ctx, tx, fieldsOf(sent), maxAlike)
		return err
	})
	return v, err
}

func fieldsOf(sent form) lead.Fields {
	tags := strings.FieldsFunc(sent.Get("tags"), func(c rune) bool { return c == ',' || c == '、' || c == '，' })
	return lead.Fields{Name: sent.Get("name"), Kana: sent.Get("kana"), Email: sent.Get("email"), Phone: sent.Get("phone"),
		Mobile: sent.Get("mobile"), Department: sent.Get("department"), Title: sent.Get("title"), Prefecture: sent.Get("prefecture"),
		Source: sent.Get("source"), Tags: tags, Company: company.Fields{Name: sent.Get("company")}}
}

// create makes the lead. Whoever resembles somebody is shown to the person first, once.
func create(r *page.Request) error {
	sent, err := r.Form()
	if err != nil {
		return err
	}
	v, err := readNew(r, sent)
	if err != nil {
		return err
	}
	c := &lead.Create{Fields: fieldsOf(sent)}
	for _, a := range v.Owners {
		if a.ID.String() == sent.Get("owner") {
			c.Owner = a.ID
		}
	}
	if err := c.Check(); err == nil && len(v.Alike) > 0 && sent.Get("sure") != "1" {
		return newPage.Again(r, v, fault.New(fault.Conflict, "leads.new.alike", nil))
	}
	if err := r.Run(c); err != nil {
		return newPage.Again(r, v, err)
	}
	to := "/leads/" + c.Target().String()
	if c.Result.Action != lead.Made {
		return r.Done(to, "leads.done.completed", nil, "")
	}
	if act.Market.Holds(r.Who) {
		return r.Done(to, "leads.done.entered", nil, to+"/delete")
	}
	return r.Done(to, "leads.done.entered", nil, "")
}
