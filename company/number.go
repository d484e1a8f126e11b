package company

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"kizashi/fault"
)

// numberDigits is the length of a 法人番号.
const numberDigits = 13

// ValidNumber tells whether s is a 法人番号 (corporate number): 13 ASCII digits of which the
// first is the check digit of the others.
//
// Source: the ministerial ordinance on corporate numbers (法人番号の指定等に関する省令 第2条):
// 9 − (Σ Pn·Qn mod 9), where Pn is the n-th digit from the right and Qn is 1 for odd and
// 2 for even n. It is 1 to 9, and does not notice 0 and 9 in each other's place.
func ValidNumber(s string) bool {
	if len(s) != numberDigits {
		return false
	}
	sum := 0
	for i := range numberDigits {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if n := numberDigits - i; i > 0 {
			sum += d * (2 - n%2)
		}
	}
	return int(s[0]-'0') == 9-sum%9
}

// ParseNumber reads a 法人番号 as people write it: full width, with hyphens or spaces, or as
// the number of a qualified invoice issuer (適格請求書発行事業者登録番号: T and the 法人番号).
// An empty text is no error and no number. Anything else that is not a 法人番号 is an
// Invalid fault.
func ParseNumber(s string) (string, error) {
	number := strings.Map(func(r rune) rune {
		if r == ' ' || isDash(r) || r == 'ー' {
			return -1
		}
		return r
	}, norm.NFKC.String(cut(strings.TrimSpace(s), 100)))
	if number == "" {
		return "", nil
	}
	if len(number) == numberDigits+1 && (number[0] == 'T' || number[0] == 't') {
		number = number[1:]
	}
	if len(number) != numberDigits || strings.Trim(number, "0123456789") != "" {
		return "", fault.New(fault.Invalid, "company.number.digits", fault.Args{"number": cut(s, 60)})
	}
	if !ValidNumber(number) {
		return "", fault.New(fault.Invalid, "company.number.check", fault.Args{"number": number})
	}
	return number, nil
}
