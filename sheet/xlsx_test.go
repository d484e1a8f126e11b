package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbook makes the bytes of an XLSX file.
func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBytes(t testing.TB, b []byte, opt Options) *Reader {
	t.Helper()
	r, err := OpenWith("名簿.xlsx", bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func setRow(t testing.TB, f *excelize.File, sheet, cell string, values ...any) {
	t.Helper()
	must(t, f.SetSheetRow(sheet, cell, &values))
}

func TestXLSX(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		_, err := f.NewSheet("名刺")
		must(t, err)
		setRow(t, f, "名刺", "A1", "名刺一覧")
		setRow(t, f, "名刺", "A3", "会社名", "法人番号", "郵便番号", "名刺交換日", "登録日", "電話番号", "メモ", "合計")
		setRow(t, f, "名刺", "A4", "㈱髙橋", 7000012050002, 1600022, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), 46348, "03-1234-5678", "一行\n二行", "x")
		setRow(t, f, "名刺", "A7", "B商事", nil, nil, nil, nil, nil, "=cmd")
		must(t, f.SetCellFormula("名刺", "H4", "=1+1"))
		postal, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("000\\-0000")})
		must(t, err)
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		era, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("yyyy\"年\"m\"月\"d\"日\"")})
		must(t, err)
		must(t, f.SetCellStyle("名刺", "C4", "C4", postal))
		must(t, f.SetCellStyle("名刺", "D4", "D4", date))
		must(t, f.SetCellStyle("名刺", "E4", "E4", era))
	})
	r := openBytes(t, b, Options{})
	if r.Format != XLSX || r.Sheet != "名刺" || r.HeaderRow != 3 {
		t.Fatalf("%+v", r.Info)
	}
	rows := read(t, r)
	if diff := cmp.Diff([]int{4, 7}, numbers(rows)); diff != "" {
		t.Error(diff)
	}
	want := []string{"㈱髙橋", "7000012050002", "160-0022", "2026/11/22", "2026年11月22日", "03-1234-5678", "一行\n二行"}
	if diff := cmp.Diff(want, rows[0].Cells[:7]); diff != "" {
		t.Error(diff)
	}
	for _, i := range []int{3, 4} {
		if ms, ok := Date(rows[0].Cells[i]); !ok || time.UnixMilli(ms).In(Tokyo).Format("2006-01-02") != "2026-11-22" {
			t.Errorf("%q is no date", rows[0].Cells[i])
		}
	}
	if r.Progress() != 1 {
		t.Errorf("progress %v", r.Progress())
	}
}

func ptr[T any](v T) *T { return &v }

func TestSheetIsChosen(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		for _, n := range []string{"隠し", "一覧", "別"} {
			_, err := f.NewSheet(n)
			must(t, err)
			setRow(t, f, n, "A1", "氏名", "会社名")
			setRow(t, f, n, "A2", "山田太郎", n)
		}
		must(t, f.SetSheetVisible("隠し", false))
	})
	if r := openBytes(t, b, Options{}); r.Sheet != "一覧" {
		t.Errorf("first visible with content: %s", r.Sheet)
	}
	if r := openBytes(t, b, Options{Sheet: "別"}); r.Sheet != "別" {
		t.Errorf("by name: %s", r.Sheet)
	}
	_, err := OpenWith("x", bytes.NewReader(b), int64(len(b)), Options{Sheet: "無い"})
	if keyOf(t, err) != "sheet.no_sheet" {
		t.Error(err)
	}
	empty := workbook(t, func(*excelize.File) {})
	if _, err := Open("x", bytes.NewReader(empty), int64(len(empty))); keyOf(t, err) != "sheet.empty" {
		t.Error(err)
	}
}

