package lead

import (
	"cmp"
	"slices"
	"strings"

	"kizashi/company"
)

// fill completes a lead by what a source says of the person. A stronger source outweighs a weaker one, of
// equal ones the newer; with Overwrite the file wins. A value that is outweighed stands beside as a claim.
func (u *upsert) fill(l *Lead, p *person) {
	f := &filling{upsert: u, lead: l, person: p}
	if l.Unproven != Vouched && p.from.Standing.Vouched() {
		l.Unproven = Vouched
	}
	if f.take("title", p.Title, l.Title) {
		l.Title, l.RankSet = p.Title, false
	}
	if f.take("email", p.Email, l.Email) {
		l.Email, l.CorporateMail = p.Email, p.CorporateMail
	}
	if f.take("name", p.Name, l.Name) {
		l.Name, l.LastName, l.FirstName = p.Name, p.LastName, p.FirstName
	}
	f.company()
	for _, t := range []struct {
		field    string
		to, from *string
	}{
		{"kana", &l.Kana, &p.Kana}, {"phone", &l.Phone, &p.Phone}, {"mobile", &l.Mobile, &p.Mobile},
		{"department", &l.Department, &p.Department}, {"postal", &l.Postal, &p.Postal},
		{"prefecture", &l.Prefecture, &p.Prefecture}, {"address", &l.Address, &p.Address},
	} {
		if f.take(t.field, *t.from, *t.to) {
			*t.to = *t.from
		}
	}
	f.work()
	f.own()
}

// filling is one description on its way into a lead.
type filling struct {
	*upsert
	lead   *Lead
	person *person
}

// take decides whether the lead takes a value, and keeps the source of what it takes.
func (f *filling) take(field, value, has string) bool {
	if value == "" {
		return false
	}
	from, of := f.person.from, f.lead.Known.Of(field)
	_, emptied := f.lead.Known[field] // a member may have emptied it on purpose
	switch {
	case value == has:
		if from.outweighs(of) {
			f.lead.setSource(field, from)
		}
		if !f.made(f.lead) {
			f.settled = append(f.settled, []any{int64(f.lead.ID), field})
		}
		return false
	case has == "" && !emptied, f.options.Overwrite, from.outweighs(of), from == of && from.Event != 0:
		f.lead.setSource(field, from)
		return true
	case from.Standing != Imported: // a file that says something else is listed with its import
		f.claims = append(f.claims, claim{f.lead.ID, field, value, from})
	}
	return false
}

// company is where the person works. What only the domain of the address tells gives way to any name.
func (f *filling) company() {
	p, l := f.person, f.lead
	if p.Company == 0 {
		return
	}
	from := p.from
	if p.guessed {
		p.from = Source{Standing: Guessed, At: from.At}
	}
	if f.take("company", p.value("company"), l.value("company")) {
		l.Company = p.Company
	}
	p.from = from
}

// work is what a file says of our work with the person.
func (f *filling) work() {
	p, l := f.person, f.lead
	if p.Owner != 0 && (l.Owner == 0 || f.options.Overwrite) {
		l.Owner = p.Owner
	}
	if p.Status != "" && (l.Status == Untouched || f.options.Overwrite) {
		l.Status = p.Status
	}
	l.Source = cmp.Or(l.Source, p.Source) // where it came from first stays
	l.Excluded = stricter(l.Excluded, p.Excluded)
}

// own are the tags and properties that senders invent. A stranger tags nobody for whom somebody vouches: rules
// read tags.
func (f *filling) own() {
	p, l := f.person, f.lead
	if p.from.Standing.Vouched() || l.Unproven != Vouched {
		most := max(p.from.Standing.maxTags(), len(l.Tags))
		l.Tags = union(slices.Clip(l.Tags), p.Tags)
		l.Tags = l.Tags[:min(len(l.Tags), most)]
	}
	for name, value := range p.Props {
		has := l.Props[name]
		if has == "" && l.named() >= p.from.Standing.maxProps() {
			continue // kept in the log alone
		}
		if f.take(propField(name), value, has) {
			l.setProp(name, value)
		}
	}
}

// propPrefix begins the names of properties among the fields.
const propPrefix = "props."

func propField(name string) string { return propPrefix + name }

// PropOf is the property that a field of Known names.
func PropOf(field string) (name string, is bool) { return propOf(field) }

func propOf(field string) (name string, is bool) { return strings.CutPrefix(field, propPrefix) }

// guessed tells that only the address says where a person works.
func guessed(c company.Fields) bool { return c.Name == "" && c.Number == "" && c.Domain == "" }
