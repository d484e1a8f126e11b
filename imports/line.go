package imports

import (
	"errors"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kizashi/clock"
	"kizashi/company"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/lead"
	"kizashi/sheet"
)

// line is one row of a file as the import understands it.
type line struct {
	row     int
	fields  lead.Fields
	touch   touch
	mail    answer
	memo    string
	heard   []heard
	owner   string // as the file names it
	unowned bool   // no account is that owner
	refused *Refusal
}

// touch is what happened with the person, besides standing in a file.
type touch struct {
	card  bool
	at    int64 // ms UTC
	dated bool  // the file says when
	marks event.Mark
	rank  string // of the talk at a fair, A to D
	event string // name of the fair or campaign
}

// answer is what a row says about mail.
type answer int8

const (
	silent answer = iota
	agrees
	refuses
)

// reader turns rows into lines by a mapping.
type reader struct {
	columns  []sheet.Column
	card     bool  // every row is a business card
	cardDate bool  // the date is that of a business card
	now      int64 // ms UTC: when the content came
	owners   owners
	values   map[sheet.Field]string
}

func newReader(imp *Import, people owners) *reader {
	m := imp.Mapping
	r := &reader{columns: m.Columns, card: imp.Basis == "card", now: imp.cameAt, owners: people, values: map[sheet.Field]string{}}
	for _, c := range m.Columns {
		if c.Field == sheet.LastTouch && (strings.Contains(c.Header, "名刺") || strings.Contains(c.Header, "交換")) {
			r.cardDate = true
		}
	}
	return r
}

// line understands one row.
func (r *reader) line(row sheet.Row) line {
	l := line{row: row.Number}
	if row.Err != nil {
		l.refused = refusal(row.Number, row.Err)
		return l
	}
	props := r.read(row.Cells)
	l.fields = r.fields(props)
	l.unowned = r.work(&l.fields)
	l.owner, l.memo, l.heard = r.values[sheet.Owner], r.values[sheet.Memo], r.hearing()
	l.touch = r.touched()
	l.mail = r.answer()
	if err := r.readMails(&l.fields); err != nil {
		l.refused = r.refuse(row.Number, sheet.Email, err)
	} else if l.fields.Email == "" && (r.name() == "" || l.fields.Company.Name == "") {
		l.refused = r.refuse(row.Number, "", fault.New(fault.Invalid, "imports.nobody", nil))
	}
	return l
}

// refusal is the refusal of a row that package sheet could not read.
func refusal(row int, err *fault.Error) *Refusal {
	column, _ := err.Args["header"].(string)
	return &Refusal{Row: row, Column: column, Reason: err.Key, Args: err.Args}
}

func (r *reader) refuse(row int, field sheet.Field, err error) *Refusal {
	why := fault.New(fault.Internal, "fault.internal", nil)
	errors.As(err, &why)
	return &Refusal{Row: row, Column: r.header(field), Reason: why.Key, Args: why.Args}
}

// header is the name of the column with a field, as it stands in the file.
func (r *reader) header(field sheet.Field) string {
	for _, c := range r.columns {
		if field != "" && c.Field == field {
			return c.Header
		}
	}
	return ""
}

// kept are fields that a lead has no place for: they stay as properties under the name of their column.
var kept = map[sheet.Field]bool{
	sheet.CompanyKana: true, sheet.Fax: true, sheet.Capital: true, sheet.Campaign: true, sheet.LastTouch: true,
	sheet.Memo: true, sheet.Owner: true, sheet.WorkStatus: true, sheet.Budget: true, sheet.Timing: true, sheet.RankAB: true,
}

// read takes the values of a row by field, and gives those that become properties.
func (r *reader) read(cells []string) map[string]string {
	clear(r.values)
	props := map[string]string{}
	for _, c := range r.columns {
		if c.Index >= len(cells) {
			continue
		}
		v := strings.TrimSpace(cells[c.Index])
		switch {
		case v == "":
			continue
		case c.Field == "":
			if c.Property != "" {
				props[c.Property] = v
			}
			continue
		case kept[c.Field] || !legible(c.Field, v):
			props[propertyName(c)] = v
		}
		if before := r.values[c.Field]; before != "" {
			v = before + glue(c.Field) + v
		}
		r.values[c.Field] = v
	}
	return props
}

// legible tells whether the place that a lead has for a field can keep a text.
func legible(f sheet.Field, text string) bool {
	switch f {
	case sheet.CorporateNumber:
		return lead.Legible("company_number", text)
	case sheet.Email2:
		_, err := mails(text)
		return err == nil
	}
	return lead.Legible(string(f), text)
}

