package db

import (
	"testing"

	"kizashi/clock"
	"kizashi/id"
	"kizashi/testkit"
)

// Ids of a process that starts after a clock ran ahead and came back follow those that are stored.
func TestIDsFollowThoseThatAreStored(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		var made [2]id.ID
		for i, ahead := range []int64{365 * clock.Day, 0} {
			d, err := Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			d.Clock.Set(d.Clock.Now() + ahead)
			err = d.Write(t.Context(), func(tx *Tx) error {
				made[i] = tx.NewID()
				_, err := tx.Exec(t.Context(), `INSERT INTO event (id, at, lead, who, kind) VALUES ($1, 1, 7, 7, 1)`, made[i])
				return err
			})
			if err != nil {
				t.Error(err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		if made[1] <= made[0] {
			t.Errorf("%v comes before %v", made[1], made[0])
		}
	})
}
