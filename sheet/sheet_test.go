package sheet

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kizashi/fault"
	"kizashi/i18n"
)

// openText opens text as it would come from a file.
func openString(t testing.TB, text string, opt Options) *Reader {
	t.Helper()
	r, err := OpenWith("test.csv", strings.NewReader(text), int64(len(text)), opt)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// read gives all rows, and fails where the file ended early.
func read(t testing.TB, r *Reader) []Row {
	t.Helper()
	rows := slices.Collect(r.Rows())
	if err := r.Err(); err != nil {
		t.Fatalf("ended early: %v", err)
	}
	return rows
}

// brief is a row in one line: its number and cells, or the key of its error.
func brief(rows []Row) (out []string) {
	for _, r := range rows {
		if r.Err != nil {
			out = append(out, r.Err.Error())
		} else {
			out = append(out, strings.Join(r.Cells, "|"))
		}
	}
	return out
}

func numbers(rows []Row) (out []int) {
	for _, r := range rows {
		out = append(out, r.Number)
	}
	return out
}

func keyOf(t testing.TB, err error) string {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok {
		t.Fatalf("want a *fault.Error, got %T: %v", err, err)
	}
	return f.Key
}

// P06: every capture of contacts, also a list from Excel, comes in whole.
func TestCSVSpectrum(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data", "csv-spectrum")
	files, _ := filepath.Glob(filepath.Join(dir, "csvs", "*.csv"))
	if len(files) == 0 {
		t.Skip("csv-spectrum is not there: it lies outside of the repository")
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".csv")
		t.Run(name, func(t *testing.T) {
			var want []map[string]string
			raw, err := os.ReadFile(filepath.Join(dir, "json", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if raw[0] == '{' {
				raw = []byte("[" + string(raw) + "]")
			}
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			text, want = mended(name, text, want)
			if diff := cmp.Diff(want, objects(t, openString(t, string(text), Options{}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// mended repairs two slips of the data itself: the files *_crlf have lost their CRs on the
// way, and the JSON of location_coordinates has another phone number than its CSV.
func mended(name string, text []byte, want []map[string]string) ([]byte, []map[string]string) {
	if strings.HasSuffix(name, "_crlf") && !bytes.Contains(text, []byte("\r")) {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	if name == "location_coordinates" && bytes.Contains(text, []byte("\n2095257564,")) {
		want[0]["Contact Phone Number"] = "2095257564"
	}
	return text, want
}

// objects are the rows as the JSON of csv-spectrum has them.
func objects(t testing.TB, r *Reader) (out []map[string]string) {
	for _, row := range read(t, r) {
		if row.Err != nil {
			t.Fatal(row.Err)
		}
		o := map[string]string{}
		for i, h := range r.Header {
			o[h] = row.Cells[i]
		}
		out = append(out, o)
	}
	return out
}

func TestNaughtyStringsComeThrough(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "blns", "blns.json"))
	if err != nil {
		t.Skip("blns is not there: it lies outside of the repository")
	}
	var naughty []string
	if err := json.Unmarshal(raw, &naughty); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("会社名,メモ\r\n")
	for _, s := range naughty {
		b.WriteString(`A,"` + strings.ReplaceAll(s, `"`, `""`) + "\"\r\n")
	}
	rows := read(t, openString(t, b.String(), Options{}))
	if len(rows) != len(naughty) {
		t.Fatalf("%d rows, want %d", len(rows), len(naughty))
	}
	for i, row := range rows {
		if strings.Contains(naughty[i], "\x00") {
			if row.Err == nil || row.Err.Key != "sheet.nul" {
				t.Errorf("NUL in %q: %v", naughty[i], row.Err)
			}
		} else if row.Err != nil || row.Cells[1] != PlainCell(naughty[i]) {
			t.Errorf("%q came as %q, %v", naughty[i], row.Cells, row.Err)
		}
	}
}

func TestLineEndsAndQuotes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
		at   []int
	}{
		"LF":                {"姓,名\n山田,太郎\n佐藤,花子\n", []string{"山田|太郎", "佐藤|花子"}, []int{2, 3}},
		"CRLF":              {"姓,名\r\n山田,太郎\r\n佐藤,花子", []string{"山田|太郎", "佐藤|花子"}, []int{2, 3}},
		"CR":                {"姓,名\r山田,太郎\r佐藤,花子\r", []string{"山田|太郎", "佐藤|花子"}, []int{2, 3}},
		"empty rows":        {"姓,名\n\n,\n山田,太郎\n ,　\n佐藤,花子\n\n", []string{"山田|太郎", "佐藤|花子"}, []int{4, 6}},
		"quoted newline":    {"姓,メモ\n山田,\"a\nb\r\nc\"\n佐藤,d", []string{"山田|a\nb\r\nc", "佐藤|d"}, []int{2, 5}},
		"doubled quote":     {"姓,メモ\n山田,\"a \"\"b\"\"\"\n", []string{`山田|a "b"`}, []int{2}},
		"quote inside":      {"姓,メモ\n山田,5\"ディスク\n", []string{`山田|5"ディスク`}, []int{2}},
		"text after quote":  {"姓,メモ\n山田,\"a\"b\n", []string{"山田|ab"}, []int{2}},
		"space, quote":      {"姓, 会社名\n山田, \"A, B\"\n", []string{"山田|A, B"}, []int{2}},
		"short row":         {"姓,名,メモ\n山田\n", []string{"山田"}, []int{2}},
		"text formula":      {"姓,電話番号\n山田,=\"0312345678\"\n", []string{"山田|0312345678"}, []int{2}},
		"our own safe cell": {"姓,電話番号\n山田,'+81-3-1234-5678\n", []string{"山田|+81-3-1234-5678"}, []int{2}},
		"error value":       {"姓,名,メモ\n山田,太郎,#N/A\n", []string{"山田|太郎|"}, []int{2}},
		"tab":               {"姓\t住所\n山田\t港区1,2,3\n佐藤\t中央区4,5,6\n", []string{"山田|港区1,2,3", "佐藤|中央区4,5,6"}, []int{2, 3}},
		"semicolon":         {"姓;資本金\n山田;1,5\n佐藤;2,5\n", []string{"山田|1,5", "佐藤|2,5"}, []int{2, 3}},
		"told delimiter":    {"sep=|\r\n姓|名\r\n山田|太郎\r\n", []string{"山田|太郎"}, []int{3}},
		"one column":        {"メールアドレス\na@b.example\n", []string{"a@b.example"}, []int{2}},
		"UTF-8 mark":        {"\ufeff姓,名\n山田,太郎\n", []string{"山田|太郎"}, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := read(t, openString(t, c.text, Options{}))
			if diff := cmp.Diff(c.want, brief(rows)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.at, numbers(rows)); diff != "" {
				t.Error("row numbers: " + diff)
			}
		})
	}
}

func TestBadRowsNeverCostGoodOnes(t *testing.T) {
	long := strings.Repeat("長", MaxField+1)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"unclosed, another quoted cell follows": {
			"姓,名,メモ\n山田,\"太郎,x\n佐藤,花子,y\n鈴木,\"一郎\",z\n",
			[]string{"sheet.quote column=2 header=名 row=2", "佐藤|花子|y", "鈴木|一郎|z"}},
		"unclosed within the row": {
			"姓,名,メモ\n\"山田\",\"太郎,\"x\"\n佐藤,花子,y\n",
			[]string{"sheet.quote column=2 header=名 row=2", "佐藤|花子|y"}},
		"unclosed to the end": {
			"姓,名\n山田,太郎\n佐藤,\"花子\n鈴木,一郎",
			[]string{"山田|太郎", "sheet.quote column=2 header=名 row=3", "鈴木|一郎"}},
		"unclosed after a cell of two lines": {
			"姓,メモ,名\n山田,\"a\nb\",\"太郎\n佐藤,,花子\n",
			[]string{"sheet.quote column=3 header=名 row=2", "佐藤||花子"}},
		"NUL": {
			"姓,名\n山\x00田,太郎\n佐藤,花子\n",
			[]string{"sheet.nul column=1 header=姓 row=2", "佐藤|花子"}},
		"too many cells": {
			"姓,名\n山田,太郎,東京,港区\n佐藤,花子,,\n",
			[]string{"sheet.cells cells=4 columns=2 row=2", "佐藤|花子||"}},
		"long cell": {
			"姓,メモ\n山田," + long + "\n佐藤,a\n",
			[]string{"sheet.field_long column=2 header=メモ limit=32767 row=2", "佐藤|a"}},
		"ten thousand columns": {
			"姓,名\n" + strings.Repeat("x,", 9999) + "x\n佐藤,花子\n",
			[]string{"sheet.columns columns=10000 limit=2000 row=2", "佐藤|花子"}},
		"a line over the limit": {
			"姓,名\n" + strings.Repeat("x", maxRecord*2) + "\r\n佐藤,花子\n",
			[]string{"sheet.row_long limit=4 row=2", "佐藤|花子"}},
		"an endless quote": {
			"姓,名\n\"x,1\n" + strings.Repeat("佐藤,花子\n", 3),
			[]string{"sheet.quote column=1 header=姓 row=2", "佐藤|花子", "佐藤|花子", "佐藤|花子"}},
		"broken UTF-8": {
			"姓,名\n山\xff田,太郎\n佐藤,花子\n鈴木,一郎\n",
			[]string{"sheet.undecodable column=1 header=姓 row=2", "佐藤|花子", "鈴木|一郎"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := read(t, openString(t, c.text, Options{}))
			if diff := cmp.Diff(c.want, brief(rows)); diff != "" {
				t.Error(diff)
			}
			for _, r := range rows {
				if r.Err != nil && !i18n.Has(r.Err.Key) {
					t.Errorf("no words for %s", r.Err.Key)
				}
			}
		})
	}
}

// An unclosed quote early in a large file is found at the limit of a record, not at the end.
func TestUnclosedQuoteInLargeFile(t *testing.T) {
	const lines = 600_000
	text := "姓,名\n\"山田,太郎\n" + strings.Repeat("佐藤,花子\n", lines)
	rows := read(t, openString(t, text, Options{}))
	if len(rows) != lines+1 || rows[0].Err == nil || rows[lines].Number != lines+2 {
		t.Fatalf("%d rows, the last is %d", len(rows), rows[len(rows)-1].Number)
	}
}

func TestFilesThatAreNoTable(t *testing.T) {
	for want, text := range map[string]string{
		"sheet.empty":     " \n,,\n\n",
		"sheet.not_table": "%PDF-1.7\n",
		"sheet.old_excel": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
		"sheet.markup":    "\r\n<html><table><tr><td>姓</td></tr></table></html>",
		"sheet.columns":   strings.Repeat("x,", 9999) + "x\n",
	} {
		_, err := Open("名簿.csv", strings.NewReader(text), int64(len(text)))
		if got := keyOf(t, err); got != want || !i18n.Has(got) {
			t.Errorf("%q: %v, want %s", text[:min(len(text), 20)], err, want)
		}
	}
	junk := strings.Repeat("\x00\x01\x02\x03\x7f\xfe", 500)
	if _, err := Open("x", strings.NewReader(junk), int64(len(junk))); keyOf(t, err) != "sheet.not_table" {
		t.Errorf("junk: %v", err)
	}
}

func TestHeaderIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		row  int
		rows int
	}{
		"first row":           {"氏名,会社名\n山田太郎,株式会社A\n", 1, 1},
		"titles above":        {"名刺データ一覧\n出力日時: 2026/11/22 10:00,,\n件数,120\n\n氏名,会社名,メールアドレス\n山田太郎,株式会社A,a@b.example\n", 5, 1},
		"group names above":   {"基本情報,,,\n姓,名,会社名,役職\n山田,太郎,株式会社A,部長\n", 2, 1},
		"none, mails":         {"山田太郎,株式会社A,a@b.example\n佐藤花子,株式会社B,b@b.example\n", 0, 2},
		"none, one column":    {"a@b.example\nb@b.example\n", 0, 2},
		"none, words only":    {"りんご,赤\nバナナ,黄\n", 0, 2},
		"unknown names":       {"甲,乙\n1,2\n3,4\n", 1, 2},
		"one row of words":    {"りんご,赤\n", 0, 1},
		"ragged words":        {"甲,乙,丙\n丁,戊\n己,庚,辛\n壬,2026/1/1\n", 0, 4},
		"names only":          {"姓,名,メール\n", 1, 0},
		"values like headers": {"流入元,部署名,担当\n展示会,営業部,佐藤\nセミナー,営業部,鈴木\n", 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := openString(t, c.text, Options{})
			rows := read(t, r)
			if r.HeaderRow != c.row || len(rows) != c.rows {
				t.Errorf("header in row %d with %d rows, want %d with %d", r.HeaderRow, len(rows), c.row, c.rows)
			}
		})
	}
}

func TestHeaderRowIsChosenByHand(t *testing.T) {
	text := "氏名,会社名\n山田太郎,A社\n佐藤花子,B社\n"
	if r := openString(t, text, Options{HeaderRow: 2}); r.Header[0] != "山田太郎" || len(read(t, r)) != 1 {
		t.Errorf("row 2 as header: %v", r.Header)
	}
	if r := openString(t, text, Options{HeaderRow: NoHeader}); r.HeaderRow != 0 || len(read(t, r)) != 3 {
		t.Errorf("no header: %v", r.Header)
	}
	_, err := OpenWith("x", strings.NewReader(text), int64(len(text)), Options{HeaderRow: 9})
	if keyOf(t, err) != "sheet.no_header_row" {
		t.Error(err)
	}
}
