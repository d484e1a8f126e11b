package db

import (
	"path/filepath"
	"strings"
	"testing"
)

// Somebody who writes without a pause still finds a log that is begun anew.
func TestLogIsBegunAnewBesideAWriter(t *testing.T) {
	ctx := t.Context()
	d, err := Open(ctx, filepath.Join(t.TempDir(), "k.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	text := strings.Repeat("x", 100*pageSize)
	write := func() error {
		return d.Write(ctx, func(tx *Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('mark', $1)
				ON CONFLICT (name) DO UPDATE SET value = excluded.value`, text)
			return err
		})
	}
	wrote, failed := make(chan int), make(chan error, 1)
	go func() {
		defer close(wrote)
		for n := range 6 {
			if err := write(); err != nil {
				failed <- err
				return
			}
			wrote <- n
		}
	}()
	for range wrote { // while the next is being written
		d.wal.beginAnew()
	}
	select {
	case err := <-failed:
		t.Fatal(err)
	default:
	}
	if log := d.wal.checkpoint("NOOP"); log.length() >= 6*len(text) {
		t.Errorf("a log of %d bytes holds all that was written", log.length())
	}
}
