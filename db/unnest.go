package db

import (
	"fmt"
	"strings"
)

// unnest is the INSERT of all rows in one statement whose arguments are the columns as arrays: PostgreSQL
// reads them in a third of the time that it takes over a placeholder for every value. ok is false where a
// column holds something else than numbers, texts or bytes, or not one of them throughout.
func (in *insert) unnest(rows [][]any) (p part, ok bool) {
	types := make([]string, in.columns)
	p.args = make([]any, in.columns)
	for c := range in.columns {
		switch rows[0][c].(type) {
		case int:
			types[c] = "bigint"
			p.args[c], ok = column[int](rows, c)
		case int64:
			types[c] = "bigint"
			p.args[c], ok = column[int64](rows, c)
		case float64:
			types[c] = "double precision"
			p.args[c], ok = column[float64](rows, c)
		case string:
			types[c] = "text"
			p.args[c], ok = column[string](rows, c)
		case []byte:
			types[c] = "bytea"
			p.args[c], ok = column[[]byte](rows, c)
		default:
			ok = false
		}
		if !ok {
			return p, false
		}
		types[c] = fmt.Sprintf("$%d::%s[]", c+1, types[c])
	}
	head := strings.TrimSuffix(in.head, "VALUES ")
	p.text = head + "SELECT * FROM unnest(" + strings.Join(types, ", ") + ")" + in.tail
	return p, true
}

func column[T any](rows [][]any, c int) ([]T, bool) {
	list := make([]T, len(rows))
	for i, row := range rows {
		var ok bool
		if list[i], ok = row[c].(T); !ok {
			return nil, false
		}
	}
	return list, true
}
