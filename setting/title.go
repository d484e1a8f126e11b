package setting

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"kizashi/fault"
)

// Titles say the ranks of titles; of two spellings of one title the first counts.
type Titles []Title

// Title is a job title and its rank: 8 representative … 1 staff, 0 none of our customers.
type Title struct {
	Title string `json:"title"`
	Rank  int    `json:"rank"`
}

const (
	maxTitles   = 1000
	highestRank = 8
)

func checkTitles(list *Titles) error {
	if len(*list) > maxTitles {
		return fault.New(fault.Invalid, "setting.many", fault.Args{"limit": maxTitles}).At("value")
	}
	var found fault.Many
	for i := range *list {
		t, at := &(*list)[i], fmt.Sprintf("value[%d]", i)
		switch t.Title = strings.TrimSpace(t.Title); {
		case t.Title == "":
			found = append(found, fault.New(fault.Invalid, "fault.required", nil).At(at+".title"))
		case utf8.RuneCountInString(t.Title) > maxText:
			found = append(found, tooLong(at+".title"))
		case t.Rank < 0 || t.Rank > highestRank:
			found = append(found, fault.New(fault.Invalid, "setting.range", fault.Args{"least": 0, "most": highestRank}).At(at+".rank"))
		}
	}
	return found.OrNil()
}