func propertyName(c sheet.Column) string {
	if c.Header != "" {
		return c.Header
	}
	return string(c.Field)
}

// glue joins the columns that fill one field.
func glue(f sheet.Field) string {
	switch f {
	case sheet.Tags:
		return ","
	case sheet.Memo:
		return "\n"
	}
	return " "
}

func (r *reader) name() string {
	v := r.values
	return v[sheet.Name] + v[sheet.LastName] + v[sheet.FirstName]
}

func (r *reader) fields(props map[string]string) lead.Fields {
	v := r.values
	kana := v[sheet.Kana]
	if kana == "" {
		kana = strings.TrimSpace(v[sheet.LastKana] + " " + v[sheet.FirstKana])
	}
	title := v[sheet.Title]
	if title == "" {
		title = v[sheet.Rank]
	}
	f := lead.Fields{
		Name: v[sheet.Name], LastName: v[sheet.LastName], FirstName: v[sheet.FirstName], Kana: kana,
		Phone: v[sheet.Phone], Mobile: v[sheet.Mobile], Department: v[sheet.Department], Title: title,
		Postal: v[sheet.Postal], Prefecture: v[sheet.Prefecture], Address: v[sheet.City] + v[sheet.Address],
		Source: v[sheet.Source],
		Company: company.Fields{
			Name: v[sheet.Company], Number: v[sheet.CorporateNumber], URL: v[sheet.URL],
			Industry: v[sheet.Industry], Size: v[sheet.Employees],
		},
	}
	if tags := v[sheet.Tags]; tags != "" {
		f.Tags = strings.FieldsFunc(tags, func(c rune) bool { return strings.ContainsRune(",;、，;|\n", c) })
	}
	if len(props) > 0 {
		f.Props = props
	}
	return f
}

// readMails takes the addresses. People put several into one cell; a broken first address refuses the
// row, a broken second one does not.
func (r *reader) readMails(f *lead.Fields) error {
	var all []string
	for i, field := range []sheet.Field{sheet.Email, sheet.Email2} {
		cell := r.values[field]
		if cell == "" {
			continue
		}
		addresses, err := mails(cell)
		if err != nil && i == 0 {
			return err
		}
		all = append(all, addresses...)
	}
	if len(all) > 0 {
		f.Email, f.Emails = all[0], all[1:]
	}
	return nil
}

func mails(cell string) ([]string, error) {
	address, err := lead.ParseMail(cell)
	if err == nil {
		return nonEmpty(address), nil
	}
	var all []string
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return strings.ContainsRune(",;、，； /\n　", c) }) {
		address, broken := lead.ParseMail(part)
		if broken != nil {
			return nil, err
		}
		all = append(all, nonEmpty(address)...)
	}
	return all, nil
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// year2000 is the oldest moment that a row may claim, ms UTC.
const year2000 int64 = 946_684_800_000

// touched reads when a card was exchanged and how the talk was rated.
func (r *reader) touched() touch {
	t := touch{at: r.now, rank: rankOf(r.values[sheet.RankAB]), event: r.values[sheet.Campaign]}
	at, ok := sheet.Date(r.values[sheet.LastTouch])
	t.card = r.card || t.rank != "" || r.cardDate && ok
	if !ok || !t.card {
		return t
	}
	t.at, t.dated = at, true
	switch {
	case at > r.now+clock.Day:
		t.at, t.marks = r.now, event.MarkFuture
	case at > r.now:
		t.at = r.now
	case at < year2000:
		t.at, t.marks = year2000, event.MarkAncient
	}
	return t
}

// rankOf reads A to D out of "A", "Ａランク" or "b: 3か月以内"; other marks stay as they are.
func rankOf(s string) string {
	s = strings.ToUpper(strings.TrimSpace(norm.NFKC.String(s)))
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'D' && !(s[1] >= 'A' && s[1] <= 'Z') {
		return s[:1]
	}
	return s
}

// answer reads what a row says about mail: of two columns the stricter wins.
func (r *reader) answer() answer {
	got := silent
	for _, f := range []sheet.Field{sheet.OptIn, sheet.OptOut} {
		may, ok := sheet.MayMail(f, r.values[f])
		switch {
		case !ok:
		case !may:
			return refuses
		case f == sheet.OptIn:
			got = agrees
		}
	}
	return got
}
