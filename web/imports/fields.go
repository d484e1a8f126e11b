package imports

import (
	"cmp"
	"maps"
	"slices"

	"kizashi/sheet"
)

// groups are all fields as the choice of a column shows them.
var groups = []fieldGroup{
	{"imports.fields.person", []sheet.Field{
		sheet.Name, sheet.LastName, sheet.FirstName, sheet.Kana, sheet.LastKana, sheet.FirstKana, sheet.Email, sheet.Email2,
		sheet.Department, sheet.Title, sheet.Rank, sheet.Phone, sheet.Mobile, sheet.Fax,
		sheet.Postal, sheet.Prefecture, sheet.City, sheet.Address,
	}},
	{"imports.fields.company", []sheet.Field{
		sheet.Company, sheet.CompanyKana, sheet.CorporateNumber, sheet.URL, sheet.Industry, sheet.Employees, sheet.Capital,
	}},
	{"imports.fields.touch", []sheet.Field{
		sheet.Source, sheet.Campaign, sheet.LastTouch, sheet.RankAB, sheet.OptIn, sheet.OptOut,
	}},
	{"imports.fields.work", []sheet.Field{
		sheet.Owner, sheet.WorkStatus, sheet.Budget, sheet.Timing, sheet.Memo, sheet.Tags,
	}},
}

// sortedByRows are the names of a count, the most frequent first.
func sortedByRows(rows map[string]int) []string {
	return slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		return cmp.Or(cmp.Compare(rows[b], rows[a]), cmp.Compare(a, b))
	})
}
