package db

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"kizashi/testkit"
)

// A process on the same SQLite database is known to be there, and known to be gone.
func TestNodesOfOneFileSeeEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	one, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	node := other.IDs.Next(other.Clock.Now()).Node()
	if !one.Alive(node) || one.Alive(node+500) {
		t.Error("a process that is there is held to be dead, or the other way round")
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if one.Alive(node) {
		t.Error("a process that ended is held to be alive")
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
}

// Numbers come round after 1,024 starts; one that a living process has is left out. On PostgreSQL it is taken once
// the process listens.
func TestNumbersOfLivingProcessesAreLeftOut(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		one := opened(t, url)
		listening(t, one)
		write(t, one, func(tx *Tx) error {
			before := strconv.Itoa((one.node + nodes - 1) % nodes)
			_, err := tx.Exec(t.Context(), `UPDATE setting SET value = $1 WHERE name = 'node'`, before)
			return err
		})
		if other := opened(t, url); other.node != (one.node+1)%nodes {
			t.Errorf("the second process is %d, the first one %d", other.node, one.node)
		}
	})
}

// listening lets a process hear signals and waits until it does.
func listening(t *testing.T, d *DB) {
	t.Helper()
	heard := make(chan bool, 1)
	d.Hear(t.Context(), func(string) {
		select {
		case heard <- true:
		default:
		}
	})
	for {
		write(t, d, func(tx *Tx) error { return tx.Signal(t.Context(), "here") })
		select {
		case <-heard:
			return
		case <-time.After(10 * time.Millisecond): // it did not listen yet
		}
	}
}

// A file that was removed between opening and locking it holds no number.
func TestALockOnARemovedFileHoldsNothing(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "k.db-node-1"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !still(f) {
		t.Error("it is there")
	}
	if err := os.Remove(f.Name()); err != nil || still(f) {
		t.Error("it is gone", err)
	}
	if err := os.WriteFile(f.Name(), nil, 0o600); err != nil || still(f) {
		t.Error("it is another", err)
	}
}

func opened(t *testing.T, url string) *DB {
	t.Helper()
	d, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func write(t *testing.T, d *DB, f func(tx *Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}
