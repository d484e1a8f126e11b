package sheet

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scan gives all records of a text.
func scan(s *scanner) (rows []Row) {
	for {
		row, ok := s.next()
		if !ok {
			return rows
		}
		rows = append(rows, row)
	}
}

func anyCell(letters string) *rapid.Generator[string] {
	return rapid.StringOf(rapid.RuneFrom([]rune(letters)))
}

// Whatever a program has written by the rules is read as it was written.
func TestWrittenTableComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delim := rapid.SampledFrom([]rune(",;\t|")).Draw(t, "delimiter")
		crlf := rapid.Bool().Draw(t, "crlf")
		table := rapid.SliceOfN(rapid.SliceOfN(anyCell("ab山\",;\t|\n '"), 1, 5), 0, 20).Draw(t, "table")
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = delim, crlf
		if err := w.WriteAll(table); err != nil {
			t.Fatal(err)
		}
		var want [][]string
		for _, row := range table {
			if filled(row) == 0 {
				continue
			}
			for i, c := range row {
				if crlf { // as encoding/csv writes it
					row[i] = strings.ReplaceAll(c, "\n", "\r\n")
				}
				row[i] = PlainCell(row[i])
			}
			want = append(want, row)
		}
		var got [][]string
		for _, row := range scan(newScanner(iotest.OneByteReader(strings.NewReader(text.String())), byte(delim), false)) {
			if row.Err != nil {
				t.Fatal(row.Err)
			}
			got = append(got, row.Cells)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", text.String(), diff)
		}
	})
}

// One quote too few or too many costs at most its own row.
func TestOneQuoteCostsOneRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := rapid.SliceOfN(rapid.SliceOfN(rapid.StringMatching(`[a-c]{1,3}`), 3, 3), 2, 12).Draw(t, "table")
		var lines []string
		for _, row := range table {
			lines = append(lines, `"`+strings.Join(row, `","`)+`"`)
		}
		broken := rapid.IntRange(0, len(lines)-1).Draw(t, "broken")
		at := rapid.IntRange(0, len(lines[broken])-1).Draw(t, "at")
		l := lines[broken]
		if l[at] == '"' {
			lines[broken] = l[:at] + l[at+1:]
		} else {
			lines[broken] = l[:at] + `"` + l[at:]
		}
		rows := scan(newScanner(strings.NewReader(strings.Join(lines, "\n")), ',', false))
		for i, want := range table {
			if i == broken {
				continue
			}
			if !slices.ContainsFunc(rows, func(r Row) bool { return r.Number == i+1 && slices.Equal(r.Cells, want) }) {
				t.Fatalf("row %d is lost: %q in\n%s", i+1, brief(rows), strings.Join(lines, "\n"))
			}
		}
	})
}
