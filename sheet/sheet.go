// Package sheet reads tables from files as companies really have them, CSV in many
// encodings and XLSX, row by row, and understands what their columns mean.
//
// A bad row never costs a good one: it is given as a row with an error that names the
// place, and reading goes on with the next.
package sheet

import (
	"io"
	"iter"
	"strconv"
	"strings"

	"kizashi/fault"
)

// Limits of what is read. A file or row over one of them is refused with an error.
const (
	MaxBytes   int64 = 2 << 30   // bytes of a text file, encoded
	MaxXLSX    int64 = 128 << 20 // bytes of an XLSX file, packed; it is held in memory
	MaxRows          = 5_000_000 // rows with content in one file
	MaxColumns       = 2_000     // cells in one row
	MaxField         = 32_767    // characters in one cell, as in Excel
	maxRecord        = 4 << 20   // bytes of one row of a text file, UTF-8
)

// readAhead is the number of rows looked at before the first is given: enough to find the
// header and to recognise columns by their content.
const readAhead = 200

// Format is the kind of a file.
type Format string

// The formats, told from the content.
const (
	CSV       Format = "csv"
	TSV       Format = "tsv"
	Semicolon Format = "semicolon"
	XLSX      Format = "xlsx"
)

// Row is one row of the table: its cells, or the reason why it cannot be read.
type Row struct {
	Number int          // as a person sees it in the file: the line or row it starts on, from 1
	Cells  []string     // as written; may be shorter than the header. Nil if Err is set
	Column int          // the column Err is about, from 1; 0 if it is about the whole row
	Err    *fault.Error // kind Malformed or TooLarge, args row and, where known, column and header
}

// Info is what was found out about a file.
type Info struct {
	Format    Format   `json:"format"`
	Encoding  string   `json:"encoding,omitempty"`   // IANA name; empty for XLSX
	Sheet     string   `json:"sheet,omitempty"`      // name of the sheet read; empty for text
	HeaderRow int      `json:"header_row,omitempty"` // number of the row with the column names; 0 if there is none
	Header    []string `json:"header,omitempty"`     // column names as written
}

// Options overrule what would be found out.
type Options struct {
	Sheet     string // name of the sheet to read; empty: the one that most likely holds the contacts, see Tab
	HeaderRow int    // number of the row with the column names; 0: find it, NoHeader: there is none
}

// NoHeader as Options.HeaderRow says that the first row is data already.
const NoHeader = -1

// source yields the rows that are not empty, in the order of the file.
type source interface {
	next() (Row, bool)
	err() error        // why it ended early; nil at the end of the file
	progress() float64 // share of the file that is read, 0 to 1
	close() error
}

// Reader gives the rows of a file one by one.
type Reader struct {
	Info
	src   source
	ahead []Row   // read to find the header, not given yet
	top   []Row   // the first rows as written, the header among them
	width int     // cells of the header in a text file; a row with more content is broken. 0: any
	merge *filler // of merged cells; nil where the file knows none
	given int
	end   error
}

// Open looks at a file and finds its format, encoding and header. The name only makes
// errors readable; the content decides. A file that is no table gives a *fault.Error.
func Open(name string, r io.ReaderAt, size int64) (*Reader, error) {
	return OpenWith(name, r, size, Options{})
}

// OpenWith is Open where a person has said more about the file.
func OpenWith(name string, r io.ReaderAt, size int64, opt Options) (*Reader, error) {
	src, info, err := open(name, r, size, opt)
	if err != nil {
		return nil, err
	}
	s := &Reader{Info: info, src: src}
	if err := s.start(opt.HeaderRow); err != nil {
		src.close()
		return nil, err
	}
	return s, nil
}

func open(name string, r io.ReaderAt, size int64, opt Options) (source, Info, error) {
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); err != nil && (err != io.EOF || n < len(head)) {
		return nil, Info{}, fault.New(fault.Malformed, "sheet.unreadable", fault.Args{"file": name}).Because(err)
	}
	switch kind := sniff(head); kind {
	case "":
		return openText(name, r, size)
	case "xlsx":
		return openXLSX(name, r, size, opt.Sheet)
	default:
		return nil, Info{}, fault.New(fault.Malformed, kind, fault.Args{"file": name})
	}
}

