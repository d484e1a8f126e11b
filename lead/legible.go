package lead

import "kizashi/company"

// Legible tells whether a text can be read as what a field holds that keeps no other text: phone, mobile,
// postal, company_number or employees. Every text is legible for other fields, and an empty one for all.
// A door that refuses nothing keeps what is not legible as a property, so that it is not lost.
func Legible(field, text string) bool {
	ok := true
	switch {
	case text == "":
	case field == "phone" || field == "mobile":
		_, ok = ParsePhone(text)
	case field == "postal":
		ok = Postal(text) != ""
	case field == "company_number":
		_, err := company.ParseNumber(text)
		ok = err == nil
	case field == "employees":
		_, ok = company.Employees(text)
	}
	return ok
}
