package api

import (
	"github.com/danielgtaylor/huma/v2"

	"kizashi/id"
)

// Limits of a page.
const (
	maxLimit     = 500
	defaultLimit = 50
)

// Page is what every list takes.
type Page struct {
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many items, at most."`
	After string `query:"after" doc:"The next of the page before; without it, the first page."`
}

// size is how many items are wanted.
func (p Page) size() int {
	if p.Limit == 0 {
		return defaultLimit
	}
	return p.Limit
}

// after reads the cursor of a list that is ordered by id; 0 for the first page.
func (p Page) after() (id.ID, error) {
	if p.After == "" {
		return 0, nil
	}
	last, err := id.Parse(p.After)
	if err != nil {
		return 0, badCursor()
	}
	return last, nil
}

// list is a page of any list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Pass it as after to read on; empty on the last page."`
}

// cut makes a page of items of which one more than wanted was read, to know whether there is another page.
func cut[T any](items []T, limit int, cursor func(T) string) list[T] {
	if items == nil {
		items = []T{}
	}
	if len(items) <= limit {
		return list[T]{Items: items}
	}
	return list[T]{Items: items[:limit], Next: cursor(items[limit-1])}
}

// each makes the shown form of every item.
func each[A, B any](items []A, show func(A) B) []B {
	list := make([]B, len(items))
	for i, one := range items {
		list[i] = show(one)
	}
	return list
}

var _ huma.SchemaProvider = number{}
