package company

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMailDomain(t *testing.T) {
	for email, want := range map[string]string{
		"taro@acme.co.jp":                       "acme.co.jp",
		"Taro@ACME.co.jp":                       "acme.co.jp",
		"taro@acme.co.jp.":                      "acme.co.jp",
		"taro@日本語.jp":                           "xn--wgv71a119e.jp",
		"taro@xn--wgv71a119e.jp":                "xn--wgv71a119e.jp",
		`"a@b"@acme.example`:                    "acme.example",
		"taro":                                  "",
		"taro@":                                 "",
		"taro@localhost":                        "",
		"taro@[192.0.2.1]":                      "",
		"taro@192.0.2.1":                        "",
		"taro@acme..jp":                         "",
		"taro@-acme.jp":                         "",
		"taro@acme_x.jp":                        "",
		"taro@acme.jp/x":                        "",
		"a@" + strings.Repeat("a", 64) + ".jp":  "",
		"a@" + strings.Repeat("a.", 200) + "jp": "",
		"a@" + strings.Repeat("x", 1<<20) + ".example": "",
	} {
		if got := MailDomain(email); got != want {
			t.Errorf("MailDomain(%.40q) = %q, want %q", email, got, want)
		}
	}
}

func TestMailKindOf(t *testing.T) {
	for domain, want := range map[string]MailKind{
		"acme.co.jp":         CorporateMail,
		"acme.example":       CorporateMail,
		"mail.acme.co.jp":    CorporateMail,
		"toyota.co.jp":       CorporateMail,
		"sony.com":           CorporateMail,
		"ibm.com":            CorporateMail,
		"metro.tokyo.lg.jp":  CorporateMail,
		"u-tokyo.ac.jp":      CorporateMail,
		"gmail.com":          FreeMail,
		"yahoo.co.jp":        FreeMail,
		"hotmail.co.jp":      FreeMail,
		"outlook.jp":         FreeMail,
		"icloud.com":         FreeMail,
		"goo.jp":             FreeMail,
		"nifty.com":          FreeMail,
		"ocn.ne.jp":          FreeMail,
		"abc.ocn.ne.jp":      FreeMail,
		"so-net.ne.jp":       FreeMail,
		"jcom.home.ne.jp":    FreeMail,
		"docomo.ne.jp":       FreeMail,
		"ezweb.ne.jp":        FreeMail,
		"au.com":             FreeMail,
		"softbank.ne.jp":     FreeMail,
		"i.softbank.jp":      FreeMail,
		"ymobile.ne.jp":      FreeMail,
		"qq.com":             FreeMail,
		"mailinator.com":     DisposableMail,
		"sub.mailinator.com": DisposableMail,
		"jp":                 NoMail,
		"co.jp":              NoMail,
		"":                   NoMail,
	} {
		if got := MailKindOf(domain); got != want {
			t.Errorf("MailKindOf(%q) = %d, want %d", domain, got, want)
		}
		if Corporate(domain) != (want == CorporateMail) {
			t.Errorf("Corporate(%q) is wrong", domain)
		}
	}
}

func TestRegistrable(t *testing.T) {
	for domain, want := range map[string]string{
		"mail.acme.co.jp": "acme.co.jp", "acme.co.jp": "acme.co.jp", "a.b.acme.com": "acme.com", "co.jp": "", "": "", "x.acme.example": "acme.example",
	} {
		if got := Registrable(domain); got != want {
			t.Errorf("Registrable(%q) = %q, want %q", domain, got, want)
		}
	}
}

// The search in the text of a list finds exactly its lines.
func TestListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-c]{1,3}`)
		lines := rapid.SliceOf(word).Draw(t, "lines")
		slices.Sort(lines)
		lines = slices.Compact(lines)
		list := ""
		if len(lines) > 0 {
			list = strings.Join(lines, "\n") + "\n"
		}
		w := word.Draw(t, "word")
		if got := listed(list, w); got != slices.Contains(lines, w) {
			t.Fatalf("listed(%q, %q) = %v", list, w, got)
		}
	})
	for _, list := range []string{freeMail, disposableMail} {
		lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
		if !slices.IsSorted(lines) || !strings.HasPrefix(lines[0], "# Code generated") {
			t.Error("a list is not sorted under its header")
		}
		for _, d := range []string{lines[1], lines[len(lines)-1]} {
			if !listed(list, d) {
				t.Errorf("%s is not found", d)
			}
		}
	}
}

func FuzzMailDomain(f *testing.F) {
	f.Add("taro@日本語.jp")
	f.Fuzz(func(t *testing.T, email string) {
		d := MailDomain(email)
		if d != CleanDomain(d) {
			t.Errorf("MailDomain(%q) = %q is not clean", email, d)
		}
		MailKindOf(d)
	})
}

func BenchmarkMailKindOf(b *testing.B) {
	for b.Loop() {
		MailKindOf("mail.acme.co.jp")
	}
}
