package companies

import (
	"context"
	"net/url"
	"strconv"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/page"
)

type editView struct {
	Company    *company.Company // nil: a new one
	Form       url.Values
	Industries []company.Industry
	Other      string // an industry in the words given
	Tiers      []int
}

const editPage = page.Of[editView]("companies/edit.html")

func newEditView(c *company.Company, form url.Values) editView {
	v := editView{Company: c, Form: form, Tiers: []int{0, 1, 2, 3}, Industries: company.Industries}
	if given := form.Get("industry"); given != "" && company.IndustryOf(given) == "" {
		v.Other = given
	}
	return v
}

func showNew(r *page.Request) error { return editPage.Show(r, newEditView(nil, url.Values{})) }

func showEdit(r *page.Request) error {
	c, err := find(r)
	if err != nil {
		return err
	}
	form := url.Values{"name": {c.Name}, "number": {c.Number}, "domain": {c.Domain}, "phone": {c.Phone}, "postal": {c.Postal},
		"address": {c.Address}, "url": {c.URL}, "industry": {c.Industry}, "tier": {strconv.Itoa(c.Tier)}}
	if c.Size != 0 {
		form.Set("size", strconv.Itoa(c.Size))
	}
	if c.Competitor {
		form.Set("competitor", "1")
	}
	return editPage.Show(r, newEditView(c, form))
}

// find is the company of the address; one that was merged away stands for the one it is now.
func find(r *page.Request) (c *company.Company, err error) {
	number, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = company.ByID(ctx, tx, number)
		return err
	})
	return c, err
}

// texts are the fields of the form that are texts.
var texts = []string{"name", "number", "domain", "phone", "postal", "address", "url", "industry"}

// changeOf reads the form. What is no number is refused like what is out of range.
func changeOf(form url.Values) *company.Change {
	c := &company.Change{}
	given := map[string]**string{"name": &c.CompanyName, "number": &c.Number, "domain": &c.Domain, "phone": &c.Phone,
		"postal": &c.Postal, "address": &c.Address, "url": &c.URL, "industry": &c.Industry}
	for _, name := range texts {
		text := form.Get(name)
		*given[name] = &text
	}
	c.Size, c.Tier = number(form.Get("size")), number(form.Get("tier"))
	competitor := form.Get("competitor") != ""
	c.Competitor = &competitor
	return c
}

// number reads a number that may be left out; -1 is what none can be read of.
func number(text string) *int {
	n := 0
	if text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			n = -1
		}
	}
	return &n
}

func edit(r *page.Request) error {
	c, err := find(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	change := changeOf(form)
	change.ID = c.ID
	if err := r.Run(change); err != nil {
		return editPage.Again(r, newEditView(c, form), err)
	}
	to, undo := "/companies/"+c.ID.String(), ""
	if change.Was != nil { // else there was nothing to change
		undo = to + "/undo?row=" + change.AuditRow().String()
	}
	return r.Done(to, "companies.done.saved", nil, undo)
}

// takeBack takes a change of the fields back.
func takeBack(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	rows, err := r.IDs("row")
	if err != nil {
		return err
	}
	if err := r.Run(act.NewTakeBack(number, rows, &company.Change{})); err != nil {
		return err
	}
	return r.Done("/companies/"+number.String(), "companies.done.taken_back", nil, "")
}

// create makes a company, or opens the one that is meant; what the form says is set on it.
func create(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	change := changeOf(form)
	if err := change.Check(); err != nil {
		return editPage.Again(r, newEditView(nil, form), err)
	}
	made := &company.Create{Fields: company.Fields{Name: form.Get("name"), Number: form.Get("number"), Domain: form.Get("domain"),
		Phone: form.Get("phone"), Postal: form.Get("postal"), Address: form.Get("address"), URL: form.Get("url"),
		Industry: form.Get("industry"), Size: form.Get("size")}}
	if err := r.Run(made); err != nil {
		return editPage.Again(r, newEditView(nil, form), err)
	}
	rest := &company.Change{ID: made.Target(), Tier: change.Tier, Competitor: change.Competitor}
	if *rest.Tier != 0 || *rest.Competitor {
		if err := r.Run(rest); err != nil {
			return err
		}
	}
	to := "/companies/" + made.Target().String()
	if made.Company.CreatedAt < r.Now {
		return r.Done(to, "companies.done.known", fault.Args{"name": made.Company.Name}, "")
	}
	return r.Done(to, "companies.done.created", nil, "")
}
