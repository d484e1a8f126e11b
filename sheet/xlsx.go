package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"kizashi/fault"
)

// Limits against XLSX files that unpack to far more than they are.
const (
	maxUnpacked  = 1 << 30  // bytes of all parts
	maxPart      = 64 << 20 // bytes of a part that is held in memory whole: not sheets, strings, pictures
	maxRatio     = 200      // unpacked to packed, beyond freeUnpacked; sheets of equal rows reach 100
	freeUnpacked = 16 << 20
	maxParts     = 10_000
)

// readOptions: dates in a form that Date reads, whatever the file's country; large sheets
// go through a temporary file.
var readOptions = excelize.Options{
	UnzipSizeLimit:    maxUnpacked,
	UnzipXMLSizeLimit: maxPart,
	ShortDatePattern:  "yyyy/mm/dd",
	LongDatePattern:   "yyyy/mm/dd",
	LongTimePattern:   "hh:mm:ss",
	CultureInfo:       excelize.CultureNameJaJP,
}

// xlsxSource reads one sheet of a workbook.
type xlsxSource struct {
	file *excelize.File
	rows *excelize.Rows
	row  int // number of the last row read
	layout
	fail      error
	temporary string // the folder of parts that are too large for memory; "" if there are none
}

func openXLSX(name string, r io.ReaderAt, size int64, sheet string) (source, Info, error) {
	if size > MaxXLSX {
		return nil, Info{}, fault.New(fault.TooLarge, "sheet.too_large",
			fault.Args{"file": name, "limit": MaxXLSX >> 20})
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, Info{}, broken(name, err)
	}
	if err := checkParts(name, z, size); err != nil {
		return nil, Info{}, err
	}
	if err := checkNesting(name, z); err != nil {
		return nil, Info{}, err
	}
	s := &xlsxSource{}
	if s.temporary, err = room(z); err != nil {
		return nil, Info{}, err
	}
	options := readOptions
	options.TmpDir = s.temporary
	err = guarded(func() (err error) {
		s.file, err = excelize.OpenReader(io.NewSectionReader(r, 0, size), options)
		return err
	})
	if err != nil {
		s.close()
		return nil, Info{}, broken(name, err)
	}
	found, err := s.choose(name, sheet)
	if err != nil {
		s.close()
		return nil, Info{}, err
	}
	s.layout = layoutOf(z, found)
	return s, Info{Format: XLSX, Sheet: found}, nil
}

func broken(name string, err error) error {
	return fault.New(fault.Malformed, "sheet.broken_xlsx", fault.Args{"file": name}).Because(err)
}

// guarded turns a panic of the library, which only a forged file brings about, into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// checkParts refuses a package that would unpack to too much. The sizes are the package's
// own claim, but reading a part stops with an error where it goes beyond its claim.
func checkParts(name string, z *zip.Reader, size int64) error {
	bomb := fault.New(fault.TooLarge, "sheet.bomb", fault.Args{"file": name, "limit": maxUnpacked >> 20})
	if len(z.File) > maxParts {
		return bomb
	}
	workbook := false
	var total uint64
	for _, p := range z.File {
		total += p.UncompressedSize64
		low := strings.ToLower(p.Name)
		streamed := strings.HasPrefix(low, "xl/worksheets/sheet") || strings.HasSuffix(low, "sharedstrings.xml")
		if p.UncompressedSize64 > maxUnpacked || total > maxUnpacked {
			return bomb
		}
		if !streamed && p.UncompressedSize64 > maxPart {
			return bomb
		}
		workbook = workbook || strings.HasPrefix(low, "xl/") || low == "[content_types].xml"
	}
	if total > freeUnpacked && total > maxRatio*uint64(size) {
		return bomb
	}
	if !workbook {
		return fault.New(fault.Malformed, "sheet.not_table", fault.Args{"file": name})
	}
	return nil
}

// choose opens the named sheet, or the one that most likely holds the contacts.
func (s *xlsxSource) choose(name, sheet string) (string, error) {
	if sheet == "" {
		if sheet = likeliest(s.tabs()); sheet == "" {
			return "", fault.New(fault.Malformed, "sheet.empty", fault.Args{"file": name})
		}
		return sheet, s.openSheet(sheet)
	}
	if !slices.Contains(s.file.GetSheetList(), sheet) {
		return "", fault.New(fault.Invalid, "sheet.no_sheet", fault.Args{"sheet": sheet}).At("sheet")
	}
	return sheet, s.openSheet(sheet)
}

func (s *xlsxSource) openSheet(n string) error {
	s.row, s.fail = 0, nil
	err := guarded(func() (err error) { s.rows, err = s.file.Rows(n); return err })
	if err != nil {
		return broken(n, err)
	}
	return nil
}

// next gives the next row with content.
func (s *xlsxSource) next() (Row, bool) {
	for s.fail == nil {
		var cells []string
		var bad error
		var ok bool
		if err := guarded(func() error {
			if ok = s.rows.Next(); ok {
				cells, bad = s.rows.Columns(readOptions)
			}
			return s.rows.Error()
		}); err != nil {
			s.fail = s.cutOff(err)
			return Row{}, false
		}
		if !ok {
			if s.row < s.last {
				s.fail = s.cutOff(nil)
			}
			return Row{}, false
		}
		s.row++
		if bad != nil {
			return refuse(fault.Malformed, "sheet.bad_row", s.row, 0, nil), true
		}
		if n := filled(cells); n > 0 {
			return s.made(cells[:n]), true
		}
	}
	return Row{}, false
}

func (s *xlsxSource) made(cells []string) Row {
	if len(cells) > MaxColumns {
		return refuse(fault.TooLarge, "sheet.columns", s.row, 0,
			fault.Args{"columns": len(cells), "limit": MaxColumns})
	}
	return checkCells(s.row, cells)
}

// cutOff is the error of a sheet that ends before its last row.
func (s *xlsxSource) cutOff(err error) error {
	return fault.New(fault.Malformed, "sheet.cut_off", fault.Args{"row": s.row + 1}).Because(err)
}

func (s *xlsxSource) err() error { return s.fail }

func (s *xlsxSource) progress() float64 {
	if s.last == 0 {
		return 0
	}
	return min(1, float64(s.row)/float64(s.last))
}

// close removes the temporary files too.
func (s *xlsxSource) close() error {
	var err error
	if s.rows != nil {
		s.rows.Close()
	}
	if s.file != nil {
		err = guarded(s.file.Close)
	}
	if s.temporary != "" {
		err = errors.Join(err, os.RemoveAll(s.temporary))
	}
	return err
}
