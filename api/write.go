package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kizashi/company"
	"kizashi/id"
	"kizashi/lead"
)

// given is a text that may be left out of a change: null and "" empty the field.
type given struct{ text *string }

// Schema describes it.
func (given) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true}
}

// UnmarshalJSONFrom reads a text or null.
func (g *given) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	text := ""
	if d.PeekKind() == 'n' {
		g.text = &text
		return d.SkipValue()
	}
	if err := json.UnmarshalDecode(d, &text); err != nil {
		return err
	}
	g.text = &text
	return nil
}

// scalar is a value of a property as text: numbers and yes or no as they are written, null as "".
type scalar string

// UnmarshalJSONFrom reads any value.
func (v *scalar) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case 'n':
		*v = ""
		return d.SkipValue()
	case '"':
		var text string
		err := json.UnmarshalDecode(d, &text)
		*v = scalar(text)
		return err
	}
	raw, err := d.ReadValue()
	*v = scalar(raw)
	return err
}

// companyBody is a company as a caller describes it: an object, or its name alone.
type companyBody struct {
	Name     string `json:"name,omitempty" example:"株式会社兆し"`
	Number   string `json:"number,omitempty" doc:"法人番号, 13 digits."`
	Domain   string `json:"domain,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Postal   string `json:"postal,omitempty"`
	Address  string `json:"address,omitempty"`
	URL      string `json:"url,omitempty"`
	Industry string `json:"industry,omitempty" doc:"JSIC division or a word for it."`
	Size     scalar `json:"size,omitempty" doc:"Employees: a number, or words such as 1,000名以上."`
}

// UnmarshalJSONFrom reads an object, a name, or null for no company.
func (c *companyBody) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case 'n':
		*c = companyBody{}
		return d.SkipValue()
	case '"':
		*c = companyBody{}
		return json.UnmarshalDecode(d, &c.Name)
	}
	type plain companyBody // without this method
	return json.UnmarshalDecode(d, (*plain)(c))
}

func (c companyBody) fields() company.Fields {
	return company.Fields{Name: c.Name, Number: c.Number, Domain: c.Domain, Phone: c.Phone, Postal: c.Postal,
		Address: c.Address, URL: c.URL, Industry: c.Industry, Size: string(c.Size)}
}

// companyGiven is a company that may be left out of a change.
type companyGiven struct{ company *companyBody }

// Schema describes it.
func (companyGiven) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[companyBody](), true, "")
}

// UnmarshalJSONFrom reads what companyBody reads.
func (c *companyGiven) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	c.company = &companyBody{}
	return json.UnmarshalDecode(d, c.company)
}

// leadBody is a lead as a caller describes it.
type leadBody struct {
	User       string            `json:"user,omitempty" doc:"Your own id of the person."`
	Email      string            `json:"email,omitempty"`
	Emails     []string          `json:"emails,omitempty" doc:"Further ones."`
	Name       string            `json:"name,omitempty" example:"山田 太郎"`
	LastName   string            `json:"last_name,omitempty"`
	FirstName  string            `json:"first_name,omitempty"`
	Kana       string            `json:"kana,omitempty"`
	Phone      string            `json:"phone,omitempty"`
	Mobile     string            `json:"mobile,omitempty"`
	Phones     []string          `json:"phones,omitempty" doc:"Further ones."`
	Department string            `json:"department,omitempty"`
	Title      string            `json:"title,omitempty"`
	Postal     string            `json:"postal,omitempty"`
	Prefecture string            `json:"prefecture,omitempty"`
	Address    string            `json:"address,omitempty"`
	Source     string            `json:"source,omitempty" doc:"Where the lead came from first."`
	Excluded   string            `json:"excluded,omitempty" enum:"refused,own,competitor,student,other"`
	Tags       []string          `json:"tags,omitempty"`
	Company    companyBody       `json:"company,omitzero" doc:"An object, or the name alone."`
	Properties map[string]scalar `json:"properties,omitempty"`
	Status     *string           `json:"status,omitempty" enum:"untouched,trying,talked,meeting_set,done,on_hold"`
	Owner      *id.ID            `json:"owner,omitempty" doc:"An account."`
	Rank       *int              `json:"rank,omitempty" minimum:"0" maximum:"8" doc:"Of the title; told from the title where it is not given."`
	Unknown    map[string]scalar `json:",embed" hidden:"true"`
}

// properties are those that were named so, and the fields that the API does not know.
func properties(named, unknown map[string]scalar) map[string]string {
	all := make(map[string]string, len(named)+len(unknown))
	for _, some := range []map[string]scalar{unknown, named} {
		for name, value := range some {
			all[strings.ReplaceAll(name, "\x00", "\uFFFD")] = string(value)
		}
	}
	return all
}

func (b *leadBody) fields() lead.Fields {
	return lead.Fields{
		User: b.User, Email: b.Email, Emails: b.Emails, Name: b.Name, LastName: b.LastName, FirstName: b.FirstName,
		Kana: b.Kana, Phone: b.Phone, Mobile: b.Mobile, Phones: b.Phones, Department: b.Department, Title: b.Title,
		Postal: b.Postal, Prefecture: b.Prefecture, Address: b.Address, Source: b.Source, Excluded: b.Excluded,
		Tags: b.Tags, Props: properties(b.Properties, b.Unknown), Company: b.Company.fields(),
	}
}

// createdLead is a lead with what became of the description.
type createdLead struct {
	LeadDetail
	Action string `json:"action" enum:"new,updated,same" doc:"Whether the lead is new, was completed, or knew all that already."`
}

type createdOutput struct {
	Status int
	Body   createdLead
}

func (s *service) createLead(ctx context.Context, in *struct{ Body posted[leadBody] }) (*createdOutput, error) {
	b := &in.Body.Value
	more := &lead.Change{Status: b.Status, Owner: b.Owner, Rank: b.Rank}
	if err := more.Check(); err != nil {
		return nil, err
	}
	create := &lead.Create{Fields: b.fields()}
	if err := s.run(ctx, create); err != nil {
		return nil, err
	}
	if b.Status != nil || b.Owner != nil || b.Rank != nil {
		more.ID = create.Result.Lead
		if err := s.run(ctx, more); err != nil {
			return nil, err
		}
	}
	read, err := s.getLead(ctx, &One{number{create.Result.Lead}})
	if err != nil {
		return nil, err
	}
	made := &createdOutput{http.StatusOK, createdLead{read.Body, string(create.Result.Action)}}
	if create.Result.Action == lead.Made {
		made.Status = http.StatusCreated
	}
	return made, nil
}

// leadChange is what a caller changes of a lead.
type leadChange struct {
	Seen       *time.Time        `json:"seen,omitempty" doc:"The updated_at that was read."`
	Email      given             `json:"email,omitzero" doc:"The former one stays as a further one; an empty text removes it."`
	Name       given             `json:"name,omitzero"`
	LastName   given             `json:"last_name,omitzero"`
	FirstName  given             `json:"first_name,omitzero"`
	Kana       given             `json:"kana,omitzero"`
	Phone      given             `json:"phone,omitzero"`
	Mobile     given             `json:"mobile,omitzero"`
	Department given             `json:"department,omitzero"`
	Title      given             `json:"title,omitzero"`
	Rank       *int              `json:"rank,omitempty" minimum:"0" maximum:"8"`
	Postal     given             `json:"postal,omitzero"`
	Prefecture given             `json:"prefecture,omitzero"`
	Address    given             `json:"address,omitzero"`
	Source     given             `json:"source,omitzero"`
	Status     given             `json:"status,omitzero" doc:"untouched, trying, talked, meeting_set, done or on_hold."`
	Owner      given             `json:"owner,omitzero" doc:"An account; null: nobody."`
	Excluded   given             `json:"excluded,omitzero" doc:"refused, own, competitor, student, other; null: it is a lead."`
	WakeAt     *time.Time        `json:"wake_at,omitempty" doc:"When a recycled lead comes back."`
	Company    companyGiven      `json:"company,omitzero" doc:"An object, the name alone, or null for none."`
	Tags       *[]string         `json:"tags,omitempty" doc:"All of them."`
	Properties map[string]scalar `json:"properties,omitempty" doc:"One by one; null or an empty text removes one."`
	Unknown    map[string]scalar `json:",embed" hidden:"true"`
}

func (c *leadChange) command(number id.ID) (*lead.Change, error) {
	change := &lead.Change{
		ID: number, Email: c.Email.text, FullName: c.Name.text, LastName: c.LastName.text, FirstName: c.FirstName.text,
		Kana: c.Kana.text, Phone: c.Phone.text, Mobile: c.Mobile.text, Department: c.Department.text, Title: c.Title.text,
		Rank: c.Rank, Postal: c.Postal.text, Prefecture: c.Prefecture.text, Address: c.Address.text, Source: c.Source.text,
		Status: c.Status.text, Excluded: c.Excluded.text, Tags: c.Tags, Props: properties(c.Properties, c.Unknown),
	}
	if c.Company.company != nil {
		fields := c.Company.company.fields()
		change.Company = &fields
	}
	if c.Owner.text != nil {
		change.Owner = new(id.ID)
		if *c.Owner.text != "" {
			owner, err := id.Parse(*c.Owner.text)
			if err != nil {
				return nil, at("owner", err)
			}
			change.Owner = &owner
		}
	}
	if c.Seen != nil {
		ms := c.Seen.UnixMilli()
		change.Seen = &ms
	}
	if c.WakeAt != nil {
		ms := c.WakeAt.UnixMilli()
		change.WakeAt = &ms
	}
	return change, nil
}

func (s *service) changeLead(ctx context.Context, in *struct {
	One
	Body posted[leadChange]
}) (*output[LeadDetail], error) {
	change, err := in.Body.Value.command(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, change); err != nil {
		return nil, err
	}
	return s.getLead(ctx, &in.One)
}
