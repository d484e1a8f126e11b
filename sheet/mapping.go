package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kizashi/fault"
)

// Reason says why a column means what it does; with "sheet.reason." in front it is a key
// of package i18n with the argument by.
type Reason string

// The reasons.
const (
	ByHeader   Reason = "header"   // the name is known
	BySimilar  Reason = "similar"  // the name resembles a known one
	ByContent  Reason = "content"  // the values look so
	ByNeighbor Reason = "neighbor" // the columns beside it say so, as フリガナ after 会社名
	Doubtful   Reason = "doubtful" // the name is known, but the values do not look so
	Taken      Reason = "taken"    // another column has that meaning with more right
	Unknown    Reason = "unknown"  // kept under its own name
	ByPerson   Reason = "person"   // chosen by hand
)

// Column is what one column means.
type Column struct {
	Index      int     `json:"index"`              // from 0
	Header     string  `json:"header"`             // as written; empty if there is none
	Field      Field   `json:"field,omitempty"`    // empty: kept as a property of its own, if Property is set
	Property   string  `json:"property,omitempty"` // name of the property; empty with Field empty: left out
	Confidence float64 `json:"confidence"`         // 0 to 1
	Reason     Reason  `json:"reason"`
	By         string  `json:"by,omitempty"` // evidence: the known name, or the share of values
}

// Mapping is what the columns of a table mean, one entry each, and where in the file the table is.
// People may edit it: see Check.
type Mapping struct {
	Sheet     string   `json:"sheet,omitempty"`      // as in Options
	HeaderRow int      `json:"header_row,omitempty"` // as in Options
	Sheets    int      `json:"sheets,omitempty"`     // of the workbook; 0 for text
	Columns   []Column `json:"columns"`
}

// Options open the table that the columns are of.
func (m Mapping) Options() Options { return Options{Sheet: m.Sheet, HeaderRow: m.HeaderRow} }

// Map proposes the meaning of columns from their names and, where these say nothing or
// header is nil, from sample rows. Each field is given to one column, the one with most
// right to it; address, memo and tags may have several.
func Map(header []string, samples [][]string) Mapping {
	width := len(header)
	for _, row := range samples {
		width = max(width, filled(row))
	}
	width = min(width, MaxColumns)
	t := table{header: make([]string, width), values: make([][]string, width)}
	copy(t.header, header)
	for i := range t.values {
		for _, row := range samples[:min(len(samples), readAhead)] {
			if i < len(row) {
				t.values[i] = append(t.values[i], row[i])
			}
		}
	}
	return t.mapping(assign(t.claims()))
}

// table is what a mapping is made from, by column.
type table struct {
	header []string
	values [][]string
}

// claims are all meanings that any column may have.
func (t table) claims() []claim {
	var all []claim
	for i, h := range t.header {
		named := t.named(i, meanings(h))
		all = append(all, named...)
		c, ok := byContent(t.values[i])
		if c.field == Postal && h != "" && mostly(t.values[i], isAmount) {
			ok = false
		}
		if ok && !(len(named) > 0 && named[0].score >= 0.5) {
			c.column = i
			all = append(all, c)
		}
	}
	all = t.besideEachOther(all)
	slices.SortStableFunc(all, func(a, b claim) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.column - b.column
	})
	return all
}

// named are the claims by the name of column i, weaker where the values say otherwise.
func (t table) named(i int, ms []meaning) []claim {
	var out []claim
	for _, m := range ms {
		if m.field == RankAB && mostly(t.values[i], isWarmth) {
			continue // the rank of a talk says that there was one; Salesforce's Rating does not
		}
		c := claim{column: i, field: m.field, score: m.score, reason: ByHeader, by: t.header[i]}
		if m.score < 0.8 {
			c.reason = BySimilar
		}
		if contradicts(m.field, t.values[i]) {
			c.score, c.reason = c.score*0.4, Doubtful
		}
		out = append(out, c)
		if m.field == Email && c.reason != Doubtful {
			out = append(out, claim{i, Email2, c.score * 0.6, BySimilar, c.by})
		}
		if m.field == Phone {
			if part, n := share(t.values[i], isMobile); n > 0 && part >= 0.6 {
				out = append(out, claim{i, Mobile, c.score * 0.6, ByContent, fmt.Sprintf("%.0f%%", part*100)})
			}
		}
	}
	return out
}

// besideEachOther settles what a column means by its neighbours: a bare フリガナ reads the
// column before it, and 担当者 is the customer's person where nothing else is a name.
func (t table) besideEachOther(all []claim) []claim {
	best := map[int]Field{}
	for _, c := range all {
		if _, ok := best[c.column]; !ok {
			best[c.column] = c.field
		}
	}
	named := slices.ContainsFunc(all, func(c claim) bool {
		return c.reason == ByHeader && (c.field == Name || c.field == LastName)
	})
	for i := range all {
		c := &all[i]
		switch key := headerKey(t.header[c.column]); {
		case c.field == Kana && c.column > 0 && readingOf(best, c.column) != Kana:
			c.field, c.reason = readingOf(best, c.column), ByNeighbor
		case c.field == Owner && !named && (key == headerKey("担当者") || key == headerKey("担当")):
			c.field, c.reason = Name, ByNeighbor
		}
	}
	all = t.givenNames(all, best)
	if slices.ContainsFunc(all, func(c claim) bool { return c.field == Name || c.field == LastName }) {
		return all
	}
	return slices.DeleteFunc(all, func(c claim) bool { // kana without names may be anything
		return c.field == Kana && c.reason == ByContent
	})
}

