package company

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// normalise makes the comparable form of a description, of whose Mail only the domain is left. What cannot be read is unknown: a door that
// wants to refuse it checks before.
func normalise(f Fields, lists Lists, known industries) *asked {
	a := &asked{}
	a.Name = Tidy(f.Name)
	a.Key = keyOf(a.Name)
	a.Number, _ = ParseNumber(f.Number)
	a.Domain = lists.domainOf(f)
	a.Phone, a.Postal = digitsOf(f.Phone), postalOf(f.Postal)
	a.Address, a.URL, a.Industry = Tidy(f.Address), Tidy(f.URL), known.of(f.Industry)
	a.Size, a.Unproven = sizeOf(f.Size), f.Claim
	return a
}

// keyOf is Key, but never empty for a name: a name of signs alone is its own key.
func keyOf(name string) string {
	if key := Key(name); key != "" {
		return key
	}
	return strings.ToLower(norm.NFKC.String(name))
}

func hostOf(address string) string {
	if address = Tidy(address); address != "" && !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func postalOf(s string) string {
	if digits := digitsOf(s); len(digits) == 7 {
		return digits
	}
	return ""
}

// Create makes a company, or finds the one that is meant.
type Create struct {
	Fields
	Company *Company `json:"-"` // the result
}

// Name is the command in the audit log.
func (c *Create) Name() string { return "company.create" }

// Allow lets those create who work with leads.
func (c *Create) Allow(who act.Who) bool { return act.Work.Holds(who) }

// Check refuses what names no company, and a wrong corporate number.
func (c *Create) Check() error {
	if Tidy(c.Fields.Name) == "" {
		return fault.New(fault.Invalid, "company.no_name", nil).At("name")
	}
	return checkNumber(c.Number)
}

func checkNumber(number string) error {
	_, err := ParseNumber(number)
	if f, ok := err.(*fault.Error); ok {
		return f.At("number")
	}
	return err
}

// Do makes the company.
func (c *Create) Do(ctx context.Context, tx *db.Tx) error {
	made, err := Ensure(ctx, tx, c.Fields)
	c.Company = made
	return err
}

// Target is the company.
func (c *Create) Target() id.ID {
	if c.Company == nil {
		return 0
	}
	return c.Company.ID
}

// Change sets what is given of a company and leaves the rest.
type Change struct {
	ID id.ID `json:"id"`

	CompanyName *string `json:"name,omitempty"`
	Number      *string `json:"number,omitempty"`
	Domain      *string `json:"domain,omitempty"`
	Phone       *string `json:"phone,omitempty"`
	Postal      *string `json:"postal,omitempty"`
	Address     *string `json:"address,omitempty"`
	URL         *string `json:"url,omitempty"`
	Industry    *string `json:"industry,omitempty"` // JSIC division or a word for it
	Size        *int    `json:"size,omitempty"`     // employees, 0 = unknown
	Tier        *int    `json:"tier,omitempty"`     // 0–MaxTier
	Competitor  *bool   `json:"competitor,omitempty"`

	act.Recorded
	Was *undo `json:"was,omitempty"` // what it did, to take it back; set by Do
}

// Name is the command in the audit log.
func (c *Change) Name() string { return "company.change" }

// Allow lets those change who work with leads.
func (c *Change) Allow(who act.Who) bool { return act.Work.Holds(who) }

// Target is the company.
func (c *Change) Target() id.ID { return c.ID }

// Check refuses an empty name, a wrong corporate number, a domain that many share, and numbers out
// of range.
func (c *Change) Check() error {
	var wrong fault.Many
	refuse := func(bad bool, path, key string, args fault.Args) {
		if bad {
			wrong = append(wrong, fault.New(fault.Invalid, key, args).At(path))
		}
	}
	refuse(c.CompanyName != nil && Tidy(*c.CompanyName) == "", "name", "company.no_name", nil)
	refuse(c.Size != nil && (*c.Size < 0 || *c.Size > 10_000_000), "size", "company.size_range", nil)
	refuse(c.Tier != nil && (*c.Tier < 0 || *c.Tier > MaxTier), "tier", "company.tier_range", fault.Args{"max": MaxTier})
	refuse(c.Domain != nil && *c.Domain != "" && Lists{}.domainOf(Fields{Domain: *c.Domain}) == "",
		"domain", "company.domain_shared", nil)
	if c.Number != nil {
		if f, ok := checkNumber(*c.Number).(*fault.Error); ok {
			wrong = append(wrong, f)
		}
	}
	return wrong.OrNil()
}

// Do changes the company and tells its leads what they are judged by anew.
func (c *Change) Do(ctx context.Context, tx *db.Tx) error {
	company, err := ByID(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	was := *company
	c.apply(company)
	if *company == was {
		return nil
	}
	if err := freeNumber(ctx, tx, company); err != nil {
		return err
	}
	learned, err := c.takeDomain(ctx, tx, company)
	if err != nil {
		return err
	}
	if company.Domain != was.Domain {
		lists, err := ReadLists(ctx, tx)
		if err != nil {
			return err
		}
		company.heed(lists, company.Domain)
	}
	did := differenceOf(&was, company, learned)
	c.Was, company.UpdatedAt = &did, tx.Now
	if _, err := tx.Exec(ctx, update, company.values()...); err != nil {
		return err
	}
	if company.Key != was.Key {
		if err := index(ctx, tx, indexName, []*Company{company}); err != nil {
			return err
		}
	}
	tx.Post(Changed{Company: company.ID, Renamed: company.Name != was.Name, Competitor: company.Competitor != was.Competitor})
	return nil
}

func (c *Change) apply(company *Company) {
	set := func(to, from *string, make func(string) string) {
		if from != nil {
			*to = make(*from)
		}
	}
	set(&company.Name, c.CompanyName, Tidy)
	company.Key = keyOf(company.Name)
	set(&company.Number, c.Number, func(s string) string { n, _ := ParseNumber(s); return n })
	set(&company.Domain, c.Domain, func(s string) string { return Lists{}.domainOf(Fields{Domain: s}) })
	set(&company.Phone, c.Phone, digitsOf)
	set(&company.Postal, c.Postal, postalOf)
	set(&company.Address, c.Address, Tidy)
	set(&company.URL, c.URL, Tidy)
	set(&company.Industry, c.Industry, industries{}.of)
	if c.Size != nil {
		company.Size = *c.Size
	}
	if c.Tier != nil {
		company.Tier = *c.Tier
	}
	if c.Competitor != nil {
		company.Competitor = *c.Competitor
	}
}

// freeNumber refuses the corporate number of another company.
func freeNumber(ctx context.Context, tx *db.Tx, company *Company) error {
	var owner id.ID
	err := tx.Row(ctx, `SELECT id FROM company WHERE number <> '' AND number = $1 AND id <> $2 AND merged_into = 0 LIMIT 1`,
		company.Number, company.ID).Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		return fault.New(fault.Conflict, "company.number_taken", fault.Args{"number": company.Number, "company": owner}).At("number")
	}
	return err
}

// takeDomain writes the domain among the company's, and tells if it is new there; one that another
// company has is refused.
func (c *Change) takeDomain(ctx context.Context, tx *db.Tx, company *Company) (learned []string, err error) {
	if c.Domain == nil || company.Domain == "" {
		return nil, nil
	}
	n, err := tx.Exec(ctx, `INSERT INTO company_domain (domain, company) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		company.Domain, company.ID)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		learned = []string{company.Domain}
	}
	var owner id.ID
	err = tx.Row(ctx, `SELECT company FROM company_domain WHERE domain = $1`, company.Domain).Scan(&owner)
	if err == nil && owner != company.ID {
		err = fault.New(fault.Conflict, "company.domain_taken", fault.Args{"domain": company.Domain, "company": owner}).At("domain")
	}
	return learned, err
}

// Remove deletes companies for good: what an undone import made, once no lead works for them.
func Remove(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	if len(ids) == 0 {
		return nil
	}
	in, arg := tx.In("$1", ids)
	if _, err := tx.Exec(ctx, `DELETE FROM company_domain WHERE company`+in, arg); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company_search WHERE rowid`+in, arg); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM company WHERE id`+in, arg)
	return err
}

// ForgetPhones empties the numbers of companies where they are among some that were known of a person alone.
func ForgetPhones(ctx context.Context, tx *db.Tx, companies []id.ID, phones []string) error {
	in, arg := tx.In("$1", companies)
	among, numbers := tx.InTexts("$2", phones)
	_, err := tx.Exec(ctx, `UPDATE company SET phone = '', updated_at = $3 WHERE id`+in+` AND phone`+among, arg, numbers, tx.Now)
	return err
}

// industries remembers what words for industries mean: descriptions repeat them.
type industries map[string]string

// of is the letter of the section, or the words themselves where they name none.
func (known industries) of(s string) string {
	if s == "" {
		return ""
	}
	industry, ok := known[s]
	if !ok {
		industry = cmp.Or(string(IndustryOf(s)), Tidy(s))
		known[s] = industry
	}
	return industry
}

func sizeOf(s string) int {
	if s == "" {
		return 0
	}
	n, _ := Employees(s)
	return n
}
