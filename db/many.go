package db

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// manyRows are the numbers of rows that one INSERT takes: few sizes, so that few texts are parsed.
var manyRows = [...]int{64, 8}

// part is one statement of Many, with the arguments of one or more rows.
type part struct {
	text string
	args []any
}

// Many runs one statement for each row of args. An INSERT whose VALUES are ($1, …, $n) and nothing else
// takes many rows at once: on a conflict in DO UPDATE no key may come twice. On PostgreSQL it is one round trip.
func (t *Tx) Many(ctx context.Context, query string, rows [][]any) error {
	_, err := t.ManyCount(ctx, query, rows)
	return err
}

// ManyCount is Many, and tells how many rows were changed.
func (t *Tx) ManyCount(ctx context.Context, query string, rows [][]any) (changed int64, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	parts := parts(t.db.Engine, query, rows)
	if t.db.Engine == Postgres {
		return t.manyPostgres(ctx, parts)
	}
	for _, p := range parts {
		n, err := t.Exec(ctx, p.text, p.args...)
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

func (t *Tx) manyPostgres(ctx context.Context, parts []part) (changed int64, err error) {
	if ctx, err = t.within(ctx); err != nil {
		return 0, err
	}
	err = t.conn.Raw(func(driver any) error {
		batch := &pgx.Batch{}
		for _, p := range parts {
			batch.Queue(p.text, p.args...).Exec(func(done pgconn.CommandTag) error {
				changed += done.RowsAffected()
				return nil
			})
		}
		return driver.(*stdlib.Conn).Conn().SendBatch(ctx, batch).Close()
	})
	return changed, err
}

func parts(e Engine, query string, rows [][]any) []part {
	text := Text(e, query)
	var list []part
	in := insertOf(e, text)
	if in != nil && e == Postgres {
		if whole, ok := in.unnest(rows); ok {
			return []part{whole}
		}
	}
	if in != nil {
		for i, n := range manyRows {
			for len(rows) >= n {
				args := make([]any, 0, n*in.columns)
				for _, row := range rows[:n] {
					args = append(args, row...)
				}
				list, rows = append(list, part{in.texts[i], args}), rows[n:]
			}
		}
	}
	for _, row := range rows {
		list = append(list, part{text, row})
	}
	return list
}

// insert is an INSERT for many rows.
type insert struct {
	head, tail string // around the VALUES
	columns    int
	texts      [len(manyRows)]string
}

var (
	inserts    [2]sync.Map // by text; nil for a text that takes one row at a time
	valuesForm = regexp.MustCompile(`(?s)^(INSERT [^$]*\sVALUES )\(([$0-9,\s]+)\)([^$]*)$`)
)

func insertOf(e Engine, text string) *insert {
	if known, ok := inserts[e].Load(text); ok {
		return known.(*insert)
	}
	in := parseInsert(e, text)
	inserts[e].Store(text, in)
	return in
}

func parseInsert(e Engine, text string) *insert {
	form := valuesForm.FindStringSubmatch(text)
	if form == nil {
		return nil
	}
	in := &insert{head: form[1], tail: form[3], columns: strings.Count(form[2], "$")}
	if strings.Join(strings.Fields(form[2]), " ") != placeholders(Postgres, 1, in.columns) {
		return nil
	}
	head := form[1]
	if e == SQLite {
		// An error undoes the whole transaction anyway. OR FAIL spares the journal for undoing one statement.
		head = strings.Replace(head, "INSERT INTO", "INSERT OR FAIL INTO", 1)
	}
	for i, n := range manyRows {
		lists := make([]string, n)
		for row := range lists {
			lists[row] = "(" + placeholders(e, row*in.columns+1, in.columns) + ")"
		}
		in.texts[i] = head + strings.Join(lists, ", ") + form[3]
	}
	return in
}

// placeholders are n of them, numbered from first. SQLite's have no names, because it looks for a
// name among all others.
func placeholders(e Engine, first, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = "?"
		if e == Postgres {
			list[i] = "$" + strconv.Itoa(first+i)
		}
	}
	return strings.Join(list, ", ")
}
