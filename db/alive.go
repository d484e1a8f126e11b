package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// holdNode locks a file for as long as the process lives: other processes on the same SQLite database see by it
// that this one is there. The lock ends with the process, however it ends.
func (d *DB) holdNode(path string, node int) error {
	f, err := os.OpenFile(nodeFile(path, node), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(err, f.Close())
	}
	d.closers = append(d.closers, func() error { return errors.Join(os.Remove(f.Name()), f.Close()) })
	return nil
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
