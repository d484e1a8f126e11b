package lead

import (
	"slices"
	"strings"

	"kizashi/company"
	"kizashi/id"
)

// Fields are what a door knows about a person: texts as people write them. Empty means unknown.
type Fields struct {
	Lead   id.ID    `json:"-"` // the lead, where the door knows it
	User   string   `json:"user,omitempty"`
	Email  string   `json:"email,omitempty"`
	Emails []string `json:"emails,omitempty"` // further ones

	Name      string `json:"name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	Kana      string `json:"kana,omitempty"`

	Phone  string   `json:"phone,omitempty"`
	Mobile string   `json:"mobile,omitempty"`
	Phones []string `json:"phones,omitempty"` // further ones

	Department string `json:"department,omitempty"`
	Title      string `json:"title,omitempty"`
	Postal     string `json:"postal,omitempty"`
	Prefecture string `json:"prefecture,omitempty"`
	Address    string `json:"address,omitempty"`
	Source     string `json:"source,omitempty"`
	Excluded   string `json:"excluded,omitempty"`
	Status     string `json:"status,omitempty"` // one of Statuses
	Owner      id.ID  `json:"owner,omitempty"`  // account

	Tags    []string          `json:"tags,omitempty"`
	Props   map[string]string `json:"props,omitempty"`
	Company company.Fields    `json:"company,omitzero"`

	From *Source `json:"-"` // where this comes from; nil = as the Options say
}

// Limits of one lead.
const (
	MaxTags  = 100
	MaxTag   = 50  // characters
	MaxProps = 200 // properties

	// A public key fills fewer, so that there is room for what others say.
	MaxClaimedTags  = 20
	MaxClaimedProps = 50
	MaxPropName     = 100 // characters
)

// person is Fields in comparable form.
type person struct {
	Lead            // what the fields say of a lead
	known     id.ID // Fields.Lead
	from      Source
	marks     []Identity // mails first, then the user id
	phones    []string   // digits, all of them
	inCompany *company.Company
	guessed   bool // only the address tells the company
}

// normalise reads what the fields say; what the team has said of everybody, such as the rank of a title,
// is for book.conform.
func normalise(f *Fields) *person {
	p := &person{known: f.Lead}
	p.setName(f)
	for _, address := range append([]string{f.Email}, f.Emails...) {
		if mail := mailKey(address); mail != "" {
			p.mark(Identity{Mail, mail})
		}
	}
	if len(p.marks) > 0 {
		p.Email = p.marks[0].Value
		p.CorporateMail = company.Corporate(company.MailDomain(p.Email))
	}
	if user := company.Tidy(f.User); user != "" {
		p.mark(Identity{User, user})
	}
	p.setPhones(f)
	p.Department, p.Title = company.Tidy(f.Department), company.Tidy(f.Title)
	p.Postal, p.Prefecture, p.Address = Postal(f.Postal), company.Tidy(f.Prefecture), company.Tidy(f.Address)
	p.Source = company.Tidy(f.Source)
	if slices.Contains(Exclusions, f.Excluded) {
		p.Excluded = f.Excluded
	}
	if slices.Contains(Statuses, f.Status) {
		p.Status = f.Status
	}
	p.Owner = f.Owner
	p.Tags, p.Props = tidyTags(f.Tags), tidyProps(f.Props)
	return p
}

// mailKey is the key of an address; "" for none and for one that cannot be read.
func mailKey(address string) string {
	key, _ := ParseMail(address)
	return key
}

func (p *person) mark(i Identity) {
	if !slices.Contains(p.marks, i) {
		p.marks = append(p.marks, i)
	}
}

func (p *person) setName(f *Fields) {
	p.LastName, p.FirstName = company.Tidy(f.LastName), company.Tidy(f.FirstName)
	p.Name, p.Kana = company.Tidy(f.Name), Katakana(company.Tidy(f.Kana))
	if p.Name == "" {
		p.Name = JoinName(p.LastName, p.FirstName)
	}
	if p.LastName == "" && p.FirstName == "" {
		p.LastName, p.FirstName = SplitName(p.Name)
	}
}

// setPhones sorts the numbers: the first fixed one, the first mobile one, and all of them.
func (p *person) setPhones(f *Fields) {
	for _, s := range append([]string{f.Phone, f.Mobile}, f.Phones...) {
		n, ok := ParsePhone(s)
		switch {
		case !ok:
			continue
		case n.Mobile && p.Mobile == "":
			p.Mobile = n.Number
		case !n.Mobile && p.Phone == "":
			p.Phone = n.Number
		}
		if !slices.Contains(p.phones, n.Number) {
			p.phones = append(p.phones, n.Number)
		}
	}
}

// employer is what the fields say of the company: with the mail domain, and with the number and
// address on the same card, which are the company's.
func (f *Fields) employer(p *person) company.Fields {
	c := f.Company
	if c.Mail == "" {
		c.Mail = p.Email
	}
	if c.Phone == "" {
		c.Phone = p.Phone
	}
	if c.Postal == "" && c.Address == "" {
		c.Postal, c.Address = p.Postal, f.Prefecture+f.Address
	}
	return c
}

// tidyTags makes tags that can be stored: short, without commas, none twice.
func tidyTags(tags []string) []string {
	var list []string
	for _, t := range tags {
		t = company.Tidy(strings.ReplaceAll(t, ",", " "))
		if runes := []rune(t); len(runes) > MaxTag {
			t = strings.TrimSpace(string(runes[:MaxTag]))
		}
		if t != "" && len(list) < MaxTags && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

func tidyProps(props map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range props {
		name, value = company.Tidy(name), company.Tidy(value)
		if name != "" && value != "" && len(kept) < MaxProps && len([]rune(name)) <= MaxPropName {
			kept[name] = value
		}
	}
	return kept
}
