package sheet

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Writer writes a table into a file, row by row, holding only a little of it in memory.
type Writer struct {
	csv    *csv.Writer
	book   *excelize.File
	stream *excelize.StreamWriter
	to     io.Writer
	header []string
	sheets int
	row    int
}

// maxSheet is how many rows a worksheet holds; a longer table goes on in another one. Excel ends at 1,048,576.
const maxSheet = 1_000_000

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

// NewWriter begins a file of a format, CSV or XLSX, with its header.
func NewWriter(to io.Writer, format Format, header []string) (*Writer, error) {
	w := &Writer{to: to, header: header}
	if format == XLSX {
		w.book = excelize.NewFile()
		return w, w.nextSheet()
	}
	if _, err := io.WriteString(to, byteOrderMark); err != nil {
		return nil, err
	}
	w.csv = csv.NewWriter(to)
	w.csv.UseCRLF = true
	return w, w.Row(header)
}

func (w *Writer) nextSheet() error {
	w.sheets++
	name := fmt.Sprintf("Sheet%d", w.sheets)
	if w.sheets > 1 {
		if err := w.stream.Flush(); err != nil {
			return err
		}
		if _, err := w.book.NewSheet(name); err != nil {
			return err
		}
	}
	var err error
	if w.stream, err = w.book.NewStreamWriter(name); err != nil {
		return err
	}
	if err := w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	w.row = 0
	return w.Row(w.header)
}

// Row writes one row of texts. None of them is ever a formula to who opens the file.
func (w *Writer) Row(cells []string) error {
	if w.csv != nil {
		safe := make([]string, len(cells))
		for i, c := range cells {
			safe[i] = SafeCell(c)
		}
		return w.csv.Write(safe)
	}
	if w.row == maxSheet {
		if err := w.nextSheet(); err != nil {
			return err
		}
	}
	w.row++
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = fits32k(c)
	}
	return w.stream.SetRow(fmt.Sprintf("A%d", w.row), values)
}

// Close ends the file; a workbook is written now.
func (w *Writer) Close() error {
	if w.csv != nil {
		w.csv.Flush()
		return w.csv.Error()
	}
	err := w.stream.Flush()
	if err == nil {
		_, err = w.book.WriteTo(w.to)
	}
	if bad := w.book.Close(); err == nil {
		err = bad
	}
	return err
}

// fits32k cuts a text to what a cell of Excel holds.
func fits32k(cell string) string {
	if len(cell) <= MaxField {
		return cell
	}
	if runes := []rune(cell); len(runes) > MaxField {
		return string(runes[:MaxField])
	}
	return cell
}