// sniff tells from the first bytes whether this is an XLSX file ("xlsx"), text (""), or
// something else: then it is the key of the error.
func sniff(head []byte) string {
	s := string(head)
	for _, m := range []struct{ magic, kind string }{
		{"PK\x03\x04", "xlsx"}, {"PK\x05\x06", "xlsx"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet.old_excel"},
		{"%PDF-", "sheet.not_table"}, {"\x89PNG", "sheet.not_table"}, {"\xff\xd8\xff", "sheet.not_table"},
		{"GIF8", "sheet.not_table"}, {"\x1f\x8b", "sheet.not_table"}, {"7z\xbc\xaf\x27\x1c", "sheet.not_table"},
	} {
		if strings.HasPrefix(s, m.magic) {
			return m.kind
		}
	}
	s = strings.ToLower(strings.TrimLeft(strings.TrimPrefix(s, "\ufeff"), " \t\r\n"))
	for _, tag := range []string{"<!doctype", "<html", "<table", "<?xml"} {
		if strings.HasPrefix(s, tag) {
			return "sheet.markup"
		}
	}
	return ""
}

// start reads ahead and finds the header.
func (r *Reader) start(headerRow int) error {
	for len(r.ahead) < readAhead {
		row, ok := r.src.next()
		if !ok {
			break
		}
		r.ahead = append(r.ahead, row)
	}
	good := good(r.ahead)
	r.top = good[:min(len(good), topRows)]
	if len(good) == 0 {
		return r.nothing()
	}
	header := -1
	switch {
	case headerRow == 0:
		header = findHeader(good)
	case headerRow > 0:
		header = indexOf(good, headerRow)
		if header < 0 {
			return fault.New(fault.Invalid, "sheet.no_header_row", fault.Args{"row": headerRow}).At("header_row")
		}
	}
	if header >= 0 {
		r.useHeader(twoStoried(good, header))
	}
	if s, ok := r.src.(*xlsxSource); ok && len(s.merged) > 0 {
		r.merge = newFiller(s.merged, r.HeaderRow)
		for i := range r.ahead {
			r.merge.fill(&r.ahead[i])
		}
	}
	return nil
}

// topRows is how many rows Top gives: the header may stand in each of headerDepth, and some data below.
const topRows = headerDepth + 3

// Top are the first rows with content as they are written: among them a person finds the header.
func (r *Reader) Top() []Row { return r.top }

// nothing is the error of a file without one good row among the first.
func (r *Reader) nothing() error {
	if len(r.ahead) > 0 {
		return r.ahead[0].Err
	}
	if err := r.src.err(); err != nil {
		return err
	}
	return fault.New(fault.Malformed, "sheet.empty", nil)
}

// useHeader takes the row as header; good rows before it are titles and are dropped.
func (r *Reader) useHeader(h Row) {
	r.HeaderRow = h.Number
	for _, c := range h.Cells {
		r.Header = append(r.Header, strings.TrimSpace(c))
	}
	if r.Format != XLSX {
		r.width = len(h.Cells)
	}
	kept := r.ahead[:0]
	for _, row := range r.ahead {
		if row.Number > h.Number || row.Err != nil {
			kept = append(kept, row)
		}
	}
	r.ahead = kept
}

func good(rows []Row) (out []Row) {
	for _, row := range rows {
		if row.Err == nil {
			out = append(out, row)
		}
	}
	return out
}

func indexOf(rows []Row, number int) int {
	for i, row := range rows {
		if row.Number == number {
			return i
		}
	}
	return -1
}

// Samples are the first rows of data, to recognise columns by. Call it before Rows.
func (r *Reader) Samples() [][]string {
	out := make([][]string, 0, len(r.ahead))
	for _, row := range r.ahead {
		if row.Err == nil {
			out = append(out, row.Cells)
		}
	}
	return out
}

// Mapping proposes what each column means. Call it before Rows.
func (r *Reader) Mapping() Mapping {
	m := Map(r.Header, r.Samples())
	m.Sheet, m.HeaderRow = r.Sheet, r.HeaderRow
	if m.HeaderRow == 0 {
		m.HeaderRow = NoHeader
	}
	if s, ok := r.src.(*xlsxSource); ok {
		m.Sheets = len(s.file.GetSheetList())
	}
	return m
}

// Rows gives the rows of data once, empty ones left out; see Err when it is done.
func (r *Reader) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for {
			row, ok := r.next()
			if !ok || !yield(row) {
				return
			}
		}
	}
}

func (r *Reader) next() (Row, bool) {
	var row Row
	if len(r.ahead) > 0 {
		row, r.ahead = r.ahead[0], r.ahead[1:]
	} else {
		var ok bool
		if row, ok = r.src.next(); !ok {
			return Row{}, false
		}
		if r.merge != nil {
			r.merge.fill(&row)
		}
	}
	if r.given == MaxRows {
		r.end = fault.New(fault.TooLarge, "sheet.rows", fault.Args{"row": row.Number, "limit": MaxRows})
		return Row{}, false
	}
	r.given++
	return r.checked(row), true
}

// checked refuses a row that has more cells than there are columns, which says that a
// comma or a quote is missing and the values stand in the wrong columns, and names the
// header in the error of a broken one.
func (r *Reader) checked(row Row) Row {
	if row.Err == nil && r.width > 0 && filled(row.Cells) > r.width {
		n := filled(row.Cells)
		return refuse(fault.Malformed, "sheet.cells", row.Number, 0, fault.Args{"cells": n, "columns": r.width})
	}
	if row.Err != nil && row.Column > 0 {
		row.Err.Args["header"] = r.label(row.Column)
	}
	return row
}

// label names column n (from 1) for people.
func (r *Reader) label(n int) string {
	if n <= len(r.Header) && r.Header[n-1] != "" {
		return r.Header[n-1]
	}
	return strconv.Itoa(n)
}

// Err tells why Rows ended early: a *fault.Error, or nil at the end of the file.
func (r *Reader) Err() error {
	if r.end != nil {
		return r.end
	}
	return r.src.err()
}

// Progress is the share of the file that is read, 0 to 1.
func (r *Reader) Progress() float64 { return r.src.progress() }

// Close frees what the reader holds; it does not close the file.
func (r *Reader) Close() error { return r.src.close() }

// refuse makes a row that cannot be taken; column counts from 1, 0 is the whole row.
func refuse(kind fault.Kind, key string, row, column int, args fault.Args) Row {
	all := fault.Args{"row": row}
	if column > 0 {
		all["column"], all["header"] = column, strconv.Itoa(column)
	}
	for k, v := range args {
		all[k] = v
	}
	return Row{Number: row, Column: column, Err: fault.New(kind, key, all)}
}

// filled is the number of cells up to the last one with content.
func filled(cells []string) int {
	n := len(cells)
	for n > 0 && strings.TrimSpace(cells[n-1]) == "" {
		n--
	}
	return n
}
