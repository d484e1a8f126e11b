package db

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"kizashi/fault"
)

func TestTextKeepsWhatIsTheEngines(t *testing.T) {
	in := `a {int} {sqlite:x {pk}}{postgres:y '{}'} {other}`
	if got := Text(SQLite, in); got != `a INTEGER x INTEGER PRIMARY KEY {other}` {
		t.Error(got)
	}
	if got := Text(Postgres, in); got != `a bigint y '{}' {other}` {
		t.Error(got)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "k.db")
	d, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO schema_version (version) VALUES (999)`)
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Open(ctx, path)
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "db.newer" {
		t.Fatalf("got %v", err)
	}
}

func TestRollbackForgetsAndAfterRunsOnce(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, filepath.Join(t.TempDir(), "k.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ran, boom := 0, errors.New("boom")
	put := func(end error) error {
		return d.Write(ctx, func(tx *Tx) error {
			tx.After(func() { ran++ })
			if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($2, $1)`, "v", "n"); err != nil {
				return err
			}
			return end
		})
	}
	if err := put(boom); !errors.Is(err, boom) || ran != 0 {
		t.Fatal(err, ran)
	}
	if err := put(nil); err != nil || ran != 1 {
		t.Fatal(err, ran)
	}
	err = put(nil)
	if !IsUnique(err) || ran != 1 {
		t.Fatal(err, ran)
	}
	err = d.Read(ctx, func(tx *Tx) error {
		var v string
		if err := tx.Row(ctx, `SELECT value FROM setting WHERE name = $1`, "n").Scan(&v); err != nil || v != "v" {
			t.Error(v, err)
		}
		_, err := tx.Exec(ctx, `DELETE FROM setting`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("a reader wrote: %v", err)
	}
}
