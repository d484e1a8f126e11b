package sheet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var written = [][]string{
	{"田中 一郎", "=cmd|' /C calc'!A0", "+81 3-1234-5678"},
	{"a,b \"c\"\nd", "-1", "@SUM(A1)"},
	{"=1+1", "", " =2"},
}

// What is written can be read again, and no cell is a formula: neither in CSV nor in a workbook.
func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, CSV, []string{"氏名", "役職", "電話"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range written {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff氏名,役職,電話\r\n田中 一郎,'=cmd|' /C calc'!A0,'+81 3-1234-5678\r\n\"a,b \"\"c\"\"\r\nd\",'-1,'@SUM(A1)\r\n'=1+1,,' =2\r\n"
	if b.String() != want {
		t.Errorf("%q\n%q", b.String(), want)
	}
}

func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, XLSX, []string{"氏名", "役職", "電話"})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("長", MaxField+5)
	for _, row := range append(written, []string{long}) {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil || len(rows) != 5 || rows[1][1] != written[0][1] || rows[0][0] != "氏名" || len([]rune(rows[4][0])) != MaxField {
		t.Error(len(rows), err)
	}
	if formula, err := f.GetCellFormula("Sheet1", "B2"); err != nil || formula != "" {
		t.Errorf("a formula: %q %v", formula, err)
	}
	for _, r := range "=+-@\uff1d\uff0b\uff0d\uff20" {
		if SafeCell(string(r) + "x")[0] != '\'' {
			t.Errorf("%c stays", r)
		}
	}
}
