package sheet

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// maxMerged is how many merged ranges of a sheet are obeyed; those behind stay as they are.
const maxMerged = 100_000

// merged is a range of cells merged over several rows; all numbers count from 1.
type merged struct{ column, first, last int }

// parseMerged reads a reference such as A2:A4; false where it is none, or of one row.
func parseMerged(ref string) (merged, bool) {
	from, to, _ := strings.Cut(ref, ":")
	column, first, bad := excelize.CellNameToCoordinates(from)
	_, last, worse := excelize.CellNameToCoordinates(to)
	if bad != nil || worse != nil || last <= first || column > MaxColumns {
		return merged{}, false
	}
	return merged{column, first, last}, true
}

// filler writes the text of merged cells into the rows below the first, as a person reads them: a
// company merged over three people is the company of each. Rows must come in their order.
type filler struct {
	ranges []merged         // not begun yet, by their first row
	open   map[int]openCell // by column
}

type openCell struct {
	last int // number of the last row
	text string
}

// newFiller takes the ranges that begin below a row: those above are titles and names of columns.
func newFiller(ranges []merged, below int) *filler {
	ranges = slices.DeleteFunc(slices.Clone(ranges), func(m merged) bool { return m.first <= below })
	slices.SortFunc(ranges, func(a, b merged) int { return cmp.Compare(a.first, b.first) })
	return &filler{ranges, map[int]openCell{}}
}

func (f *filler) fill(row *Row) {
	for len(f.ranges) > 0 && f.ranges[0].first <= row.Number {
		one := f.ranges[0]
		f.ranges = f.ranges[1:]
		if one.first == row.Number && one.column <= len(row.Cells) && repeats(row.Cells[one.column-1]) {
			f.open[one.column] = openCell{one.last, row.Cells[one.column-1]}
		}
	}
	for column, cell := range f.open {
		switch {
		case cell.last < row.Number:
			delete(f.open, column)
		case row.Err == nil:
			row.Cells = put(row.Cells, column, cell.text)
		}
	}
}

// put writes a text into an empty cell; column counts from 1.
func put(cells []string, column int, text string) []string {
	for len(cells) < column {
		cells = append(cells, "")
	}
	if strings.TrimSpace(cells[column-1]) == "" {
		cells[column-1] = text
	}
	return cells
}

// repeats tells whether a text may be that of several people: words, not a number, a date or a phone, and
// no mail address, which would make one person of them.
func repeats(s string) bool {
	if _, date := Date(s); date || strings.ContainsAny(s, "@＠") {
		return false
	}
	return strings.ContainsFunc(s, unicode.IsLetter)
}
