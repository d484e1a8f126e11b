package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// readAll reads whatever it is to the end; the rules hold for every input.
func readAll(t *testing.T, data []byte) {
	r, err := Open("fuzz", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return
	}
	defer r.Close()
	m := r.Mapping()
	if err := m.Check(); err != nil {
		t.Fatalf("own mapping: %v", err)
	}
	last := 0
	for row := range r.Rows() {
		if row.Number <= last {
			t.Fatalf("row %d after row %d", row.Number, last)
		}
		last = row.Number
		if row.Err != nil {
			continue
		}
		if filled(row.Cells) == 0 && !strings.Contains(string(data), "#") && !strings.Contains(string(data), `=`) {
			t.Fatalf("row %d is empty", row.Number)
		}
		for _, c := range row.Cells {
			if !utf8.ValidString(c) || strings.ContainsRune(c, 0) {
				t.Fatalf("row %d: %q", row.Number, c)
			}
		}
	}
	if r.Progress() > 1 {
		t.Fatalf("progress %v", r.Progress())
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"姓,名\n山田,太郎\n", "a;b\r\n1;2\r\n", "sep=|\na|b\n", "\"a\nb\",\"c\n", "\ufeffa\tb\r1\t2\r", "\xff\xfea\x00,\x00b\x00\n\x00",
		"\x8e\x81,\x96\xbc\n\x8eR\x93c,\x91\xbe\x98Y\n", "\x1b$B;a\x1b(B,a\n", "x,\"\"\"\n\"", ",,,\n\n ,\n", "a,b\n\"1\"2\"3\",\"\r\n", "\x00\x00\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			return
		}
		readAll(t, data)
	})
}

func FuzzXLSX(f *testing.F) {
	small := people(f, 3)
	f.Add(small)
	f.Add(small[:len(small)/2])
	f.Add(rewrite(f, small, "xl/worksheets/sheet1.xml", func(s string) string { return strings.ReplaceAll(s, `r="A`, `r="ZZ`) }))
	f.Add(rewrite(f, small, "xl/sharedStrings.xml", func(string) string { return "<sst" }))
	f.Add(rewrite(f, small, "xl/styles.xml", func(s string) string { return strings.ReplaceAll(s, `"0"`, `"99999"`) }))
	f.Add(rewrite(f, small, "xl/workbook.xml", func(s string) string { return strings.ReplaceAll(s, "Sheet1", "") }))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			readAll(t, data)
		}
	})
}

// FuzzSheetXML changes the XML of the sheet itself, which the checksums of the package keep
// FuzzXLSX from reaching.
func FuzzSheetXML(f *testing.F) {
	small := people(f, 3)
	rewrite(f, small, "xl/worksheets/sheet1.xml", func(s string) string { f.Add(s); return s })
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>9999999</v></c></row></sheetData></worksheet>`)
	f.Add(`<worksheet><sheetData><row r="-1"><c r="A1" t="inlineStr"><is><t>_x0000_</t></is></c></row></sheetData></worksheet>`)
	f.Add(`<worksheet><sheetData><row r="1048576"><c s="-1"><v>1e999</v></c></row><row r="2"/></sheetData></worksheet>`)
	f.Fuzz(func(t *testing.T, xml string) {
		readAll(t, rewrite(t, small, "xl/worksheets/sheet1.xml", func(string) string { return xml }))
	})
}

// bigCSV is a table of n people in UTF-8.
func bigCSV(n int) []byte {
	var b bytes.Buffer
	b.WriteString("会社名,部署,役職,氏名,メールアドレス,電話番号,郵便番号,住所,名刺交換日,メモ\r\n")
	for i := range n {
		fmt.Fprintf(&b, "株式会社サンプル%d,営業本部,部長,山田 太郎,yamada%d@example%d.example,03-1234-5678,160-0022,東京都新宿区新宿1-2-3,2026/11/22,\"展示会で会話, 資料希望\"\r\n", i, i, i%1000)
	}
	return b.Bytes()
}

func BenchmarkCSV(b *testing.B) { benchmarkRead(b, bigCSV(200_000), 200_000) }
func BenchmarkShiftJIS(b *testing.B) {
	benchmarkRead(b, []byte(toShiftJIS(b, string(bigCSV(200_000)))), 200_000)
}

func BenchmarkXLSX(b *testing.B) {
	const n = 20_000
	data := workbook(b, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		must(b, err)
		for i := range n {
			must(b, w.SetRow(fmt.Sprintf("A%d", i+1), []any{fmt.Sprintf("株式会社サンプル%d", i), "営業本部", "部長", "山田 太郎", fmt.Sprintf("y%d@a.example", i), "03-1234-5678", 46348}))
		}
		must(b, w.Flush())
	})
	benchmarkRead(b, data, n)
}

func benchmarkRead(b *testing.B, data []byte, want int) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open("bench", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for row := range r.Rows() {
			if row.Err != nil {
				b.Fatal(row.Err)
			}
			n++
		}
		if n != want {
			b.Fatalf("%d rows", n)
		}
		r.Close()
	}
	b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkMap(b *testing.B) {
	data := bigCSV(200)
	r, err := Open("bench", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	header, samples := r.Header, r.Samples()
	for b.Loop() {
		Map(header, samples)
	}
}
