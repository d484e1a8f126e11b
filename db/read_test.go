package db

import (
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// As many as may read at once each ask something new at the same moment: none waits for the connection of
// another.
func TestReadersDoNotWaitForEachOthersConnections(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "k.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	var begun, all sync.WaitGroup
	begun.Add(sqliteReaders)
	for i := range 3 * sqliteReaders {
		all.Go(func() {
			err := d.Read(t.Context(), func(tx *Tx) error {
				if i < sqliteReaders {
					begun.Done()
					begun.Wait()
				}
				var got int
				return tx.Row(t.Context(), `SELECT `+strconv.Itoa(i)).Scan(&got)
			})
			if err != nil {
				t.Error(err)
			}
		})
		if i == sqliteReaders-1 {
			begun.Wait() // the first ones hold all turns
		}
	}
	all.Wait()
}
