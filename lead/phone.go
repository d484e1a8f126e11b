package lead

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Phone is a telephone number in the form in which two spellings are equal.
//
// The digits are read here and not by a library of all numbering plans: an import asks for
// every row, and numbers only have to be equal and to be callable from Japan.
type Phone struct {
	Number string // in Japan the digits as one dials them (0312345678), abroad + and the digits (+14155550100)
	Ext    string // 内線: digits, "" for none
	Mobile bool   // of a person: 070, 080, 090
}

const maxPhoneBytes = 200

// ParsePhone reads the first telephone number in a text as people write it: full width,
// +81 and 0081, (0) behind the country code, brackets, hyphens of all kinds, 代表, 内線 and
// ext. A leading 0 that a spreadsheet lost is put back where the length tells so. ok is false
// where no number of a possible length is found.
//
// Source of the lengths: 総務省, 電気通信番号計画: 10 digits with the leading 0, 11 for 050, 060, 070,
// 080, 090, 020 and 0800; ITU-T E.164 abroad: 7 to 15 digits.
func ParsePhone(s string) (p Phone, ok bool) {
	if len(s) > maxPhoneBytes {
		s = s[:maxPhoneBytes]
	}
	s = strings.ToLower(norm.NFKC.String(s))
	s, p.Ext = cutExtension(firstNumber(s))
	digits, abroad := phoneDigits(s)
	if abroad {
		p.Number = "+" + digits
		ok = len(digits) >= 7 && len(digits) <= 15 && digits[0] != '0' // no country has a code with 0
	} else {
		p.Number = restoreZero(digits)
		p.Mobile, ok = isMobile(p.Number), domestic(p.Number)
	}
	if !ok {
		return Phone{}, false
	}
	return p, true
}

// firstNumber cuts a text that holds several numbers after the first.
func firstNumber(s string) string {
	from := strings.IndexAny(s, "0123456789")
	if from < 0 {
		return ""
	}
	if end := strings.IndexAny(s[from:], "/,;\n\t、"); end >= 0 {
		return s[:from+end]
	}
	return s
}

// extensions are what stands before an extension, longest first.
var extensions = []string{"extension", "内線番号", "内線", "ext.", "ext", "#", " x"}

// cutExtension parts a number from its extension.
func cutExtension(s string) (number, ext string) {
	for _, word := range extensions {
		before, after, found := strings.Cut(s, word)
		if !found || !strings.ContainsAny(before, "0123456789") {
			continue
		}
		return before, onlyDigits(after)
	}
	return s, ""
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// phoneDigits gives the digits to dial from Japan, or those after the + of a number abroad.
func phoneDigits(s string) (digits string, abroad bool) {
	digits = onlyDigits(s)
	plus := strings.IndexByte(s, '+')
	international := plus >= 0 && onlyDigits(s[:plus]) == ""
	if rest, found := strings.CutPrefix(digits, "010"); found && !international && len(digits) > 11 {
		digits, international = rest, true // dialled abroad from Japan
	} else if rest, found := strings.CutPrefix(digits, "00"); found && !international {
		digits, international = rest, true
	}
	if !international {
		return digits, false
	}
	if rest, found := strings.CutPrefix(digits, "81"); found {
		return "0" + strings.TrimPrefix(rest, "0"), false
	}
	return digits, true
}

// restoreZero puts back the 0 that a spreadsheet takes for a number's: 9 digits are a line,
// 10 digits from 50 on with 0 behind are a mobile or an IP telephone, 120… is a free call.
func restoreZero(digits string) string {
	switch {
	case strings.HasPrefix(digits, "0"):
		return digits
	case len(digits) == 9:
		return "0" + digits
	case len(digits) == 10 && digits[1] == '0' && strings.IndexByte("256789", digits[0]) >= 0:
		return "0" + digits
	}
	return digits
}

// domestic tells whether a number has the length of its kind.
func domestic(number string) bool {
	if len(number) < 10 || number[0] != '0' || number[1] == '0' {
		return false
	}
	if number[2] == '0' && number[1] != '1' && number[1] != '3' && number[1] != '4' || strings.HasPrefix(number, "0800") {
		return len(number) == 11
	}
	return len(number) == 10
}

func isMobile(number string) bool {
	return len(number) == 11 && (strings.HasPrefix(number, "070") || strings.HasPrefix(number, "080") || strings.HasPrefix(number, "090")) && !strings.HasPrefix(number, "0800")
}

// Postal reads a Japanese postal code: 7 digits without the hyphen, "" for anything else. A
// leading 0 that a spreadsheet lost is put back.
func Postal(s string) string {
	if len(s) > maxPhoneBytes {
		return ""
	}
	s = strings.TrimSpace(norm.NFKC.String(s))
	s = strings.TrimSpace(strings.TrimPrefix(s, "〒"))
	digits := onlyDigits(s)
	if strings.TrimFunc(s, func(r rune) bool { return '0' <= r && r <= '9' || strings.ContainsRune(" -‐‑–—−ー", r) }) != "" {
		return ""
	}
	if len(digits) == 6 && digits == s {
		digits = "0" + digits
	}
	if len(digits) != 7 {
		return ""
	}
	return digits
}

// cityCodes are area codes that no longer one begins with, of the large cities.
//
// Source: 総務省, 市外局番の一覧.
var cityCodes = []string{"03", "06", "011", "044", "045", "052", "075", "078"}

// WrittenPhone is a number as people read it: 03-1234-5678, 090-1234-5678, 0120-123-456. Where the area
// code ends cannot be told of every number; the others stay as they are.
func WrittenPhone(number string) string {
	cut := func(first, second int) string {
		return number[:first] + "-" + number[first:second] + "-" + number[second:]
	}
	switch {
	case !domestic(number):
		return number
	case len(number) == 11 && strings.HasPrefix(number, "0800"):
		return cut(4, 7)
	case len(number) == 11:
		return cut(3, 7)
	case strings.HasPrefix(number, "0120") || strings.HasPrefix(number, "0570"):
		return cut(4, 7)
	}
	for _, code := range cityCodes {
		if strings.HasPrefix(number, code) {
			return cut(len(code), 6)
		}
	}
	return number
}
