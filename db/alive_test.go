package db

import (
	"path/filepath"
	"testing"
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
