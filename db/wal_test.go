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
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		var err error
		for running := true; running && err == nil; err = write() {
			select {
			case <-stop:
				running = false
			default:
			}
		}
		stopped <- err
	}()
	for length, anew := 0, false; !anew; {
		d.wal.beginAnew()
		log := d.wal.checkpoint("NOOP")
		anew, length = log.length() < length, log.length()
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
}
