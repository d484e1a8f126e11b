package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"

	"kizashi/id"
	"kizashi/seal"
)

// Tx is a transaction with one reading of the clock.
type Tx struct {
	queries
	Now int64 // ms UTC; everything written in this transaction bears this time

	ctx   context.Context // ends with the time of the transaction
	outer <-chan struct{} // the end of the context that it was asked for with
	conn  *sql.Conn       // of a writing transaction
	tx    *sql.Tx         // of a reading one
	from  *sql.DB         // the pool of a reading one
	after []func()
	posts []any
}

type runner interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type queries struct {
	db    *DB
	on    runner
	cache *stmtCache
}

// stmtCache keeps what SQLite has parsed; pgx does so by itself. The readers share one, and the writer has
// its own.
type stmtCache struct {
	mu sync.Mutex
	m  map[string]*sql.Stmt
}

// close lets go of what was parsed: a statement holds its connection's file open.
func (c *stmtCache) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, s := range c.m {
		errs = append(errs, s.Close())
	}
	c.m = nil
	return errors.Join(errs...)
}

// maxStatements bounds the cache: texts made of filters are many, and are then parsed each time.
const maxStatements = 400

// NewID makes an id of this transaction's moment.
func (t *Tx) NewID() id.ID { return t.db.IDs.Next(t.Now) }

// Seal is the key of the secrets in the database.
func (t *Tx) Seal() seal.Key { return t.db.Seal }

// Engine is the database that the transaction runs on.
func (t *Tx) Engine() Engine { return t.db.Engine }

// Writes tells whether the transaction may write.
func (t *Tx) Writes() bool { return t.conn != nil }

// After runs f once the transaction is durable; a rollback forgets it.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

// Post leaves a typed message for a higher floor; the door carries it out before the commit.
func (t *Tx) Post(message any) { t.posts = append(t.posts, message) }

// TakePosts takes the messages posted since the last call.
func (t *Tx) TakePosts() []any {
	taken := t.posts
	t.posts = nil
	return taken
}

// stmt gives the prepared statement of a text, bound to the transaction; nil where there is none.
func (t *Tx) stmt(ctx context.Context, text string) *sql.Stmt {
	if t.db.Engine != SQLite {
		return nil
	}
	t.cache.mu.Lock()
	s, ok := t.cache.m[text]
	full := len(t.cache.m) >= maxStatements
	t.cache.mu.Unlock()
	if !ok {
		if full {
			return nil
		}
		if s = t.prepare(ctx, text); s == nil {
			return nil
		}
	}
	if t.Writes() {
		return s
	}
	return t.tx.StmtContext(ctx, s)
}

// prepare parses a text: for the writer on its connection, for readers on their pool, where every
// connection gets it.
func (t *Tx) prepare(ctx context.Context, text string) *sql.Stmt {
	from := runner(t.from)
	if t.Writes() {
		from = t.conn
	}
	s, err := from.PrepareContext(ctx, text)
	if err != nil {
		return nil // the caller runs the text itself and gets the error with it
	}
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	if t.cache.m == nil {
		t.cache.m = map[string]*sql.Stmt{}
	}
	t.cache.m[text] = s
	return s
}

// within is a context for a statement, which ends with ctx and with the time of the transaction. On SQLite it
// is enough to look before each statement, for whoever opened the transaction interrupts a long one: the
// driver would watch each with a goroutine.
func (t *Tx) within(ctx context.Context) (context.Context, error) {
	if err := cmp.Or(ctx.Err(), t.ctx.Err()); err != nil {
		return t.ctx, err
	}
	switch {
	case t.db.Engine == SQLite:
		return context.WithoutCancel(ctx), nil
	case ctx.Done() == nil || ctx.Done() == t.outer:
		return t.ctx, nil
	}
	both, end := context.WithCancelCause(ctx)
	context.AfterFunc(t.ctx, func() { end(context.Cause(t.ctx)) })
	return both, nil
}

// Exec runs a statement and tells how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	text := Text(t.db.Engine, query)
	ctx, err := t.within(ctx)
	if err != nil {
		return 0, err
	}
	var res sql.Result
	if s := t.stmt(ctx, text); s != nil {
		res, err = s.ExecContext(ctx, args...)
	} else {
		res, err = t.on.ExecContext(ctx, text, args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Query runs a query for many rows; Each reads them.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	text := Text(t.db.Engine, query)
	ctx, err := t.within(ctx)
	if err != nil {
		return nil, err
	}
	if s := t.stmt(ctx, text); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.on.QueryContext(ctx, text, args...)
}

// Row runs a query for one row.
func (t *Tx) Row(ctx context.Context, query string, args ...any) *sql.Row {
	text := Text(t.db.Engine, query)
	ctx, err := t.within(ctx)
	if err != nil {
		ended, end := context.WithCancel(ctx)
		end()
		return t.on.QueryRowContext(ended, text, args...) // gives the error
	}
	if s := t.stmt(ctx, text); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.on.QueryRowContext(ctx, text, args...)
}

// Each runs a query and calls f for every row; f scans it. The one row loop of the product.
func (t *Tx) Each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) error {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// In is the SQL and the argument of "is one of these ids": In(3, ids) gives a text that follows
// a column and uses $3.
func (t *Tx) In(n string, ids []id.ID) (text string, arg any) {
	if t.db.Engine == Postgres {
		plain := make([]int64, len(ids))
		for i, v := range ids {
			plain[i] = int64(v)
		}
		return " = ANY(" + n + "::bigint[])", plain
	}
	plain := make([]int64, len(ids))
	for i, v := range ids {
		plain[i] = int64(v)
	}
	list, _ := json.Marshal(plain) // numbers only: cannot fail
	return " IN (SELECT value FROM json_each(" + n + "))", string(list)
}

// InTexts is In for texts.
func (t *Tx) InTexts(n string, texts []string) (text string, arg any) {
	if t.db.Engine == Postgres {
		return " = ANY(" + n + "::text[])", texts
	}
	list, _ := json.Marshal(texts) // texts only: cannot fail
	return " IN (SELECT value FROM json_each(" + n + "))", string(list)
}
