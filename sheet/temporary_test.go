package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"

	"kizashi/fault"
	"kizashi/sheet"
	"kizashi/testkit"
)

// largeBook is a workbook whose texts unpack to more than is held in memory.
func largeBook(t *testing.T) []byte {
	t.Helper()
	const texts = 70
	random, noise := rand.NewChaCha8([32]byte{}), make([]byte, 16<<10)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	part := func(name string, write func(w io.Writer)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		write(w)
	}
	text := func(s string) func(w io.Writer) { return func(w io.Writer) { _, _ = io.WriteString(w, s) } }
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	const office = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	part("[Content_Types].xml", text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`))
	part("_rels/.rels", text(relations+`<Relationship Id="r" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	part("xl/workbook.xml", text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="`+office+
		`"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	part("xl/_rels/workbook.xml.rels", text(relations+`<Relationship Id="rId1" Type="`+office+`/worksheet" Target="worksheets/sheet1.xml"/>`+
		`<Relationship Id="rId2" Type="`+office+`/sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	part("xl/sharedStrings.xml", func(w io.Writer) {
		_, _ = io.WriteString(w, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>氏名</t></si><si><t>田中 太郎</t></si>`)
		for i := range texts {
			fmt.Fprintf(w, "<si><t>%d", i)
			_, _ = io.ReadFull(random, noise) // text that does not pack to almost nothing: that would look like a bomb
			_, _ = io.WriteString(w, hex.EncodeToString(noise)+strings.Repeat("a", 1<<20)+"</t></si>")
		}
		_, _ = io.WriteString(w, `</sst>`)
	})
	part("xl/worksheets/sheet1.xml", text(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+
		`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData></worksheet>`))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The library reads numbers instead of texts where the disk does not take what it unpacks: that must be an error,
// and the disk's, not the file's.
func TestNoRoomToUnpack(t *testing.T) {
	book := largeBook(t)
	for _, c := range []struct {
		name string
		size int
	}{{"no room", 8 << 20}, {"room for one of two", 100 << 20}, {"room", 400 << 20}} {
		t.Run(c.name, func(t *testing.T) {
			dir := testkit.SmallDisk(t, c.size)
			t.Setenv("TMPDIR", dir)
			r, err := sheet.Open("list.xlsx", bytes.NewReader(book), int64(len(book)))
			if c.name != "room" {
				var known *fault.Error
				if !errors.Is(err, syscall.ENOSPC) || errors.As(err, &known) {
					t.Errorf("%v", err)
				}
			} else if err != nil {
				t.Fatal(err)
			} else {
				for row := range r.Rows() {
					if row.Cells[0] != "田中 太郎" {
						t.Errorf("%q", row.Cells)
					}
				}
				if err := errors.Join(r.Err(), r.Close()); err != nil {
					t.Error(err)
				}
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}
