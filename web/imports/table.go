package imports

import (
	"net/url"
	"strconv"
	"strings"

	"kizashi/fault"
	"kizashi/imports"
	"kizashi/page"
	"kizashi/sheet"
)

// shownRunes is how much of a row stands in a choice between rows.
const shownRunes = 60

// Line is a row on one line, as it is chosen among others.
func (d draft) Line(cells []string) string {
	var said []string
	for _, c := range cells {
		if c = strings.Join(strings.Fields(c), " "); c != "" {
			said = append(said, c)
		}
	}
	line := []rune(strings.Join(said, " | "))
	if len(line) > shownRunes {
		return string(line[:shownRunes]) + "…"
	}
	return string(line)
}

// chooseTable reads another sheet, or another row as the header; the columns are understood anew.
func (s screen) chooseTable(r *page.Request) error {
	known, err := s.findDraft(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	changed, err := s.otherTable(known, form)
	if err == nil {
		err = r.Run(&imports.ChangeDraft{Draft: changed.ID, Plan: changed.Plan})
	}
	if err != nil {
		return s.again(r, known, err)
	}
	return r.Go(pageOfDraft(known.ID))
}

func (s screen) otherTable(d imports.Draft, form url.Values) (imports.Draft, error) {
	opt := sheet.Options{Sheet: form.Get("sheet")}
	if opt.Sheet == form.Get("of") { // else the header of the other sheet is to be found
		n, err := strconv.Atoi(form.Get("header_row"))
		if err != nil {
			return d, fault.New(fault.Invalid, "sheet.no_header_row", fault.Args{"row": form.Get("header_row")}).At("header_row")
		}
		opt.HeaderRow = n
	}
	mapping, err := s.importer.Mapping(d.File, opt)
	if err != nil {
		return d, err
	}
	d.Plan.Mapping = mapping
	if basis := form.Get("basis"); basis != "" {
		d.Plan.Basis, d.Plan.Overwrite = basis, form.Get("overwrite") != ""
	}
	return d, nil
}
