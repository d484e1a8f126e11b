package company

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxText is the length, in characters, of the texts that are kept of companies and leads.
const MaxText = 500

// Tidy makes a text that both databases can hold and a line can show: valid UTF-8 without control
// characters, white space single and none at the ends, at most MaxText characters. What a person
// wrote is otherwise kept.
func Tidy(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\ufeff', r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > MaxText {
		s = strings.TrimSpace(string(runes[:MaxText]))
	}
	return s
}

// plain tells that a text is short printable ASCII with single spaces inside: Tidy leaves it alone.
func plain(s string) bool {
	if len(s) > MaxText {
		return false
	}
	space := true // none at the start
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}

// digitsOf keeps the digits of a telephone number or postal code, in any width; +81 becomes 0.
func digitsOf(s string) string {
	s = norm.NFKC.String(Tidy(s))
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if rest, ok := strings.CutPrefix(digits, "81"); ok && strings.HasPrefix(s, "+") {
		return "0" + strings.TrimPrefix(rest, "0")
	}
	return digits
}
