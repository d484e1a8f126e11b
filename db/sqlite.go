package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	readers = 4
	// walLimit is the size of the write-ahead log, in bytes, from which it is written back.
	walLimit = 32 << 20
)

func (d *DB) openSQLite(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	d.Engine = SQLite
	var err error
	// The writer never checkpoints: a second connection does, so that no answer waits for it.
	if d.write, err = sqliteOpen(path, 1, "immediate", 32<<10, "wal_autocheckpoint(0)"); err != nil {
		return err
	}
	d.closers = append(d.closers, d.write.Close)
	if err := d.write.PingContext(ctx); err != nil {
		return err
	}
	if d.read, err = sqliteOpen(path, readers, "deferred", 4<<10, "query_only(1)"); err != nil {
		return err
	}
	back, err := sqliteOpen(path, 1, "deferred", 1<<10, "wal_autocheckpoint(0)")
	if err != nil {
		return err
	}
	d.wal = startCheckpointer(back, path+"-wal")
	d.closers = append([]func() error{d.wal.stop, d.read.Close}, d.closers...)
	return nil
}

func sqliteOpen(path string, conns int, lock string, cacheKiB int, more string) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		fmt.Sprintf("cache_size(-%d)", cacheKiB), "temp_store(MEMORY)", more,
	}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// checkpointer writes the write-ahead log back when it has grown past walLimit.
type checkpointer struct {
	db   *sql.DB
	path string
	wake chan struct{}
	done chan struct{}
}

func startCheckpointer(db *sql.DB, path string) *checkpointer {
	c := &checkpointer{db: db, path: path, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go c.run()
	return c
}

func (c *checkpointer) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	defer close(c.done)
	for range c.wake {
		if info, err := os.Stat(c.path); err != nil || info.Size() < walLimit {
			continue
		}
		// A failure (a reader holds an old page, the disk is full) leaves the log longer; the next commit tries again.
		_, _ = c.db.Exec(`PRAGMA wal_checkpoint(PASSIVE)`)
	}
}

func (c *checkpointer) stop() error {
	close(c.wake)
	<-c.done
	return c.db.Close()
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// Backup writes a consistent copy of an SQLite database into a new file while it serves.
func (d *DB) Backup(ctx context.Context, path string) error {
	_, err := d.read.ExecContext(ctx, `VACUUM INTO $1`, path)
	return explain(err)
}

const (
	sqliteFull   = sqlite3.SQLITE_FULL
	sqliteUnique = sqlite3.SQLITE_CONSTRAINT_UNIQUE
	sqlitePK     = sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
)
