package arch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The table of floors stands between these lines of docs/architecture.md.
const (
	tableBegin = "<!-- floors: made by `go test ./arch -update` -->\n"
	tableEnd   = "<!-- end of floors -->"
)

// Table is the house as it stands, from the roof down, in Markdown: rooms that have sources.
func Table(h *House) string {
	standing := map[string]bool{}
	for _, f := range h.Go {
		standing[f.Folder] = true
	}
	var b strings.Builder
	b.WriteString("| Floor | Package | Holds |\n|---:|---|---|\n")
	for _, f := range slices.Backward(Floors) {
		for _, r := range f.Rooms {
			writeRoom(&b, standing, strconv.Itoa(f.Number), r)
		}
	}
	for _, r := range Beside {
		writeRoom(&b, standing, "beside", r)
	}
	b.WriteString("\nOn one floor, only these imports are allowed:\n\n")
	for _, e := range Edges {
		if standing[e.From] && standing[e.To] {
			fmt.Fprintf(&b, "- `%s` → `%s`: %s\n", e.From, e.To, e.Why)
		}
	}
	return b.String()
}

func writeRoom(b *strings.Builder, standing map[string]bool, floor string, r Room) {
	for folder := range standing {
		if r.is(folder) {
			fmt.Fprintf(b, "| %s | `%s` | %s |\n", floor, r.Folder, r.Holds)
			return
		}
	}
}

// replaceTable puts the table into a page; false if the page has no place for it.
func replaceTable(page, table string) (string, bool) {
	before, rest, begun := strings.Cut(page, tableBegin)
	_, after, ended := strings.Cut(rest, tableEnd)
	return before + tableBegin + table + tableEnd + after, begun && ended
}
