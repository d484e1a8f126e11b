package db

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// PostgreSQL takes the rows as columns, where each column holds one kind of value.
func TestRowsAsColumns(t *testing.T) {
	text := `INSERT INTO t (a, b, c, d) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	list := parts(Postgres, text, [][]any{{int64(1), "x", 1.5, []byte{1}}, {int64(2), "y", 2.5, []byte{2}}})
	want := `INSERT INTO t (a, b, c, d) SELECT * FROM unnest($1::bigint[], $2::text[], $3::double precision[], $4::bytea[]) ON CONFLICT DO NOTHING`
	if len(list) != 1 || list[0].text != want {
		t.Fatalf("%v", list)
	}
	args := []any{[]int64{1, 2}, []string{"x", "y"}, []float64{1.5, 2.5}, [][]byte{{1}, {2}}}
	if diff := cmp.Diff(args, list[0].args); diff != "" {
		t.Error(diff)
	}
	for _, rows := range [][][]any{{{int64(1), "x"}, {"2", "y"}}, {{int64(1), []string{"x"}}}, {{nil, "x"}}} {
		if in := insertOf(Postgres, `INSERT INTO t (a, b) VALUES ($1, $2)`); in == nil {
			t.Fatal("no INSERT of many rows")
		} else if p, ok := in.unnest(rows); ok {
			t.Errorf("%v became %v", rows, p)
		}
	}
}
