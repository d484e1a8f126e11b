package companies

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/page"
	"kizashi/report"
)

// shown is how many companies stand on a page.
const shown = 50

// Which companies are listed; the letters are tiers of the target list.
const (
	everybody = ""
	targets   = "targets"
	rivals    = "rivals"
)

var filters = []string{everybody, targets, "a", "b", "c", rivals}

// sorts are the orders of the list; the first is the usual one.
var sorts = []string{"heat", "people", "name", "new"}

type listView struct {
	Search, Filter, Sort string
	Filters, Sorts       []string
	Tiers                []int
	Rows                 []row
	Next                 string
}

// row is a company with the roles it was reached in.
type row struct {
	*company.Company
	Reached []reached
}

// reached is a role and whether somebody in it is engaged.
type reached struct {
	Role string
	Yes  bool
}

const listPage = page.Of[listView]("companies/list.html")

func list(r *page.Request) error {
	q := r.URL.Query()
	v := listView{Search: strings.TrimSpace(q.Get("q")), Filter: q.Get("show"), Sort: q.Get("sort"),
		Filters: filters, Sorts: sorts, Tiers: []int{1, 2, 3, 0}}
	if !slices.Contains(filters, v.Filter) {
		v.Filter = everybody
	}
	if !slices.Contains(sorts, v.Sort) {
		v.Sort = sorts[0]
	}
	ask := company.Query{Search: v.Search, Sort: v.Sort, Limit: shown + 1, Rivals: v.Filter == rivals, Tier: tierOf(v.Filter)}
	if after := q.Get("after"); after != "" {
		var err error
		if ask.After, err = id.Parse(after); err != nil {
			return fault.New(fault.Invalid, "report.cursor", nil).At("after")
		}
	}
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		found, err := company.List(ctx, tx, ask)
		if len(found) > shown {
			found = found[:shown]
			v.Next = found[shown-1].ID.String()
		}
		for _, c := range found {
			v.Rows = append(v.Rows, row{c, reach(c.Heat.Roles)})
		}
		return err
	})
	if err != nil {
		return err
	}
	return listPage.Show(r, v)
}

func reach(roles company.Roles) (list []reached) {
	for _, known := range report.Roles {
		list = append(list, reached{known.Name, roles.Has(known.Role)})
	}
	return list
}

// tierOf is the tier that a filter asks for, as company.Query has it.
func tierOf(filter string) int {
	switch filter {
	case targets:
		return -1
	case "a", "b", "c":
		return int(filter[0]-'a') + 1
	}
	return 0
}

// setTiers puts the chosen companies on the target list. To take it back, the address holds what each
// was before.
func setTiers(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	c := &company.SetTiers{Tiers: map[id.ID]int{}}
	before := r.URL.Query()["was"]
	for _, was := range before {
		number, tier, _ := strings.Cut(was, ".")
		if err := want(c, number, tier); err != nil {
			return err
		}
	}
	for _, number := range form["company"] {
		if err := want(c, number, form.Get("tier")); err != nil {
			return err
		}
	}
	if err := r.Run(c); err != nil {
		return err
	}
	switch {
	case len(before) > 0:
		return r.Done(r.Back("/companies"), "companies.done.tiers_undone", fault.Args{"n": len(c.Was)}, "")
	case len(c.Was) == 0:
		return r.Done(r.Back("/companies"), "companies.done.tiers_same", nil, "")
	}
	return r.Done(r.Back("/companies"), "companies.done.tiers", fault.Args{"n": len(c.Was)}, former(c.Was))
}

// want takes a company and its tier from a form.
func want(c *company.SetTiers, number, tier string) error {
	found, err := id.Parse(number)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(tier)
	if err != nil {
		return fault.New(fault.Invalid, "companies.no_tier", nil).At("tier")
	}
	c.Tiers[found] = n
	return nil
}

// former is the address that takes a change of tiers back.
func former(was map[id.ID]int) string {
	q := url.Values{}
	for number, tier := range was {
		q.Add("was", number.String()+"."+strconv.Itoa(tier))
	}
	return "/companies/tiers?" + q.Encode()
}
