package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// sqliteReaders is how many transactions may read at once. There are more connections: one that parses a new
	// statement needs another than that of the transaction, and must not wait for the others to end.
	sqliteReaders = 4
	parsers       = 2 // and one for a backup
	sqliteLookups = 3
	// walWaits is how many bytes of the write-ahead log may wait to be written back: little enough that
	// the disk is never busy with them for long while a commit wants it.
	walWaits = 4 << 20
	// walLength is how long the log may grow, bytes, before it is begun anew. That takes the writer's
	// turn, so it is done rarely; a process that was killed reads this much when it starts again.
	walLength = 128 << 20
	pageSize  = 4096 // bytes, SQLite's own choice
	// mapped is how many bytes of the file are read where the system keeps them, without a call and a
	// copy for each page: SQLite's own limit. What lies behind is read by calls.
	mapped = 0x7fff0000
)

func (d *DB) openSQLite(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	looked, err := lookSQLite(ctx, path)
	if err != nil {
		return err
	}
	defer looked.Close()
	if err := keepPrivate(path); err != nil {
		return err
	}
	d.Engine = SQLite
	// The writer never checkpoints: a second connection does, so that no answer waits for it.
	if d.write, err = sqliteOpen(path, 1, "immediate", 32<<10, "wal_autocheckpoint(0)"); err != nil {
		return err
	}
	d.closers = append(d.closers, d.write.Close)
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	d.writer = &writer{turn: make(turns, 1), conn: conn}
	d.closers = append([]func() error{d.writer.close}, d.closers...)
	if d.writer.handle, err = handleOf(conn); err != nil {
		return err
	}
	if err := d.openReaders(path); err != nil {
		return err
	}
	back, err := sqliteOpen(path, 1, "deferred", 1<<10, "wal_autocheckpoint(0)")
	if err != nil {
		return err
	}
	d.wal = startCheckpointer(back, d.writer.turn)
	d.closers = append([]func() error{d.wal.stop, d.readers.pool.Close, d.lookups.pool.Close}, d.closers...)
	return nil
}

// openReaders opens what only reads. Queries run in this process: heavy ones take half of its processors.
func (d *DB) openReaders(path string) error {
	pool, err := sqliteOpen(path, sqliteReaders+parsers, "deferred", 4<<10, "query_only(1)")
	if err != nil {
		return err
	}
	d.readers = &readers{pool: pool, gate: newGate(sqliteReaders, sqliteReaders/2)}
	if pool, err = sqliteOpen(path, sqliteLookups+parsers, "deferred", 1<<10, "query_only(1)"); err != nil {
		return err
	}
	d.lookups = &readers{pool: pool, gate: newGate(sqliteLookups, sqliteLookups)}
	d.heavy = newGate(max(1, runtime.GOMAXPROCS(0)/2), 1)
	return nil
}

// lookSQLite refuses what is no database of ours before anything in it is changed. The connection is open until ours
// are: the last to leave a log after a kill would write it back.
func lookSQLite(ctx context.Context, path string) (io.Closer, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return io.NopCloser(nil), nil
	}
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", sqliteName(path)+"?mode=ro&_pragma=busy_timeout(20000)")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	if err := checkOurs(ctx, pool, sqliteTables); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

func sqliteName(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// keepPrivate lets nobody else read the database, whatever its folder and the umask say. SQLite gives the files
// beside it the mode of the database.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return err
	}
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Chmod(path+beside, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// writer is the one connection that writes. It is held as long as the database is open, so that what it
// has parsed serves every transaction.
type writer struct {
	turn   turns // one transaction at a time, without busy loops
	conn   *sql.Conn
	handle handle
	stmts  stmtCache
}

func (w *writer) close() error { return errors.Join(w.stmts.close(), w.conn.Close()) }

// runSQLite runs f in a transaction of the writer.
func (t *Tx) runSQLite(f func(*Tx) error) error {
	w := t.db.writer
	if err := w.turn.take(t.ctx); err != nil {
		return err
	}
	defer w.turn.give()
	t.on, t.conn, t.cache = w.conn, w.conn, &w.stmts
	if _, err := t.Exec(t.ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // also when f panics. SQLite may have rolled back by itself: then this fails
			_, _ = w.conn.ExecContext(context.WithoutCancel(t.ctx), `ROLLBACK`)
		}
	}()
	t.Now = t.db.Clock.Now()
	if err := t.interruptible(f); err != nil {
		return err
	}
	if _, err := t.Exec(t.ctx, `COMMIT`); err != nil {
		return err
	}
	committed = true
	t.db.wal.nudge()
	return nil
}

func (t *Tx) interruptible(f func(*Tx) error) error {
	defer interruptAfter(t.ctx, t.db.writer.handle)()
	return f(t)
}

func sqliteOpen(path string, conns int, lock string, cacheKiB int, more string) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		fmt.Sprintf("cache_size(-%d)", cacheKiB), fmt.Sprintf("mmap_size(%d)", mapped), "temp_store(MEMORY)", more,
	}}
	pool, err := sql.Open("sqlite", sqliteName(path)+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// checkpointer writes the write-ahead log back as it grows, beside the writer.
type checkpointer struct {
	db   *sql.DB
	turn turns // the writer's
	wake chan struct{}
	done chan struct{}
}

// walLog is how long the log is, and how much of it is written back.
type walLog struct{ pages, written int }

func (l walLog) waits() int  { return (l.pages - l.written) * pageSize }
func (l walLog) length() int { return l.pages * pageSize }

func startCheckpointer(db *sql.DB, turn turns) *checkpointer {
	c := &checkpointer{db: db, turn: turn, wake: make(chan struct{}, 1), done: make(chan struct{})}
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
		log := c.checkpoint("NOOP")
		if log.waits() >= walWaits {
			log = c.checkpoint("PASSIVE")
		}
		if log.length() >= walLength {
			c.beginAnew()
		}
	}
}

// beginAnew writes the log back beside the writer, and then, in the writer's turn, the little that has
// come meanwhile: only a log that is written back whole is begun anew, and one that grows without end
// makes every page dearer.
func (c *checkpointer) beginAnew() {
	for range 3 {
		if c.checkpoint("PASSIVE").waits() < walWaits/4 {
			break
		}
	}
	_ = c.turn.take(context.Background()) // which never ends
	defer c.turn.give()
	c.checkpoint("PASSIVE")
}

// checkpoint writes back what the mode allows. A failure (the disk is full) leaves the log longer; the
// next commit tries again.
func (c *checkpointer) checkpoint(mode string) (l walLog) {
	var busy int
	if err := c.db.QueryRow(`PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &l.pages, &l.written); err != nil {
		return walLog{}
	}
	return l
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
	return NewFile(path, func(temporary string) error { return d.copyInto(ctx, temporary) })
}

// copyInto fills an empty file.
func (d *DB) copyInto(ctx context.Context, path string) error {
	conn, err := d.readers.pool.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `PRAGMA query_only(0)`); err != nil { // which forbids to write the other file, too
		return explain(err)
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO $1`, path)
	_, again := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only(1)`)
	return explain(errors.Join(err, again))
}

const (
	sqliteFull   = sqlite3.SQLITE_FULL
	sqliteUnique = sqlite3.SQLITE_CONSTRAINT_UNIQUE
	sqlitePK     = sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
)
