package lead

import (
	"context"
	"strings"

	"kizashi/db"
	"kizashi/id"
)

// The text by which leads are found stands in lead_search as bigrams.
const (
	insertSearch  = `INSERT INTO lead_search (rowid, grams) VALUES ($1, $2)`
	replaceSearch = `{sqlite:INSERT OR REPLACE INTO lead_search (rowid, grams) VALUES ($1, $2)}` +
		`{postgres:INSERT INTO lead_search (rowid, grams) VALUES ($1, $2) ON CONFLICT (rowid) DO UPDATE SET grams = EXCLUDED.grams}`
	deleteSearch = `DELETE FROM lead_search WHERE rowid = $1`
)

// texts are what a lead is found by.
func (l *Lead) texts(company string) []string {
	return []string{l.Name, l.Kana, company, l.Email, l.Department, l.Title, l.Phone, l.Mobile}
}

// Holds tells whether a lead that was read with its company's name really holds every word of a query:
// SearchSQL may find a few that do not.
func (l *Lead) Holds(query string) bool { return Holds(query, l.texts(l.CompanyName)...) }

// searchRows makes the rows of leads beside the writing of the leads themselves: it is pure reckoning, and
// takes as long as the database does.
func (b *book) searchRows(leads []*Lead) <-chan [][]any {
	rows := make(chan [][]any, 1)
	go func() {
		list := make([][]any, len(leads))
		for i, l := range leads {
			list[i] = b.searchRow(l)
		}
		rows <- list
	}()
	return rows
}

func (b *book) searchRow(l *Lead) []any {
	name := ""
	if c := b.companies[l.Company]; c != nil {
		name = c.Name
	}
	list := Grams(l.texts(name)...)
	if b.tx.Engine() == db.Postgres {
		return []any{int64(l.ID), list}
	}
	return []any{int64(l.ID), strings.Join(list, " ")}
}

// SearchSQL is the condition, and its argument $n, that a lead l holds the words of a query: in its name,
// reading, company, address, department, title or numbers. It finds a few too many (see Lead.Holds).
// A query without letters and digits has no condition: ok is false.
func SearchSQL(tx *db.Tx, n, query string) (text string, arg any, ok bool) {
	tokens := Query(query)
	if len(tokens) == 0 {
		return "", nil, false
	}
	if tx.Engine() == db.Postgres {
		arg = tokens
	} else {
		arg = `"` + strings.Join(tokens, `" AND "`) + `"`
	}
	return `l.id IN (SELECT f.rowid FROM lead_search f WHERE {sqlite:f.lead_search MATCH ` + n + `}{postgres:f.grams @> ` + n + `::text[]})`, arg, true
}

// Search finds leads by text, the newest first, at most limit; after is the last id of the page before,
// 0 for the first page. The words of an empty query are in every lead.
func Search(ctx context.Context, tx *db.Tx, query string, after id.ID, limit int) ([]*Lead, error) {
	var list []*Lead
	if after == 0 {
		after = last
	}
	for len(list) < limit {
		page, err := searchPage(ctx, tx, query, after, limit)
		if err != nil {
			return nil, err
		}
		for _, l := range page {
			if len(list) < limit && (len(Query(query)) == 0 || l.Holds(query)) {
				list = append(list, l)
			}
		}
		if len(page) < limit {
			break
		}
		after = page[len(page)-1].ID
	}
	return list, nil
}

func searchPage(ctx context.Context, tx *db.Tx, query string, after id.ID, limit int) ([]*Lead, error) {
	where, args := `WHERE l.gone = '' AND l.id < $1`, []any{after, limit}
	if condition, arg, ok := SearchSQL(tx, "$3", query); ok {
		where, args = where+` AND `+condition, append(args, arg)
	}
	var list []*Lead
	err := tx.Each(ctx, selectLead+where+` ORDER BY l.id DESC LIMIT $2`, args, func(scan func(...any) error) error {
		l := &Lead{}
		list = append(list, l)
		return scan(l.placesNamed()...)
	})
	return list, err
}
