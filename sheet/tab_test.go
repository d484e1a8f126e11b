package sheet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// threeSheets is a workbook as a company has it: notes first, then a list whose header has two rows of
// merged cells, then few examples of it.
func threeSheets(t *testing.T) []byte {
	return workbook(t, func(f *excelize.File) {
		must(t, f.SetSheetName("Sheet1", "はじめに"))
		setRow(t, f, "はじめに", "A1", "この名簿の使い方")
		for _, name := range []string{"名簿", "記入例"} {
			_, err := f.NewSheet(name)
			must(t, err)
			setRow(t, f, name, "A1", "展示会リード一覧(2026年秋)")
			setRow(t, f, name, "B3", "会社名", nil, "担当者", nil, nil)
			setRow(t, f, name, "D4", "氏名", "メールアドレス", "電話番号")
			must(t, f.MergeCell(name, "B3", "B4"))
			must(t, f.MergeCell(name, "D3", "F3"))
			setRow(t, f, name, "B5", "㈱青空製作所", nil, "山田 太郎", "taro@aozora.example", "03-1234-5678")
		}
		setRow(t, f, "名簿", "B6", "みどり物流㈱", nil, "佐藤 花子", "hanako@midori.example", "03-1234-5679")
	})
}

// M06: the sheet with the most columns that are understood is read, not the first.
func TestLikeliestSheet(t *testing.T) {
	r := openBytes(t, threeSheets(t), Options{})
	if r.Sheet != "名簿" || r.HeaderRow != 4 {
		t.Fatalf("%q row %d", r.Sheet, r.HeaderRow)
	}
	var fields []int
	for _, one := range r.Tabs() {
		fields = append(fields, one.Fields)
	}
	if diff := cmp.Diff([]int{0, 4, 4}, fields); diff != "" {
		t.Error(diff)
	}
}

// M06: names in two rows of merged cells are one header.
func TestHeaderOfTwoRows(t *testing.T) {
	b := threeSheets(t)
	for _, opt := range []Options{{}, {Sheet: "名簿", HeaderRow: 4}, {Sheet: "名簿", HeaderRow: 3}} {
		r := openBytes(t, b, opt)
		m := r.Mapping()
		for column, want := range map[int]Field{1: Company, 3: Name, 4: Email, 5: Phone} {
			if got := m.Columns[column].Field; got != want {
				t.Errorf("%v: column %d is %q, want %q", opt, column, got, want)
			}
		}
		if got := len(r.Samples()); got != 2 {
			t.Errorf("%v: %d rows of data", opt, got)
		}
	}
}

// After a sheet comes the next list of contacts, not the notes.
func TestAfterASheet(t *testing.T) {
	r := openBytes(t, threeSheets(t), Options{})
	for name, want := range map[string]string{"はじめに": "名簿", "名簿": "記入例", "記入例": "名簿"} {
		if got := r.After(name); got != want {
			t.Errorf("after %s comes %q, want %q", name, got, want)
		}
	}
}

// A mapping opens the table again that it is of.
func TestMappingKnowsItsTable(t *testing.T) {
	b := threeSheets(t)
	m := openBytes(t, b, Options{Sheet: "記入例"}).Mapping()
	again := openBytes(t, b, m.Options())
	if again.Sheet != "記入例" || again.HeaderRow != 4 {
		t.Errorf("%q row %d", again.Sheet, again.HeaderRow)
	}
	chosen, err := m.With([]Column{{Index: 1}})
	if err != nil || chosen.Options() != m.Options() {
		t.Errorf("%v %v", chosen.Options(), err)
	}
	bare := openString(t, "1,山田\n2,佐藤\n", Options{}).Mapping()
	if bare.HeaderRow != NoHeader {
		t.Errorf("header in row %d", bare.HeaderRow)
	}
}