// rewrite copies a package with one part changed.
func rewrite(t testing.TB, b []byte, part string, change func(string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range z.File {
		r, err := p.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		if p.Name == part {
			content = []byte(change(string(content)))
		}
		f, err := w.Create(p.Name)
		must(t, err)
		_, err = f.Write(content)
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func people(t testing.TB, n int) []byte {
	return workbook(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "氏名", "会社名")
		for i := range n {
			setRow(t, f, "Sheet1", fmt.Sprintf("A%d", i+2), "山田太郎", fmt.Sprintf("会社%d", i))
		}
	})
}

// Rows behind damage are not lost in silence.
func TestDamagedSheet(t *testing.T) {
	b := rewrite(t, people(t, 500), "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, `<row r="301"`, `<oops <row r="301"`, 1)
	})
	r := openBytes(t, b, Options{})
	n := 0
	for row := range r.Rows() {
		if row.Err != nil {
			t.Error(row.Err)
		}
		n++
	}
	if n != 299 || keyOf(t, r.Err()) != "sheet.cut_off" {
		t.Errorf("%d rows, %v", n, r.Err())
	}
}

func TestBadCellReference(t *testing.T) {
	b := rewrite(t, people(t, 3), "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, `r="A3"`, `r="3A"`, 1)
	})
	rows := read(t, openBytes(t, b, Options{}))
	if len(rows) != 3 || rows[1].Err == nil || rows[1].Number != 3 || rows[2].Cells[1] != "会社2" {
		t.Errorf("%v", brief(rows))
	}
}

func TestWideSheet(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "氏名", "会社名")
		must(t, f.SetCellStr("Sheet1", "XFD2", "x"))
		setRow(t, f, "Sheet1", "A3", "山田太郎", "A社")
	})
	rows := read(t, openBytes(t, b, Options{}))
	want := []string{"sheet.columns columns=16384 limit=2000 row=2", "山田太郎|A社"}
	if diff := cmp.Diff(want, brief(rows)); diff != "" {
		t.Error(diff)
	}
}

func TestZipBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 1<<20)
	bomb := func(part string, megabytes int) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		f, err := w.Create(part)
		must(t, err)
		for range megabytes {
			_, err = io.WriteString(f, zeros)
			must(t, err)
		}
		must(t, w.Close())
		return out.Bytes()
	}
	for name, b := range map[string][]byte{
		"ratio":      bomb("xl/worksheets/sheet1.xml", 64),
		"large part": bomb("xl/styles.xml", 65),
		"unpacked":   claiming(t, "xl/worksheets/sheet1.xml", maxUnpacked+1),
	} {
		if _, err := Open(name, bytes.NewReader(b), int64(len(b))); keyOf(t, err) != "sheet.bomb" {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := bomb("readme.txt", 1)
	if _, err := Open("x", bytes.NewReader(other), int64(len(other))); keyOf(t, err) != "sheet.not_table" {
		t.Error(err)
	}
	cut := people(t, 10)
	cut = cut[:len(cut)/2]
	if _, err := Open("x", bytes.NewReader(cut), int64(len(cut))); keyOf(t, err) != "sheet.broken_xlsx" {
		t.Error(err)
	}
}

// claiming is a package whose one part holds 32 MB and claims another size.
func claiming(t testing.TB, part string, size uint64) []byte {
	var honest, out bytes.Buffer
	w := zip.NewWriter(&honest)
	f, err := w.Create(part)
	must(t, err)
	_, err = io.WriteString(f, strings.Repeat(" ", 32<<20))
	must(t, err)
	must(t, w.Close())
	z, err := zip.NewReader(bytes.NewReader(honest.Bytes()), int64(honest.Len()))
	must(t, err)
	raw, err := z.File[0].OpenRaw()
	must(t, err)
	h := z.File[0].FileHeader
	h.UncompressedSize64 = size
	w = zip.NewWriter(&out)
	p, err := w.CreateRaw(&h)
	must(t, err)
	_, err = io.Copy(p, raw)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

// A part that unpacks to more than it claims is stopped by its claim.
func TestLyingPart(t *testing.T) {
	b := claiming(t, "xl/workbook.xml", 100)
	if _, err := Open("x", bytes.NewReader(b), int64(len(b))); keyOf(t, err) != "sheet.broken_xlsx" {
		t.Error(err)
	}
}
