package company

import "testing"

func TestLegalForm(t *testing.T) {
	for name, want := range map[string]struct {
		form  string
		place Place
	}{
		"株式会社山田製作所":      {"株式会社", Before},
		"㈱山田製作所":         {"株式会社", Before},
		"（株）山田製作所":       {"株式会社", Before},
		"㍿山田":            {"株式会社", Before},
		"山田製作所株式会社":      {"株式会社", After},
		"山田製作所(株) ":      {"株式会社", After},
		"山田製作所株式会社 大阪支店": {"株式会社", Middle},
		"公益社団法人みらい":      {"公益社団法人", Before},
		"みらい公益社団法人":      {"公益社団法人", After},
		"医療法人社団健康会":      {"医療法人社団", Before},
		"有限会社A":          {"有限会社", Before},
		"山田":             {"", None},
		"":               {"", None},
		"Tanaka Co.":     {"", None},
	} {
		if form, place := LegalForm(name); form != want.form || place != want.place {
			t.Errorf("LegalForm(%q) = %q, %d; want %q, %d", name, form, place, want.form, want.place)
		}
	}
}

func TestDisplay(t *testing.T) {
	for name, want := range map[string]string{
		"㈱山田製作所":       "株式会社山田製作所",
		"山田製作所（株）":     "山田製作所株式会社",
		"㍿山田":          "株式会社山田",
		"(有)髙橋  商店":    "有限会社髙橋 商店",
		"(合)山田":        "(合)山田", // one of three forms: nobody can tell which
		"山田（東京）":       "山田（東京）",
		" ＡＢＣ　商事 ":     "ＡＢＣ 商事",
		"Tanaka, Inc.": "Tanaka, Inc.",
	} {
		if got := Display(name); got != want {
			t.Errorf("Display(%q) = %q, want %q", name, got, want)
		}
	}
}
