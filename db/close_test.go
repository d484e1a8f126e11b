package db

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A database that is closed and leaves its log beside it was not closed: a statement still holds it.
func TestCloseLetsGoOfTheFile(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "k.db")
	d, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	look := func(tx *Tx) error {
		return tx.Each(ctx, `SELECT name FROM setting`, nil, func(scan func(...any) error) error { return scan(new(string)) })
	}
	for _, run := range []func(context.Context, func(*Tx) error) error{d.Read, d.Write} {
		if err := run(ctx, look); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, beside := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + beside); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", beside, err)
		}
	}
}
