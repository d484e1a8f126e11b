package report

import "strings"

// splitTags reads the stored form of tags, ",a,b,".
func splitTags(stored string) []string {
	return strings.FieldsFunc(stored, func(c rune) bool { return c == ',' })
}
