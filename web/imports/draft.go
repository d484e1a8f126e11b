package imports

import (
	"context"
	"net/url"
	"strconv"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/page"
	"kizashi/sheet"
)

// lookedAt is how many rows of a file are tried before its import: what a person can wait for.
const lookedAt = 3000

const (
	shownSamples = 3
	shownRefused = 10
)

type draft struct {
	imports.Draft
	imports.Preview
	Columns   []column
	Refused   []refusal // the first ones
	Bases     []string
	Groups    []fieldGroup
	Strangers []stranger
}

// Unshown is how many refused rows are not on the page.
func (d draft) Unshown() int { return d.Counts.Refused - len(d.Refused) }

// column is a column of the file, what it is taken for, and why.
type column struct {
	sheet.Column
	Name     string // of the form's field
	Chosen   string // as the form has it
	Own      string // what its values are called where they stay a property of their own
	Samples  []string
	Why      string // it is taken for that; "" where its name says so
	Doubtful bool
}

// refusal is a row that is not taken, in words.
type refusal struct {
	imports.Refusal
	Text string
}

// stranger is an owner without an account.
type stranger struct {
	Name string
	Rows int
}

// fieldGroup are fields that stand together in the choice.
type fieldGroup struct {
	Title  string // message key
	Fields []sheet.Field
}

// Choices of a column besides the fields.
const (
	asOwn = "own"  // it stays under its own name
	skip  = "skip" // it is left out
)

const draftPage = page.Of[draft]("imports/draft.html")

func pageOfDraft(number id.ID) string { return "/uploads/" + number.String() }

func (s screen) findDraft(r *page.Request) (d imports.Draft, err error) {
	number, err := r.ID("draft")
	if err != nil {
		return d, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = imports.FindDraft(ctx, tx, number, r.Who.ID)
		return err
	})
	return d, err
}

func (s screen) showDraft(r *page.Request) error {
	known, err := s.findDraft(r)
	if err != nil {
		return err
	}
	d, err := s.look(r, known)
	if err != nil {
		return err
	}
	return draftPage.Show(r, d)
}

// look tries what would come of the file.
func (s screen) look(r *page.Request, known imports.Draft) (d draft, err error) {
	plan := known.Plan
	plan.Limit = lookedAt
	if plan.Basis == imports.NoBasis {
		plan.Basis = ""
	}
	d = draft{Draft: known, Bases: append(append([]string{}, imports.Bases...), imports.NoBasis), Groups: groups}
	if d.Preview, err = s.importer.Preview(r.Context(), known.File, plan, func(imports.Progress) {}); err != nil {
		return d, err
	}
	for _, c := range d.Preview.Columns {
		d.Columns = append(d.Columns, columnOf(r.Lang, c))
	}
	d.Refused = refusals(r.Lang, d.Preview.Refused[:min(len(d.Preview.Refused), shownRefused)])
	for _, name := range sortedByRows(d.Preview.Strangers) {
		d.Strangers = append(d.Strangers, stranger{name, d.Preview.Strangers[name]})
	}
	return d, nil
}

func columnOf(lang i18n.Lang, c imports.PreviewColumn) column {
	col := column{Column: c.Column, Name: fieldName(c.Index), Chosen: choiceOf(c.Column), Own: ownName(c.Column),
		Samples: c.Samples[:min(len(c.Samples), shownSamples)], Doubtful: c.Reason == sheet.Doubtful || c.Field != "" && c.Confidence < 0.6}
	if c.Reason == sheet.ByHeader && !col.Doubtful || col.Chosen == skip {
		return col
	}
	by := c.By
	if c.Reason == sheet.Taken && sheet.Field(by).Known() {
		by = i18n.T(lang, sheet.Field(by).Label(), nil)
	}
	col.Why = i18n.T(lang, c.Reason.Key(), fault.Args{"by": by})
	return col
}

func fieldName(index int) string { return "column-" + strconv.Itoa(index) }

func choiceOf(c sheet.Column) string {
	switch {
	case c.Field != "":
		return string(c.Field)
	case c.Property != "":
		return asOwn
	}
	return skip
}

// ownName is what the values of a column are called where they become a property.
func ownName(c sheet.Column) string {
	switch {
	case c.Property != "":
		return c.Property
	case c.Header != "":
		return c.Header
	}
	return "列" + strconv.Itoa(c.Index+1)
}

func refusals(lang i18n.Lang, list []imports.Refusal) []refusal {
	said := make([]refusal, len(list))
	for i, one := range list {
		said[i] = refusal{one, i18n.T(lang, one.Reason, one.Args)}
	}
	return said
}

// choose reads the form into the draft. Only columns that the person has changed count as chosen: one
// that had a field by a guess gives it up to them.
func choose(known imports.Draft, form url.Values) (imports.Draft, error) {
	var changed []sheet.Column
	for _, c := range known.Plan.Mapping.Columns {
		choice := form.Get(fieldName(c.Index))
		if choice == "" || choice == choiceOf(c) {
			continue
		}
		one := sheet.Column{Index: c.Index, Field: sheet.Field(choice)}
		switch choice {
		case asOwn:
			one.Field, one.Property = "", ownName(c)
		case skip:
			one.Field = ""
		}
		changed = append(changed, one)
	}
	mapping, err := known.Plan.Mapping.With(changed)
	known.Plan.Mapping, known.Plan.Basis, known.Plan.Overwrite = mapping, form.Get("basis"), form.Get("overwrite") != ""
	return known, err
}

// save keeps what the form says of the draft; the draft is as it was where that was wrong.
func (s screen) save(r *page.Request) (imports.Draft, error) {
	known, err := s.findDraft(r)
	if err != nil {
		return known, err
	}
	form, err := r.Form()
	if err != nil {
		return known, err
	}
	chosen, err := choose(known, form)
	if err == nil {
		err = r.Run(&imports.ChangeDraft{Draft: chosen.ID, Plan: chosen.Plan})
	}
	if err != nil {
		return known, err
	}
	return chosen, nil
}

// again shows the draft with what was wrong.
func (s screen) again(r *page.Request, known imports.Draft, err error) error {
	if known.ID == 0 {
		return err
	}
	d, bad := s.look(r, known)
	if bad != nil {
		return bad
	}
	return draftPage.Again(r, d, err)
}

func (s screen) changeDraft(r *page.Request) error {
	d, err := s.save(r)
	if err != nil {
		return s.again(r, d, err)
	}
	return r.Go(pageOfDraft(d.ID))
}

// start begins the import. The basis is asked once, and must be answered.
func (s screen) start(r *page.Request) error {
	d, err := s.save(r)
	if err != nil {
		return s.again(r, d, err)
	}
	if d.Plan.Basis == "" {
		return s.again(r, d, fault.New(fault.Invalid, "imports.choose_basis", nil).At("basis"))
	}
	c := &imports.Start{File: d.File, Mapping: d.Plan.Mapping, Basis: d.Plan.Basis, Overwrite: d.Plan.Overwrite, Draft: d.ID}
	if c.Basis == imports.NoBasis {
		c.Basis = ""
	}
	if err := r.Run(c); err != nil {
		return s.again(r, d, err)
	}
	return r.Go(pageOfImport(c.Import))
}

func (s screen) dropDraft(r *page.Request) error {
	d, err := s.findDraft(r)
	if err != nil {
		return err
	}
	if err := r.Run(&imports.DropDraft{Draft: d.ID}); err != nil {
		return err
	}
	if err := s.importer.Discard(r.Context(), d.File.Digest); err != nil {
		return err
	}
	return r.Done("/imports", "imports.draft_dropped", fault.Args{"file": d.File.Name}, "")
}
