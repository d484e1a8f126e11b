package attach

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
)

// Row is a row as it is disclosed: texts, numbers, and moments as in RFC 3339.
type Row map[string]any

// Disclose gives what hangs on owners and is for them to know, table by table, the oldest first.
func (r *Registry) Disclose(ctx context.Context, tx *db.Tx, owners []id.ID, f func(table string, row Row) error) error {
	in, arg := tx.In("$1", owners)
	for _, t := range r.tables {
		if len(t.Disclosed) == 0 {
			continue
		}
		names, expressions := t.disclosed()
		from := t.Name
		if t.From != "" {
			from = t.From
		}
		err := tx.Each(ctx, `SELECT `+strings.Join(expressions, ", ")+` FROM `+from+` WHERE `+t.Name+`.`+t.Column+in+`
			ORDER BY 1`, []any{arg}, func(scan func(...any) error) error {
			row, err := scanRow(names, scan)
			if err != nil {
				return err
			}
			return f(t.Name, row)
		})
		if err != nil {
			return fmt.Errorf("attach: disclose %s: %w", t.Name, err)
		}
	}
	return nil
}

func (t *Table) disclosed() (names, expressions []string) {
	for _, d := range t.Disclosed {
		name, expression, other := strings.Cut(d, "=")
		if !other {
			expression = t.Name + "." + name
		}
		names, expressions = append(names, name), append(expressions, expression)
	}
	return names, expressions
}

func scanRow(names []string, scan func(...any) error) (Row, error) {
	values, places := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		places[i] = &values[i]
	}
	if err := scan(places...); err != nil {
		return nil, err
	}
	row := Row{}
	for i, name := range names {
		row[name] = shown(name, values[i])
	}
	return row, nil
}

// shown makes a moment of what is named as one; a moment that never was is null.
func shown(name string, value any) any {
	switch v := value.(type) {
	case []byte:
		return string(v)
	case int64:
		if name != "at" && !strings.HasSuffix(name, "_at") {
			return v
		}
		if v == 0 {
			return nil
		}
		return clock.Time(v).UTC()
	}
	return value
}

// Erase removes what hangs on owners and tells of the person, or empties it where the rows count for something else.
func (r *Registry) Erase(ctx context.Context, tx *db.Tx, owners []id.ID) error {
	for _, t := range r.tables {
		in, arg := tx.In("$1", owners)
		text, args := `DELETE FROM `+t.Name+` WHERE `+t.Column+in, []any{arg}
		if t.Erased == Keep {
			if len(t.Blank) == 0 {
				continue
			}
			var set []string
			for _, column := range slices.Sorted(maps.Keys(t.Blank)) {
				args = append(args, t.Blank[column])
				set = append(set, fmt.Sprintf("%s = $%d", column, len(args)))
			}
			text = `UPDATE ` + t.Name + ` SET ` + strings.Join(set, ", ") + ` WHERE ` + t.Column + in
		}
		if _, err := tx.Exec(ctx, text, args...); err != nil {
			return fmt.Errorf("attach: erase %s: %w", t.Name, err)
		}
	}
	return nil
}
