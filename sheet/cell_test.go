package sheet

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSafeCell(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		"山田太郎":               "山田太郎",
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
		"+81-3-1234-5678":    "'+81-3-1234-5678",
		"-1":                 "'-1",
		"@SUM(A1)":           "'@SUM(A1)",
		"\t=1":               "'\t=1",
		"\r=1":               "'\r=1",
		"＝1+1":               "'＝1+1",
		"a=b":                "a=b",
		"'quoted'":           "'quoted'",
		"'=1":                "''=1",
		"'' -1":              "''' -1",
	} {
		if got := SafeCell(in); got != want {
			t.Errorf("SafeCell(%q) = %q, want %q", in, got, want)
		}
	}
}

// What we export comes back as it was.
func TestSafeCellRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("=+-@\t\r\n＝＋'#a山\""))).Draw(t, "s")
		safe := SafeCell(s)
		if safe != "" && strings.ContainsRune(formulaStarts, []rune(safe)[0]) {
			t.Fatalf("%q is still a formula", safe)
		}
		if !strings.HasPrefix(s, "#") && PlainCell(safe) != s { // error values of Excel are no content
			t.Fatalf("%q came back as %q", s, PlainCell(safe))
		}
	})
}

func TestPlainCell(t *testing.T) {
	for in, want := range map[string]string{
		`="0312345678"`: "0312345678",
		`="a"&"b"`:      `="a"&"b"`,
		`=""`:           "",
		"=1+1":          "=1+1",
		"'=1+1":         "=1+1",
		"'s-Hertogen":   "'s-Hertogen",
		"#N/A":          "",
		"#1":            "#1",
		"#REF!":         "",
	} {
		if got := PlainCell(in); got != want {
			t.Errorf("PlainCell(%q) = %q, want %q", in, got, want)
		}
	}
}

// M15: who asked for the newsletter, and who did not.
func TestYes(t *testing.T) {
	for _, s := range []string{"可", "はい", "○", "〇", "1", "TRUE", "yes", "許諾", "希望する", "配信可", "同意する", "同意済み", "Ｙ", "Marketing contact", "有"} {
		if yes, ok := Yes(s); !yes || !ok {
			t.Errorf("%q is no yes", s)
		}
	}
	for _, s := range []string{"不可", "いいえ", "×", "0", "FALSE", "no", "希望しない", "配信不可", "配信停止", "拒否", "同意しない", "無", "同意なし", "未同意", "Non-marketing contact"} {
		if yes, ok := Yes(s); yes || !ok {
			t.Errorf("%q is no no", s)
		}
	}
	for _, s := range []string{"", "?", "不明", "maybe"} {
		if _, ok := Yes(s); ok {
			t.Errorf("%q says something", s)
		}
	}
}

// X13: a refusal wins over any other reading.
func TestMayMail(t *testing.T) {
	for _, c := range []struct {
		field   Field
		text    string
		may, ok bool
	}{
		{OptIn, "可", true, true}, {OptIn, "停止", false, true}, {OptIn, "", false, false},
		{OptOut, "1", false, true}, {OptOut, "TRUE", false, true}, {OptOut, "停止", false, true}, {OptOut, "拒否", false, true},
		{OptOut, "x", false, true}, {OptOut, "0", true, true}, {OptOut, "FALSE", true, true}, {OptOut, "いいえ", true, true}, {OptOut, "", false, false},
	} {
		if may, ok := MayMail(c.field, c.text); may != c.may || ok != c.ok {
			t.Errorf("%s %q: %v %v", c.field, c.text, may, ok)
		}
	}
}

func TestDate(t *testing.T) {
	day := func(y, m, d int) int64 { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, Tokyo).UnixMilli() }
	want := day(2026, 11, 22)
	for _, s := range []string{
		"2026/11/22", "2026-11-22", "2026.11.22", "2026年11月22日", "2026年11月22日(日)", "２０２６年１１月２２日", "20261122",
		"2026/11/22 10:30", "2026-11-22 10:30:00", "2026-11-22T10:30:00+09:00", "2026-11-21T16:00:00Z", " 2026/11/22 ",
		"R8.11.22", "r8/11/22", "令和8年11月22日", "令和 8年 11月 22日", "㋿8年11月22日", "46348", "46348.5",
		"11/22/2026", "22/11/2026", "22 Nov 2026", "Nov 22, 2026", "November 22, 2026 10:30", "2026年 11月 22日",
	} {
		if got, ok := Date(s); !ok || got != want {
			t.Errorf("Date(%q) = %v %v, want %v", s, time.UnixMilli(got).In(Tokyo), ok, time.UnixMilli(want).In(Tokyo))
		}
	}
	for s, want := range map[string]int64{
		"令和元年5月1日": day(2019, 5, 1), "H31.4.30": day(2019, 4, 30), "S64.1.7": day(1989, 1, 7), "昭和39年10月10日": day(1964, 10, 10),
		"2024/2/29": day(2024, 2, 29), "03/04/2026": day(2026, 3, 4), "25569": day(1970, 1, 1),
	} {
		if got, ok := Date(s); !ok || got != want {
			t.Errorf("Date(%q) = %v %v", s, time.UnixMilli(got).In(Tokyo), ok)
		}
	}
	for _, s := range []string{"", "2026", "2026/13/1", "2026/2/30", "2025/2/29", "19999", "80001", "1234567", "R8", "昨日", "2026/11", "0312345678", "03-1234-5678", "12345678901", "100名"} {
		if got, ok := Date(s); ok {
			t.Errorf("Date(%q) = %v, want none", s, time.UnixMilli(got).In(Tokyo))
		}
	}
}

func TestDateNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("0123456789/.-年月日元令和平成昭RHSjanmy ,:TZ+"))).Draw(t, "s")
		if ms, ok := Date(s); ok && time.UnixMilli(ms).In(Tokyo).Hour() != 0 {
			t.Fatalf("%q is no midnight", s)
		}
	})
}
