package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/report"
)

func (s *service) companyWork(a huma.API) {
	register(a, operation{id: "getCompanyHeat", method: http.MethodGet, path: "/companies/{id}/heat",
		summary: "How hot a company is: its people taken together, the roles reached and missing"}, s.companyHeat)
	register(a, operation{id: "mergeCompany", method: http.MethodPost, path: "/companies/{id}/merge",
		summary: "Make another company one with this one", conflict: true}, s.mergeCompany)
	register(a, operation{id: "unmergeCompany", method: http.MethodPost, path: "/companies/{id}/unmerge", conflict: true,
		summary:  "Take a merge of companies back",
		describe: "The id is the company that was merged away, or the one it was merged into: then its newest merge is taken back."}, s.unmergeCompany)
}

// heatJSON is a company with what its people do, taken together.
type heatJSON struct {
	Company     id.ID             `json:"company"`
	Heat        int               `json:"heat" doc:"0 to 100: the engagement of its people, each up to a quarter of that."`
	Group       bool              `json:"group" doc:"A buying group: several engaged people, or a decider who is hot."`
	People      int               `json:"people" doc:"Leads who work there; the excluded ones do not count."`
	Engaged     int               `json:"engaged"`
	Hot         int               `json:"hot"`
	Warm        int               `json:"warm"`
	Roles       []roleJSON        `json:"roles" doc:"From the top."`
	Missing     []string          `json:"missing" doc:"Roles of which nobody is engaged: decider, manager, staff."`
	Departments []string          `json:"departments" doc:"Of engaged people."`
	LastAt      *time.Time        `json:"last_at"`
	Leads       []report.LeadJSON `json:"leads" doc:"The most engaged ones first."`
}

type roleJSON struct {
	Role    string `json:"role" enum:"decider,manager,staff"`
	Name    string `json:"name" doc:"In the language of Accept-Language."`
	People  int    `json:"people"`
	Engaged int    `json:"engaged"`
}

func (s *service) companyHeat(ctx context.Context, in *One) (*output[heatJSON], error) {
	var h report.CompanyHeat
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		h, err = report.Company(ctx, tx, s.Engine, in.ID.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer(heatJSON{
		Company: h.Company.ID, Heat: h.Heat.Points, Group: h.Group, People: h.Heat.People, Engaged: h.Heat.Engaged, Hot: h.Heat.Hot, Warm: h.Heat.Warm,
		Missing: h.Missing, Departments: h.Departments, LastAt: moment(h.Heat.LastAt), Leads: each(h.People, report.Person.JSON),
		Roles: each(h.Roles, func(r report.RoleCount) roleJSON {
			return roleJSON{r.Role, i18n.T(speech(ctx), report.RoleKey(r.Role), nil), r.People, r.Engaged}
		}),
	}), nil
}

type mergeCompanyBody struct {
	Loser id.ID `json:"loser" doc:"The company that becomes part of this one."`
}

func (s *service) mergeCompany(ctx context.Context, in *struct {
	One
	Body posted[mergeCompanyBody]
}) (*output[companyDetail], error) {
	if in.Body.Value.Loser == 0 {
		return nil, fault.New(fault.Invalid, "fault.required", nil).At("loser")
	}
	if err := s.run(ctx, &company.Merge{Winner: in.ID.ID, Loser: in.Body.Value.Loser}); err != nil {
		return nil, err
	}
	return s.getCompany(ctx, &in.One)
}

func (s *service) unmergeCompany(ctx context.Context, in *One) (*output[companyDetail], error) {
	loser := in.ID.ID
	err := s.read(ctx, func(tx *db.Tx) error {
		c, err := company.ByID(ctx, tx, in.ID.ID)
		if err == nil && c.ID == loser {
			loser, err = company.LastMerged(ctx, tx, c.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, &company.Unmerge{Loser: loser}); err != nil {
		return nil, err
	}
	return s.getCompany(ctx, &One{number{loser}})
}
