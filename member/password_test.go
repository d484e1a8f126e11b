package member

import (
	"strings"
	"testing"
)

func TestPasswordRules(t *testing.T) {
	for password, want := range map[string]string{
		"":                                 "member.password.short",
		"eleven-char":                      "member.password.short",
		"ひらがなの長い合言葉です":                     "", // 12 characters
		"password1234":                     "member.password.common",
		"Password!Password!":               "member.password.common",
		"aaaaaaaaaaaaaaaa":                 "member.password.common",
		"123456789012":                     "member.password.common",
		"qwertyuiop12":                     "member.password.common",
		"hanako@example.jp":                "member.password.common",
		"hanakohanako1":                    "member.password.common",
		"Dragon-2026-11!":                  "member.password.common",
		"P@55w0rd2026!":                    "member.password.common",
		"baseball1989":                     "member.password.common",
		"q1w2e3r4t5y6":                     "member.password.common",
		"ochiai-mizuki-1990":               "",
		"8f3k-29dq-xp71":                   "",
		"sunshine over kyoto":              "",
		"correct horse battery":            "",
		good:                               "",
		strings.Repeat("long-enough!", 30): "fault.too_long",
	} {
		got := ""
		if bad := checkPassword(password, "hanako@example.jp"); bad != nil {
			got = bad.Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestHashesAreSaltedAndReadable(t *testing.T) {
	a, b := hashPassword(good), hashPassword(good)
	if a == b {
		t.Error("two hashes of one password are the same")
	}
	if !verifyPassword(good, a) || !verifyPassword(good, b) || verifyPassword(good+" ", a) {
		t.Error("verify is wrong")
	}
	// が as one character and as か with a mark are one password: keyboards differ.
	if !verifyPassword("ながい合言葉\u304c好き!!", hashPassword("ながい合言葉\u304b\u3099好き!!")) {
		t.Error("the Unicode form matters")
	}
	for _, broken := range []string{"", "$", good, strings.Replace(a, "argon2id", "argon2i", 1), strings.Replace(a, "t=2", "t=0", 1), a[:len(a)-3], a + "$"} {
		if verifyPassword(good, broken) {
			t.Errorf("%q fits", broken)
		}
	}
}

// An unknown address must cost what a known one costs.
func TestNobodyCostsWhatSomebodyCosts(t *testing.T) {
	cost := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	if got, want := cost(nobody), cost(hashPassword(good)); got != want || len(nobody) != len(hashPassword(good)) {
		t.Errorf("%s, but %s", got, want)
	}
}
