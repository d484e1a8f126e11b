package lead

import (
	"strings"

	"kizashi/company"
)

func nameKey(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "") }

func mailOf(s string) (string, bool) {
	s = strings.ToLower(company.Tidy(s))
	return s, strings.Count(s, "@") == 1 && company.MailDomain(s) != ""
}

func splitName(name string) (last, first string) {
	last, first, _ = strings.Cut(name, " ")
	return last, first
}

func phoneOf(s string) (digits string, mobile bool) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits += string(r)
		}
	}
	return digits, len(digits) == 11 && (strings.HasPrefix(digits, "090") || strings.HasPrefix(digits, "080") || strings.HasPrefix(digits, "070"))
}

func rankOf(title string) int { return 1 }

func postalOf(s string) string { return s }

func grams(texts ...string) []string {
	var list []string
	for _, t := range texts {
		list = append(list, strings.Fields(t)...)
	}
	return list
}
