package lead_test

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/testkit"
)

// store is a database of one test with the door to it.
type store struct {
	*testing.T
	ctx  context.Context
	door *act.Door
}

// engines runs a test of the store on both databases.
func engines(t *testing.T, test func(s *store)) {
	testkit.Engines(t, func(t *testing.T, url string) { test(open(t, url)) })
}

func open(t *testing.T, url string) *store {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	door := act.NewDoor(d)
	act.Handle(door, lead.FollowCompanies)
	return &store{t, ctx, door}
}

func (s *store) write(f func(tx *db.Tx) error) {
	s.Helper()
	if err := s.door.Write(s.ctx, f); err != nil {
		s.Fatal(err)
	}
}

func (s *store) read(f func(tx *db.Tx) error) {
	s.Helper()
	if err := s.door.DB.Read(s.ctx, f); err != nil {
		s.Fatal(err)
	}
}

func (s *store) upsert(o lead.Options, list ...lead.Fields) []lead.Result {
	s.Helper()
	var results []lead.Result
	s.write(func(tx *db.Tx) (err error) {
		results, err = lead.UpsertMany(s.ctx, tx, list, o)
		return err
	})
	return results
}

func (s *store) resolve(list ...lead.Asked) []lead.Resolved {
	s.Helper()
	var results []lead.Resolved
	s.write(func(tx *db.Tx) (err error) {
		results, err = lead.ResolveMany(s.ctx, tx, list)
		return err
	})
	return results
}
