package company

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kizashi/db"
	"kizashi/id"
)

// Query asks for a page of companies.
type Query struct {
	Search string // part of the name in any spelling, a corporate number or a mail domain; "": all
	Tier   int    // 1–MaxTier: only that tier of target accounts, -1: every tier, 0: all companies
	Rivals bool   // only competitors
	Sort   string // one of Sorts; "": by making, the newest first
	After  id.ID  // the last one of the page before; 0: the first page
	Limit  int
}

// Sorts are the ways to sort companies, each by an index: the hottest first, those with the most people
// first, by name.
var Sorts = map[string]string{"heat": "c.heat", "people": "c.people", "name": "c.key"}

// List reads companies.
func List(ctx context.Context, tx *db.Tx, q Query) ([]*Company, error) {
	where, args := `WHERE c.merged_into = 0`, []any{}
	add := func(condition string, value any) {
		args = append(args, value)
		where += ` AND ` + strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(args)))
	}
	by, err := q.order(ctx, tx, add)
	if err != nil {
		return nil, err
	}
	switch {
	case q.Tier > 0:
		add(`c.tier <> 0 AND c.tier = ?`, q.Tier)
	case q.Tier < 0:
		where += ` AND c.tier <> 0`
	}
	if q.Rivals {
		where += ` AND c.competitor = 1`
	}
	if text := Tidy(q.Search); text != "" {
		found, err := searched(ctx, tx, text)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		in, arg := tx.In("?", found)
		add(`c.id`+in, arg)
	}
	args = append(args, q.Limit)
	return read(ctx, tx, where+` ORDER BY `+by+` LIMIT $`+strconv.Itoa(len(args)), args...)
}

// order is how a page is sorted; it begins after the company that the page before ended with, where that
// stands now.
func (q *Query) order(ctx context.Context, tx *db.Tx, add func(condition string, value any)) (by string, err error) {
	column := Sorts[q.Sort]
	if q.Tier != 0 || q.Rivals {
		column = `{sqlite:+}` + column // few: they are found by their own index, and then sorted
	}
	if Sorts[q.Sort] == "" {
		if q.After != 0 {
			add(`c.id < ?`, q.After)
		}
		return `c.id DESC`, nil
	}
	sign, by := ` < `, column+` DESC, c.id DESC`
	if q.Sort == "name" {
		sign, by = ` > `, column+`, c.id`
	}
	if q.After != 0 {
		last, err := itself(ctx, tx, q.After)
		if err != nil {
			return "", err
		}
		place := map[string]any{"heat": last.Heat.Points, "people": last.Heat.People, "name": last.Key}[q.Sort]
		add(`(`+column+`, c.id)`+sign+`(?, `+strconv.FormatInt(int64(last.ID), 10)+`)`, place)
	}
	return by, nil
}

// maxFound bounds what a search finds: the newest are kept.
const maxFound = 10_000

// searched finds companies by words. Names are found by an index of pairs of characters.
func searched(ctx context.Context, tx *db.Tx, text string) ([]id.ID, error) {
	key := keyOf(text)
	var match string
	args := []any{key, maxFound}
	switch grams := gramsOf(key); {
	case len(grams) == 0: // one character: names that begin with it
		match = `c.key >= $3 AND c.key < $4`
		args = append(args, key, key+"\U0010FFFF")
	default:
		match = `c.id IN (SELECT s.rowid FROM company_search s WHERE {sqlite:s.company_search MATCH}{postgres:s.grams @>} $3)`
		args = append(args, gramsArg(tx, grams))
	}
	found, err := ids(ctx, tx, `SELECT CASE WHEN c.merged_into <> 0 THEN c.merged_into ELSE c.id END FROM company c WHERE `+match+` AND {sqlite:instr}{postgres:strpos}(c.key, $1) > 0
		ORDER BY c.id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	more, err := ids(ctx, tx, `SELECT c.id FROM company c WHERE c.number <> '' AND c.number = $1
		UNION SELECT d.company FROM company_domain d WHERE d.domain = $1`, strings.ToLower(text))
	return append(found, more...), err
}

// gramsArg is what the index is asked for: all of these pairs.
func gramsArg(tx *db.Tx, grams []string) any {
	if tx.Engine() == db.Postgres {
		return grams
	}
	return `"` + strings.Join(grams, `" "`) + `"`
}

func ids(ctx context.Context, tx *db.Tx, query string, args ...any) ([]id.ID, error) {
	var list []id.ID
	err := tx.Each(ctx, query, args, func(scan func(...any) error) error {
		list = append(list, 0)
		return scan(&list[len(list)-1])
	})
	return list, err
}

// gramsOf are the pairs of neighbouring letters and digits of a name key, each once.
func gramsOf(key string) []string {
	var list []string
	last := rune(0)
	for _, r := range key {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			last = 0
			continue
		}
		if last != 0 {
			list = append(list, string([]rune{last, r}))
		}
		last = r
	}
	slices.Sort(list)
	return slices.Compact(list)
}

const indexName = `{sqlite:INSERT OR REPLACE INTO company_search (rowid, grams) VALUES ($1, $2)}` +
	`{postgres:INSERT INTO company_search (rowid, grams) VALUES ($1, $2) ON CONFLICT (rowid) DO UPDATE SET grams = EXCLUDED.grams}`

// indexNew is indexName for companies that are not in the index: replacing costs SQLite a flush of the
// whole index for each.
const indexNew = `INSERT INTO company_search (rowid, grams) VALUES ($1, $2)`

// index makes companies found by their names, with indexName or indexNew.
func index(ctx context.Context, tx *db.Tx, statement string, list []*Company) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		grams := gramsOf(c.Key)
		rows[i] = []any{int64(c.ID), strings.Join(grams, " ")}
		if tx.Engine() == db.Postgres {
			rows[i][1] = append([]string{}, grams...) // never null
		}
	}
	return tx.Many(ctx, statement, rows)
}
