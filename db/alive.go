package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// nodes is how many numbers there are for the processes on one database, see id.NewMaker.
const nodes = 1024

// nodeClass is the first half of the advisory locks of PostgreSQL that say which numbers are taken.
const nodeClass = 0x6b7a // "kz"

// takeNode gives a process that opens the database a number, so that no two make the same id: the next one that no
// living process has. They come round after 1,024 starts.
func (d *DB) takeNode(ctx context.Context) (int, error) {
	for range nodes {
		n, err := d.nextNode(ctx)
		if err != nil {
			return 0, err
		}
		free, err := d.holdNode(ctx, n)
		if err != nil || free {
			return n, err
		}
	}
	return 0, fmt.Errorf("db: all %d numbers of processes are taken", nodes)
}

func (d *DB) nextNode(ctx context.Context) (n int, err error) {
	err = d.Write(ctx, func(tx *Tx) error {
		return tx.Row(ctx, `INSERT INTO setting (name, value) VALUES ('node', '1')
			ON CONFLICT (name) DO UPDATE SET value = CAST((CAST(setting.value AS {int}) + 1) % 1024 AS TEXT)
			RETURNING CAST(value AS {int})`).Scan(&n)
	})
	return n, err
}

// holdNode takes a number, unless a living process has it. On PostgreSQL the connection that listens holds it, as
// long as the process serves; commands are over long before the numbers come round.
func (d *DB) holdNode(ctx context.Context, node int) (free bool, err error) {
	if d.Engine == SQLite {
		return d.lockNode(node)
	}
	err = d.Read(ctx, func(tx *Tx) error {
		return tx.Row(ctx, `SELECT NOT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database b ON b.oid = l.database
			WHERE b.datname = current_database() AND l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2)`,
			nodeClass, node).Scan(&free)
	})
	return free, err
}

// lockNode locks a file for as long as the process lives: other processes on the same SQLite database see by it
// that this one is there. The lock ends with the process, however it ends.
func (d *DB) lockNode(node int) (free bool, err error) {
	f, err := os.OpenFile(nodeFile(d.path, node), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, f.Close()
	}
	if err != nil {
		return false, errors.Join(err, f.Close())
	}
	if !still(f) {
		return false, f.Close() // whoever had the number has removed the file meanwhile: the lock tells nobody
	}
	d.closers = append(d.closers, func() error { return errors.Join(os.Remove(f.Name()), f.Close()) })
	return true, nil
}

// still tells whether an open file is the one that has its name.
func still(f *os.File) bool {
	here, err := f.Stat()
	there, gone := os.Stat(f.Name())
	return err == nil && gone == nil && os.SameFile(here, there)
}

func nodeFile(path string, node int) string { return fmt.Sprintf("%s-node-%d", path, node) }

// Alive tells whether the process with a node number may still be there. On PostgreSQL that is not known: there
// the leases of its work end.
func (d *DB) Alive(node int) bool {
	if d.Engine == Postgres {
		return true
	}
	f, err := os.OpenFile(nodeFile(d.path, node), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		return true
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return true
	}
	_ = os.Remove(f.Name()) // of a process that was killed; one that stays does no harm
	return false
}
