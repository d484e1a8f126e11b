package db

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// channel is the name of the signals among the nodes of one PostgreSQL.
const channel = "kizashi"

// relisten is how long a node waits before it listens again to a database that went away.
const relisten = time.Second

// signals are who hears what happens in this process, where the database is this process's alone.
type signals struct {
	mu   sync.Mutex
	hear []func(topic string)
}

func (s *signals) tell(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.hear {
		f(topic)
	}
}

// Signal tells everybody who hears, on every node, once the transaction is durable. Signals are news, not
// work: while a database is away they are lost.
func (t *Tx) Signal(ctx context.Context, topic string) error {
	if t.db.Engine == Postgres {
		_, err := t.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, topic)
		return err
	}
	t.After(func() { t.db.signals.tell(topic) })
	return nil
}

// Hear calls f with the topic of every signal until the context ends. f must not wait.
func (d *DB) Hear(ctx context.Context, f func(topic string)) {
	if d.Engine == Postgres {
		go d.listen(ctx, f)
		return
	}
	d.signals.mu.Lock()
	defer d.signals.mu.Unlock()
	d.signals.hear = append(d.signals.hear, func(topic string) {
		if ctx.Err() == nil {
			f(topic)
		}
	})
}

// listen hears the signals of all nodes, this one's too.
func (d *DB) listen(ctx context.Context, f func(topic string)) {
	for ctx.Err() == nil {
		if err := d.listenOnce(ctx, f); ctx.Err() == nil {
			slog.Warn("signals", "error", explain(err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(relisten):
		}
	}
}

func (d *DB) listenOnce(ctx context.Context, f func(topic string)) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		c := driver.(*stdlib.Conn).Conn()
		if _, err := c.Exec(ctx, "LISTEN "+channel); err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "SELECT pg_try_advisory_lock($1, $2)", nodeClass, d.node); err != nil {
			return err
		}
		for {
			n, err := c.WaitForNotification(ctx)
			if err != nil {
				_ = c.Close(context.WithoutCancel(ctx)) // it listens: nobody else may have it
				return err
			}
			f(n.Payload)
		}
	})
}
