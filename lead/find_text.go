package lead

import (
	"strings"

	"kizashi/db"
)

// The text of a lead that is searched stands in lead_search as bigrams.
const (
	insertSearch  = `INSERT INTO lead_search (rowid, grams) VALUES ($1, $2)`
	replaceSearch = `{sqlite:INSERT OR REPLACE INTO lead_search (rowid, grams) VALUES ($1, $2)}` +
		`{postgres:INSERT INTO lead_search (rowid, grams) VALUES ($1, $2) ON CONFLICT (rowid) DO UPDATE SET grams = EXCLUDED.grams}`
	deleteSearch = `DELETE FROM lead_search WHERE rowid = $1`
)

func (b *book) searchRow(l *Lead) []any {
	name := l.CompanyName
	if c := b.companies[l.Company]; c != nil {
		name = c.Name
	}
	list := grams(l.Name, l.Kana, name, l.Email, l.Department, l.Title, l.Phone, l.Mobile)
	if b.tx.Engine() == db.Postgres {
		return []any{int64(l.ID), append([]string{}, list...)} // no texts: an empty list, not NULL
	}
	return []any{int64(l.ID), strings.Join(list, " ")}
}
