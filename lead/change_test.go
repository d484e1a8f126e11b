package lead_test

import (
	"errors"
	"slices"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
)

func ptr[T any](v T) *T { return &v }

func TestChangeSetsWhatIsGiven(t *testing.T) {
	engines(t, func(s *store) {
		create := &lead.Create{Fields: lead.Fields{Email: "a@acme.example", Name: "田中 太郎", Title: "課長"}}
		s.run(create)
		l := s.lead(create.Target())
		s.run(&lead.Change{ID: l.ID, Seen: &l.UpdatedAt, Title: ptr("本部長"), Email: ptr("b@acme.example"), Mobile: ptr("090-1234-5678"),
			Company: &company.Fields{Name: "株式会社アクメ"}, Props: map[string]string{"色": "青"}, Status: ptr(lead.Talked)})
		got := s.lead(l.ID)
		if got.Rank != 6 || got.Email != "b@acme.example" || got.Mobile != "09012345678" || got.CompanyName != "株式会社アクメ" || got.Name != "田中 太郎" {
			s.Errorf("%+v", got)
		}
		s.refuse(&lead.Change{ID: l.ID, Seen: ptr(l.UpdatedAt - 1), Title: ptr("")}, "fault.conflict")
		s.read(func(tx *db.Tx) error {
			first, err := lead.ByEmail(s.ctx, tx, "A@acme.example") // the former address stays
			if err == nil && first.ID != l.ID {
				s.Errorf("%+v", first)
			}
			return err
		})
		s.run(&lead.Change{ID: l.ID, Email: ptr(""), Title: ptr(""), Company: &company.Fields{}, Props: map[string]string{"色": ""}})
		got = s.lead(l.ID)
		if got.Email != "" || got.Title != "" || got.Company != 0 || len(got.Props) != 0 {
			s.Errorf("%+v", got)
		}
		other := s.upsert(lead.Options{}, lead.Fields{Email: "b@acme.example"})[0]
		s.refuse(&lead.Change{ID: l.ID, Email: ptr("b@acme.example")}, "lead.mail_taken")
		if other.Lead == l.ID {
			s.Error("an address that was removed still leads to the lead")
		}
	})
}

func TestTagsComeAndGo(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{}, lead.Fields{User: "a", Tags: []string{"展示会", "紹介"}}, lead.Fields{User: "b"})
		s.run(&lead.Tag{Leads: []id.ID{r[0].Lead, r[1].Lead}, Add: []string{"重要"}, Remove: []string{"紹介"}})
		if got := s.lead(r[0].Lead).Tags; !slices.Equal(got, []string{"展示会", "重要"}) {
			s.Error(got)
		}
		if got := s.lead(r[1].Lead).Tags; !slices.Equal(got, []string{"重要"}) {
			s.Error(got)
		}
		s.refuse(&lead.Tag{Leads: []id.ID{r[0].Lead}, Add: []string{"a,b"}}, "lead.bad_tag")
	})
}

// Checks name every field that is wrong, with words for both languages.
func TestChecksNameTheField(t *testing.T) {
	err := (&lead.Change{Email: ptr("x"), Phone: ptr("12"), Rank: ptr(9), Status: ptr("?"), Excluded: ptr("?"), WakeAt: ptr(int64(-1))}).Check()
	var many fault.Many
	if !errors.As(err, &many) {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range many {
		paths = append(paths, f.Path)
		if !i18n.Has(f.Key) {
			t.Errorf("no words for %s", f.Key)
		}
	}
	if !slices.Equal(paths, []string{"email", "phone", "rank", "status", "excluded", "wake_at"}) {
		t.Error(paths)
	}
	if err := (&lead.Create{}).Check(); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestRights(t *testing.T) {
	viewer, field, marketing := act.Who{Role: act.Viewer}, act.Who{Role: act.Field}, act.Who{Role: act.Marketing}
	for _, c := range []act.Command{
		&lead.Create{}, &lead.Change{}, &lead.Tag{}, &lead.Merge{}, &lead.Unmerge{}, &lead.KeepApart{}, &lead.Delete{}, &lead.Restore{},
	} {
		_, deletes := c.(*lead.Delete)
		_, restores := c.(*lead.Restore)
		if c.Allow(viewer) || !c.Allow(marketing) || c.Allow(field) == (deletes || restores) || c.Allow(act.Who{Role: act.Track}) {
			t.Errorf("%s: viewer %v, field %v, marketing %v", c.Name(), c.Allow(viewer), c.Allow(field), c.Allow(marketing))
		}
	}
}
