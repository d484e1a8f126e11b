package lead

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kizashi/fault"
	"kizashi/i18n"
)

func TestParseMail(t *testing.T) {
	for s, want := range map[string]string{
		"":                         "",
		" \u3000 ":                 "",
		"taro@acme.co.jp":          "taro@acme.co.jp",
		" Taro.Yamada@ACME.co.jp ": "taro.yamada@acme.co.jp",
		"ｔａｒｏ＠ａｃｍｅ．ｃｏ．ｊｐ":               "taro@acme.co.jp",
		"taro+fair@acme.co.jp":          "taro+fair@acme.co.jp",
		"t.a.r.o@gmail.com":             "t.a.r.o@gmail.com",
		"mailto:taro@acme.co.jp":        "taro@acme.co.jp",
		"山田 太郎 <taro@acme.co.jp>":       "taro@acme.co.jp",
		"Taro Yamada <TARO@acme.co.jp>": "taro@acme.co.jp",
		"<taro@acme.co.jp>":             "taro@acme.co.jp",
		"\ufefftaro@acme.co.jp":         "taro@acme.co.jp",
		"taro@日本語.jp":                   "taro@xn--wgv71a119e.jp",
		"taro@acme.co.jp.":              "taro@acme.co.jp",
		"o'brien@acme.example":          "o'brien@acme.example",
		"taro..yamada.@docomo.ne.jp":    "taro..yamada.@docomo.ne.jp",
		"taro.@ezweb.ne.jp":             "taro.@ezweb.ne.jp",
		"山田@日本語.jp":                     "山田@xn--wgv71a119e.jp",
	} {
		if got, err := ParseMail(s); err != nil || got != want {
			t.Errorf("ParseMail(%q) = %q, %v; want %q", s, got, err, want)
		}
	}
}

func TestParseMailRefuses(t *testing.T) {
	for s, key := range map[string]string{
		"taro":                                  "lead_match.mail.at",
		"@acme.co.jp":                           "lead_match.mail.at",
		"なし":                                    "lead_match.mail.at",
		"a@b@acme.co.jp":                        "lead_match.mail.many",
		"taro@acme.co.jp; jiro@acme.co.jp":      "lead_match.mail.many",
		"taro@":                                 "lead_match.mail.domain",
		"taro@acme":                             "lead_match.mail.domain",
		"taro@acme..jp":                         "lead_match.mail.domain",
		"taro@[192.0.2.1]":                      "lead_match.mail.domain",
		"taro@acme.co.jp\r\nBcc: x":             "lead_match.mail.domain",
		strings.Repeat("a", 65) + "@acme.co.jp": "lead_match.mail.long",
		"taro..yamada@acme.co.jp":               "lead_match.mail.characters",
		".taro@acme.co.jp":                      "lead_match.mail.characters",
		"taro yamada@acme.co.jp":                "lead_match.mail.characters",
		"ta\r\nro@acme.co.jp":                   "lead_match.mail.characters",
		`"taro"@acme.co.jp`:                     "lead_match.mail.characters",
		"ta(ro)@acme.co.jp":                     "lead_match.mail.characters",
		"taro\x00@acme.co.jp":                   "lead_match.mail.characters",
	} {
		got, err := ParseMail(s)
		var f *fault.Error
		if got != "" || !errors.As(err, &f) || f.Kind != fault.Invalid || f.Key != key || !i18n.Has(key) {
			t.Errorf("ParseMail(%q) = %q, %v; want %s", s, got, err, key)
		}
	}
}

func checkMail(t interface{ Errorf(string, ...any) }, s string) {
	key, err := ParseMail(s)
	if err != nil || key == "" {
		return
	}
	if again, err := ParseMail(key); err != nil || again != key {
		t.Errorf("ParseMail(%q) = %q, and that %q, %v", s, key, again, err)
	}
	if strings.ContainsAny(key, " \r\n\t\x00<>,;") || len(key) > maxMailBytes || strings.Count(key, "@") != 1 {
		t.Errorf("ParseMail(%q) = %q", s, key)
	}
}

func TestParseMailTwice(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"taro", "@", "＠", "acme", ".", "jp", "docomo.ne.jp", "<", ">", " ", "\"", "日本", "İ", "ß", "\u0301", "mailto:", "+", "xn--", "\r\n", "ﬀ", "ΑΣ", "\u200b"})
	rapid.Check(t, func(t *rapid.T) {
		checkMail(t, rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(pieces, 1, 9).Draw(t, "pieces"), "")
		})).Draw(t, "mail"))
	})
	for _, s := range naughty(t) {
		checkMail(t, s)
		checkMail(t, s+"@acme.example")
	}
}

func FuzzParseMail(f *testing.F) {
	f.Add("山田 <taro@acme.co.jp>")
	f.Fuzz(func(t *testing.T, s string) { checkMail(t, s) })
}

func BenchmarkParseMail(b *testing.B) {
	for b.Loop() {
		_, _ = ParseMail("Taro.Yamada@acme.co.jp")
	}
}
