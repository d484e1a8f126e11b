package companies

import (
	"context"
	"strings"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/page"
)

// offered is how many companies a search for the other one offers.
const offered = 20

type mergeView struct {
	Company *company.Company
	Search  string
	Found   []*company.Company // by the search, or those with the same name
}

const mergePage = page.Of[mergeView]("companies/merge.html")

func showMerge(r *page.Request) error {
	c, err := find(r)
	if err != nil {
		return err
	}
	v := mergeView{Company: c, Search: strings.TrimSpace(r.URL.Query().Get("q"))}
	if err := v.find(r); err != nil {
		return err
	}
	return mergePage.Show(r, v)
}

func (v *mergeView) find(r *page.Request) error {
	return r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v.Search == "" {
			v.Found, err = company.Alike(ctx, tx, v.Company, offered)
			return err
		}
		found, err := company.List(ctx, tx, company.Query{Search: v.Search, Sort: "people", Limit: offered + 1})
		for _, other := range found {
			if other.ID != v.Company.ID {
				v.Found = append(v.Found, other)
			}
		}
		return err
	})
}

// merge makes the chosen company part of this one.
func merge(r *page.Request) error {
	c, err := find(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	v := mergeView{Company: c}
	loser, err := id.Parse(form.Get("loser"))
	if err != nil {
		if err := v.find(r); err != nil {
			return err
		}
		return mergePage.Again(r, v, fault.New(fault.Invalid, "companies.no_other", nil).At("loser"))
	}
	command := &company.Merge{Winner: c.ID, Loser: loser}
	if err := r.Run(command); err != nil {
		if err := v.find(r); err != nil {
			return err
		}
		return mergePage.Again(r, v, err)
	}
	return r.Done("/companies/"+c.ID.String(), "companies.done.merged", nil, "/companies/"+loser.String()+"/unmerge")
}

// unmerge brings the company of the address back.
func unmerge(r *page.Request) error {
	loser, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&company.Unmerge{Loser: loser}); err != nil {
		return err
	}
	return r.Done("/companies/"+loser.String(), "companies.done.unmerged", nil, "")
}