// readingOf is what a reading in column i reads.
func readingOf(best map[int]Field, i int) Field {
	switch best[i-1] {
	case Company:
		return CompanyKana
	case LastName:
		return LastKana
	case FirstName:
		if best[i-2] == LastName && best[i+1] != Kana {
			return Kana // 姓, 名, フリガナ: of both
		}
		if best[i-2] == LastName {
			return LastKana // 姓, 名, カナ, カナ
		}
		return FirstKana
	case Kana:
		if best[i-2] == FirstName {
			return FirstKana
		}
	}
	return Kana
}

// givenNames adds what only the neighbour can tell where there are no headers: short names
// after a column of family names are given names.
func (t table) givenNames(all []claim, best map[int]Field) []claim {
	for i := range t.header {
		if t.header[i] != "" || i == 0 || best[i-1] != LastName || best[i] != "" {
			continue
		}
		if part, n := share(t.values[i], isNameLetters); n > 1 && part > 0.8 {
			all = append(all, claim{i, FirstName, 0.5, ByNeighbor, ""})
		}
	}
	return all
}

// assign gives each field to the claim with most right to it. What it gives to no column
// comes back as taken, by column.
func assign(sorted []claim) (given map[int]claim, lost map[int]claim) {
	given, lost = map[int]claim{}, map[int]claim{}
	taken := map[Field]bool{}
	for _, c := range sorted {
		if _, ok := given[c.column]; ok {
			continue
		}
		joins := c.field.glue() != "" && c.reason != ByContent
		if taken[c.field] && !joins || c.field == Email2 && !taken[Email] {
			if _, ok := lost[c.column]; !ok {
				lost[c.column] = c
			}
			continue
		}
		given[c.column], taken[c.field] = c, true
	}
	return given, lost
}

// mapping writes the result by column; what has no meaning becomes a property under its
// own name, or is left out where it has neither name nor content.
func (t table) mapping(given, lost map[int]claim) Mapping {
	m := Mapping{Columns: make([]Column, len(t.header))}
	used := map[string]int{}
	for i, h := range t.header {
		col := Column{Index: i, Header: h, Reason: Unknown}
		if c, ok := given[i]; ok {
			col.Field, col.Reason, col.By = c.field, c.reason, c.by
			col.Confidence = float64(int(c.score*100+0.5)) / 100
			m.Columns[i] = col
			continue
		}
		if c, ok := lost[i]; ok {
			col.Reason, col.By = Taken, string(c.field)
		}
		col.Property = t.property(i, used)
		m.Columns[i] = col
	}
	return m
}

// property names the property of column i: its header, made unique, or 列3 where it has none.
func (t table) property(i int, used map[string]int) string {
	name := strings.Join(strings.Fields(t.header[i]), " ")
	if name == "" {
		if filled(t.values[i]) == 0 {
			return ""
		}
		name = "列" + strconv.Itoa(i+1)
	}
	used[name]++
	if n := used[name]; n > 1 {
		name += " (" + strconv.Itoa(n) + ")"
	}
	return name
}

// Column is the index of the first column with the field, -1 if there is none.
func (m Mapping) Column(f Field) int {
	for _, c := range m.Columns {
		if c.Field == f {
			return c.Index
		}
	}
	return -1
}

// Value is what a row says of a field, without space around it; several columns are joined.
func (m Mapping) Value(cells []string, f Field) string {
	var parts []string
	for _, c := range m.Columns {
		if c.Field != f || c.Index >= len(cells) {
			continue
		}
		if v := strings.TrimSpace(cells[c.Index]); v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, f.glue())
}

// Properties are the values of a row that belong to no field, by the name of the property;
// empty ones are left out.
func (m Mapping) Properties(cells []string) map[string]string {
	out := map[string]string{}
	for _, c := range m.Columns {
		if c.Field != "" || c.Property == "" || c.Index >= len(cells) {
			continue
		}
		if v := strings.TrimSpace(cells[c.Index]); v != "" {
			out[c.Property] = v
		}
	}
	return out
}

// Check finds what is wrong with a mapping that a person or a program has edited: fault.Many
// of kind Invalid, with the path of the column.
func (m Mapping) Check() error {
	var wrong fault.Many
	claimed, named := map[Field]string{}, map[string]bool{}
	seen := map[int]bool{}
	for i, c := range m.Columns {
		path := fmt.Sprintf("columns[%d]", i)
		if c.Index < 0 || c.Index >= MaxColumns || seen[c.Index] {
			wrong = append(wrong, fault.New(fault.Invalid, "sheet.column_index", fault.Args{"index": c.Index}).At(path+".index"))
		}
		seen[c.Index] = true
		switch other, twice := claimed[c.Field]; {
		case c.Field == "":
			if c.Property != "" && named[c.Property] {
				wrong = append(wrong, fault.New(fault.Invalid, "sheet.property_twice", fault.Args{"property": c.Property}).At(path+".property"))
			}
			named[c.Property] = true
		case !c.Field.Known():
			wrong = append(wrong, fault.New(fault.Invalid, "sheet.field_unknown", fault.Args{"field": c.Field}).At(path+".field"))
		case twice && c.Field.glue() == "":
			wrong = append(wrong, fault.New(fault.Invalid, "sheet.field_twice",
				fault.Args{"field": c.Field, "one": other, "two": c.Header}).At(path+".field"))
		default:
			claimed[c.Field] = c.Header
		}
	}
	return wrong.OrNil()
}

// Key is the key of the reason in package i18n.
func (r Reason) Key() string { return "sheet.reason." + string(r) }
