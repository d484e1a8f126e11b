package imports

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/sheet"
)

// WriteRefused writes the refused rows of an import as CSV in UTF-8 with a byte order mark, as Excel
// reads it: the columns of the file as they were, then row, column and reason in the words of reason.
// titles name these three. Somebody corrects the rows and brings the file in again.
func (m *Importer) WriteRefused(ctx context.Context, w io.Writer, number id.ID, titles [3]string, reason func(Refusal) string) error {
	imp, err := m.find(ctx, number)
	if err != nil {
		return err
	}
	refused := &refusals{m: m, number: number}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	width, err := m.writeRefusedRows(ctx, out, &imp, refused, titles, reason)
	if err != nil {
		return err
	}
	// What is left has no row in the file: the place where it broke, or the file is on another machine.
	for r, ok := refused.next(ctx); ok; r, ok = refused.next(ctx) {
		if err := out.Write(refusedRow(nil, width, r, reason)); err != nil {
			return err
		}
	}
	out.Flush()
	if refused.err != nil {
		return refused.err
	}
	return out.Error()
}

// writeRefusedRows walks through the file beside the list of refused rows, both in the order of rows.
func (m *Importer) writeRefusedRows(ctx context.Context, out *csv.Writer, imp *Import, refused *refusals, titles [3]string, reason func(Refusal) string) (width int, err error) {
	header := headers(imp.Mapping)
	width = len(header)
	if err := out.Write(append(safeCells(header), safeCells(titles[:])...)); err != nil {
		return width, err
	}
	t, err := m.open(imp.Name, imp.File, imp.Mapping.Options())
	if fault.KindOf(err) == fault.NotFound {
		return width, nil
	}
	if err != nil {
		return width, err
	}
	defer t.Close()
	r, ok := refused.next(ctx)
	for row := range t.Rows() {
		for ok && r.Row < row.Number {
			if err := out.Write(refusedRow(nil, width, r, reason)); err != nil {
				return width, err
			}
			r, ok = refused.next(ctx)
		}
		if !ok {
			return width, nil
		}
		if r.Row != row.Number {
			continue
		}
		if err := out.Write(refusedRow(row.Cells, width, r, reason)); err != nil {
			return width, err
		}
		r, ok = refused.next(ctx)
	}
	if ok {
		refused.again(r)
	}
	return width, nil
}

func headers(m sheet.Mapping) []string {
	var list []string
	for _, c := range m.Columns {
		for len(list) <= c.Index {
			list = append(list, "")
		}
		list[c.Index] = c.Header
	}
	named := len(list)
	for named > 0 && list[named-1] == "" { // a broken row may be wider than the header
		named--
	}
	if named == 0 {
		return list
	}
	return list[:named]
}

func refusedRow(cells []string, width int, r Refusal, reason func(Refusal) string) []string {
	row := make([]string, width, width+3)
	copy(row, cells)
	number := ""
	if r.Row > 0 {
		number = strconv.Itoa(r.Row)
	}
	return append(safeCells(row), number, sheet.SafeCell(r.Column), sheet.SafeCell(reason(r)))
}

// safeCells keeps a spreadsheet from taking cells for formulas, as exports do; an import takes that away again.
func safeCells(row []string) []string {
	for i := range row {
		row[i] = sheet.SafeCell(row[i])
	}
	return row
}

// refusals reads the refused rows of an import page by page.
type refusals struct {
	m      *Importer
	number id.ID
	page   []Refusal
	after  int
	ended  bool
	err    error
}

func (r *refusals) next(ctx context.Context) (Refusal, bool) {
	if len(r.page) == 0 && !r.ended && r.err == nil {
		r.err = r.m.Engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
			r.page, err = Refusals(ctx, tx, r.number, r.after, chunkRows)
			return err
		})
		r.ended = len(r.page) < chunkRows
	}
	if len(r.page) == 0 || r.err != nil {
		return Refusal{}, false
	}
	one := r.page[0]
	r.page, r.after = r.page[1:], one.Row
	return one, true
}

// again gives a row back that has no place in the file.
func (r *refusals) again(one Refusal) { r.page = append([]Refusal{one}, r.page...) }

// WritePreviewRefused is WriteRefused for a file that is not imported yet: rows that would be refused.
func (m *Importer) WritePreviewRefused(w io.Writer, f File, mapping sheet.Mapping, titles [3]string, reason func(Refusal) string) error {
	t, err := m.open(f.Name, f.Path, mapping.Options())
	if err != nil {
		return err
	}
	defer t.Close()
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	header := headers(mapping)
	if err := out.Write(append(safeCells(header), safeCells(titles[:])...)); err != nil {
		return err
	}
	r := newReader(&Import{Mapping: mapping, cameAt: m.Engine.Door.DB.Clock.Now()}, owners{})
	for row := range t.Rows() {
		l := r.line(row)
		if l.refused == nil {
			continue
		}
		if err := out.Write(refusedRow(row.Cells, len(header), *l.refused, reason)); err != nil {
			return err
		}
	}
	var broken *fault.Error // further down the file is damaged
	if errors.As(t.Err(), &broken) {
		if err := out.Write(refusedRow(nil, len(header), *refusal(0, broken), reason)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
