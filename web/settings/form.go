package settings

import (
	"strconv"
	"strings"
)

// number reads a whole number; what is none becomes one that the setting refuses with its range.
func number(text string, none int) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return none
	}
	return n
}

// lines are the entries of a field for several: one a line, or parted by commas.
func lines(text string) []string {
	list := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\r\n,、，", r) })
	kept := list[:0]
	for _, one := range list {
		if one = strings.TrimSpace(one); one != "" {
			kept = append(kept, one)
		}
	}
	return kept
}
