package sheet

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// M06: what is merged over several people is of each of them, and of nobody else.
func TestMergedCells(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "会社名", "氏名", "メール", "電話番号", "メモ")
		setRow(t, f, "Sheet1", "A2", "青空製作所", "山田 太郎", "info@aozora.example", "03-1234-5678", "展示会で")
		setRow(t, f, "Sheet1", "B3", "佐藤 花子")
		setRow(t, f, "Sheet1", "B4", "鈴木 一郎")
		setRow(t, f, "Sheet1", "B5", "会社のない人")
		setRow(t, f, "Sheet1", "A6", "みどり物流", "田中")
		setRow(t, f, "Sheet1", "B250", "遠くの人") // behind what is read ahead
		for _, pair := range [][2]string{{"A2", "A4"}, {"C2", "C4"}, {"D2", "D4"}, {"E2", "E4"}, {"A6", "A250"}} {
			must(t, f.MergeCell("Sheet1", pair[0], pair[1]))
		}
		for n := range 220 {
			setRow(t, f, "Sheet1", "B"+strconv.Itoa(7+n), "一人")
		}
	})
	rows := read(t, openBytes(t, b, Options{}))
	want := [][]string{
		{"青空製作所", "山田 太郎", "info@aozora.example", "03-1234-5678", "展示会で"},
		{"青空製作所", "佐藤 花子", "", "", "展示会で"},
		{"青空製作所", "鈴木 一郎", "", "", "展示会で"},
		{"", "会社のない人"},
		{"みどり物流", "田中"},
	}
	got := [][]string{}
	for _, row := range rows[:5] {
		got = append(got, row.Cells)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if last := rows[len(rows)-1]; last.Number != 250 || last.Cells[0] != "みどり物流" {
		t.Errorf("%+v", last)
	}
}

// Names of columns merged over two rows are no data.
func TestMergedHeaderIsNotFilledDown(t *testing.T) {
	r := openBytes(t, threeSheets(t), Options{Sheet: "名簿"})
	for _, row := range read(t, r) {
		for _, c := range row.Cells {
			if c == "会社名" {
				t.Errorf("row %d holds the name of a column", row.Number)
			}
		}
	}
}

func TestParseMerged(t *testing.T) {
	for ref, want := range map[string]bool{"A2:A4": true, "B2:C9": true, "A2:C2": false, "A2": false, "": false, "A4:A2": false, "ZZZ9:A": false, "x": false} {
		if _, got := parseMerged(ref); got != want {
			t.Errorf("%q: %v", ref, got)
		}
	}
}
