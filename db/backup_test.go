package db

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A backup is a database of its own, and whoever made it still only reads.
func TestBackupIsADatabase(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	d, err := Open(ctx, filepath.Join(folder, "kizashi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	put := func(d *DB) error {
		return d.Write(ctx, func(tx *Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('mark', 'kept')`)
			return err
		})
	}
	if err := put(d); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "backup.db")
	if err := d.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(ctx, file); err == nil {
		t.Error("a backup overwrites another")
	}
	copied, err := Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if err := put(copied); err == nil {
		t.Error("the backup does not hold the row")
	}
	for range 2 * sqliteReaders {
		if _, err := d.readers.pool.ExecContext(ctx, `DELETE FROM setting`); err == nil {
			t.Fatal("a reader writes")
		}
	}
}

// A backup that fails leaves no file that could be taken for one.
func TestFailedBackupLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	d, err := Open(t.Context(), filepath.Join(folder, "kizashi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	to := filepath.Join(folder, "to")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Backup(ctx, filepath.Join(to, "backup.db")); err == nil {
		t.Error("nobody waits for it any more")
	}
	if files, err := os.ReadDir(to); err != nil || len(files) != 0 {
		t.Errorf("%v %v", files, err)
	}
}
