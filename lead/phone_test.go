package lead

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParsePhone(t *testing.T) {
	for s, want := range map[string]Phone{
		"03-1234-5678":      {"0312345678", "", false},
		"０３（１２３４）５６７８":      {"0312345678", "", false},
		"0312345678":        {"0312345678", "", false},
		"03‐1234−5678":      {"0312345678", "", false},
		"+81 3-1234-5678":   {"0312345678", "", false},
		"+81(0)3-1234-5678": {"0312345678", "", false},
		"＋８１−３−１２３４−５６７８": {"0312345678", "", false},
		"0081-3-1234-5678":           {"0312345678", "", false},
		"010-81-3-1234-5678":         {"0312345678", "", false},
		"TEL: 03-1234-5678（代表）":      {"0312345678", "", false},
		"090-1234-5678":              {"09012345678", "", true},
		"+81-90-1234-5678":           {"09012345678", "", true},
		"070 1234 5678":              {"07012345678", "", true},
		"050-1234-5678":              {"05012345678", "", false},
		"0120-123-456":               {"0120123456", "", false},
		"0800-123-4567":              {"08001234567", "", false},
		"0570-012-345":               {"0570012345", "", false},
		"312345678":                  {"0312345678", "", false},
		"9012345678":                 {"09012345678", "", true},
		"03-1234-5678 内線123":         {"0312345678", "123", false},
		"03-1234-5678（内線：12）":        {"0312345678", "12", false},
		"03-1234-5678 ext. 45":       {"0312345678", "45", false},
		"03-1234-5678#45":            {"0312345678", "45", false},
		"03-1234-5678 / 090-1111-22": {"0312345678", "", false},
		"代表、03-1234-5678":            {"0312345678", "", false},
		"+1 (415) 555-0100":          {"+14155550100", "", false},
		"+44 20 7946 0000 x12":       {"+442079460000", "12", false},
		"010-1-415-555-0100":         {"+14155550100", "", false},
	} {
		if got, ok := ParsePhone(s); !ok || got != want {
			t.Errorf("ParsePhone(%q) = %+v, %v; want %+v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "なし", "-", "1234", "内線123", "090-1234-567", "03-1234-56789", "00", "+", "9.01235E+09", "+81", "0000000000", "電話は秘書まで"} {
		if got, ok := ParsePhone(s); ok || got != (Phone{}) {
			t.Errorf("ParsePhone(%q) = %+v", s, got)
		}
	}
}

func TestParsePhoneTwice(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		p, ok := ParsePhone(s)
		if !ok {
			return
		}
		if again, ok := ParsePhone(p.Number); !ok || again.Number != p.Number || again.Mobile != p.Mobile {
			t.Errorf("ParsePhone(%q) = %+v, and that %+v", s, p, again)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[+]?(81|0|00|010|1)?[-0-9()]{6,14}( ?(ext|内線|#)[0-9]{0,4})?`)).Draw(t, "text"))
	})
	for _, s := range naughty(t) {
		check(t, s)
		Postal(s)
	}
}

func TestPostal(t *testing.T) {
	for s, want := range map[string]string{
		"100-0001": "1000001", "〒100-0001": "1000001", "１００−０００１": "1000001", "1000001": "1000001", "〒 100 0001": "1000001", "600001": "0600001",
		"": "", "100-001": "", "12345": "", "10000011": "", "SW1A 1AA": "", "100-0001 東京都": "", "60-0001": "",
	} {
		if got := Postal(s); got != want {
			t.Errorf("Postal(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzParsePhone(f *testing.F) {
	f.Add("+81(0)3-1234-5678 内線12")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := ParsePhone(s); ok && len(p.Number) > 16 {
			t.Errorf("ParsePhone(%q) = %+v", s, p)
		}
	})
}

func BenchmarkParsePhone(b *testing.B) {
	for b.Loop() {
		ParsePhone("03-1234-5678 内線123")
	}
}

func TestWrittenPhone(t *testing.T) {
	for number, want := range map[string]string{
		"0312345678": "03-1234-5678", "0612345678": "06-1234-5678", "0520787698": "052-078-7698", "09012345678": "090-1234-5678", "05012345678": "050-1234-5678",
		"0120123456": "0120-123-456", "08001234567": "0800-123-4567", "0570012345": "0570-012-345",
		"0466221234": "0466221234", "14155550100": "14155550100", "": "",
	} {
		if got := WrittenPhone(number); got != want {
			t.Errorf("%s: %s, wanted %s", number, got, want)
		}
		if again, _ := ParsePhone(want); number != "" && number[0] == '0' && again.Number != number {
			t.Errorf("%s reads back as %s", want, again.Number)
		}
	}
}
