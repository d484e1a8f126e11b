package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/clock"
	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
)

func (s *service) companyOperations(a huma.API) {
	register(a, operation{id: "listCompanies", method: http.MethodGet, path: "/companies", summary: "List companies, newest first"}, s.listCompanies)
	register(a, operation{id: "getCompany", method: http.MethodGet, path: "/companies/{id}", summary: "Read a company"}, s.getCompany)
	register(a, operation{id: "changeCompany", method: http.MethodPatch, path: "/companies/{id}", summary: "Change what is given of a company", conflict: true}, s.changeCompany)
	s.companyWork(a)
}

// companyDetail is a company as the API shows it.
type companyDetail struct {
	ID         id.ID     `json:"id"`
	Name       string    `json:"name"`
	Number     string    `json:"number" doc:"法人番号, 13 digits."`
	Domain     string    `json:"domain" doc:"Its first corporate mail domain."`
	Domains    []string  `json:"domains,omitempty" doc:"All of them; not in lists."`
	Phone      string    `json:"phone"`
	Postal     string    `json:"postal"`
	Address    string    `json:"address"`
	URL        string    `json:"url"`
	Industry   string    `json:"industry" doc:"A letter of JSIC, or the words that were given."`
	Size       int       `json:"size" doc:"Employees; 0: unknown."`
	Tier       int       `json:"tier" doc:"Of target accounts: 1 the best, 3 the last, 0 none."`
	Competitor bool      `json:"competitor"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

func showCompany(c *company.Company) companyDetail {
	return companyDetail{
		ID: c.ID, Name: c.Name, Number: c.Number, Domain: c.Domain, Phone: c.Phone, Postal: c.Postal, Address: c.Address,
		URL: c.URL, Industry: c.Industry, Size: c.Size, Tier: c.Tier, Competitor: c.Competitor,
		CreatedAt: clock.Time(c.CreatedAt), UpdatedAt: clock.Time(c.UpdatedAt),
	}
}

func (s *service) listCompanies(ctx context.Context, in *struct {
	Page
	Q          string `query:"q" maxLength:"200" doc:"Part of the name in any spelling, a corporate number or a mail domain."`
	Tier       int    `query:"tier" minimum:"-1" maximum:"3" doc:"Of target accounts: only that one; -1: any."`
	Competitor bool   `query:"competitor" doc:"Only competitors."`
}) (*output[list[companyDetail]], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	var found []*company.Company
	err = s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = company.List(ctx, tx, company.Query{Search: in.Q, Tier: in.Tier, Rivals: in.Competitor, After: after, Limit: in.size() + 1})
		return err
	})
	shown := each(found, showCompany)
	return answer(cut(shown, in.size(), func(c companyDetail) string { return c.ID.String() })), err
}

func (s *service) getCompany(ctx context.Context, in *One) (*output[companyDetail], error) {
	var shown companyDetail
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := company.ByID(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		shown = showCompany(found)
		shown.Domains, err = company.Domains(ctx, tx, found.ID)
		return err
	})
	return answer(shown), err
}

type companyChange struct {
	Name       given `json:"name,omitzero"`
	Number     given `json:"number,omitzero"`
	Domain     given `json:"domain,omitzero"`
	Phone      given `json:"phone,omitzero"`
	Postal     given `json:"postal,omitzero"`
	Address    given `json:"address,omitzero"`
	URL        given `json:"url,omitzero"`
	Industry   given `json:"industry,omitzero" doc:"JSIC division or a word for it."`
	Size       *int  `json:"size,omitempty" minimum:"0"`
	Tier       *int  `json:"tier,omitempty" minimum:"0" maximum:"3"`
	Competitor *bool `json:"competitor,omitempty"`
}

func (s *service) changeCompany(ctx context.Context, in *struct {
	One
	Body posted[companyChange]
}) (*output[companyDetail], error) {
	b := in.Body.Value
	change := &company.Change{
		ID: in.ID.ID, CompanyName: b.Name.text, Number: b.Number.text, Domain: b.Domain.text, Phone: b.Phone.text,
		Postal: b.Postal.text, Address: b.Address.text, URL: b.URL.text, Industry: b.Industry.text,
		Size: b.Size, Tier: b.Tier, Competitor: b.Competitor,
	}
	if err := s.run(ctx, change); err != nil {
		return nil, err
	}
	return s.getCompany(ctx, &in.One)
}
