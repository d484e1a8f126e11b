package db

import (
	"strings"
	"testing"
)

func TestAnInsertTakesManyRows(t *testing.T) {
	for text, many := range map[string]bool{
		`INSERT INTO t (a, b) VALUES ($1, $2)`:                                   true,
		"INSERT INTO t (a, b)\n\t\tVALUES ($1,\n\t$2) ON CONFLICT DO NOTHING":    true,
		`INSERT OR REPLACE INTO t (a) VALUES ($1)`:                               true,
		`INSERT INTO t (a, b) VALUES ($2, $1)`:                                   false,
		`INSERT INTO t (a, b) VALUES ($1, 0)`:                                    false,
		`INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = $1`:     false,
		`UPDATE t SET a = $2 WHERE b = $1`:                                       false,
		`INSERT INTO t (a) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM t LIMIT 1)`: false,
	} {
		for _, e := range []Engine{SQLite, Postgres} {
			if in := insertOf(e, text); (in != nil) != many {
				t.Errorf("%s: %q: many rows %v, want %v", e, text, in != nil, many)
			}
		}
	}
	in := insertOf(Postgres, `INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT DO NOTHING`)
	if want := `INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), `; !strings.HasPrefix(in.texts[1], want) {
		t.Errorf("%q", in.texts[1])
	}
	if want := `($15, $16) ON CONFLICT DO NOTHING`; !strings.HasSuffix(in.texts[1], want) {
		t.Errorf("%q", in.texts[1])
	}
}

// Every row arrives once, whatever their number, and in their order.
func TestManyRows(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 64, 65, 137} {
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{i, "x"}
		}
		next := 0
		for _, p := range parts(SQLite, `INSERT INTO t (a, b) VALUES ($1, $2)`, rows) {
			if strings.Count(p.text, "?")+strings.Count(p.text, "$") != len(p.args) {
				t.Errorf("%d arguments for %q", len(p.args), p.text)
			}
			for i := 0; i < len(p.args); i += 2 {
				if p.args[i] != next {
					t.Errorf("%d rows: %v in place of %d", n, p.args[i], next)
				}
				next++
			}
		}
		if next != n {
			t.Errorf("%d rows of %d", next, n)
		}
	}
}
