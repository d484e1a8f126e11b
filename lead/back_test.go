package lead_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/company"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// back takes one change of a lead back.
func back(c *lead.Change) *act.TakeBack {
	return act.NewTakeBack(c.ID, []id.ID{c.AuditRow()}, &lead.Change{})
}

// A change of fields is taken back with the address, the number and the company that came with it; once.
func TestAChangeIsTakenBack(t *testing.T) {
	engines(t, func(s *store) {
		create := &lead.Create{Fields: lead.Fields{Email: "a@acme.example", Name: "田中 太郎", Title: "課長", Phone: "03-1234-5678",
			Company: company.Fields{Name: "株式会社アクメ"}, Tags: []string{"展示会"}, Props: map[string]string{"色": "青"}}}
		s.run(create)
		was := s.lead(create.Target())
		c := &lead.Change{ID: was.ID, Email: ptr("b@other.example"), Title: ptr("本部長"), Phone: ptr("06-1111-2222"),
			Company: &company.Fields{Name: "株式会社ほか"}, Tags: ptr([]string{"重要"}), Props: map[string]string{"色": "", "形": "丸"}}
		s.run(c)
		s.run(back(c))
		is := s.lead(was.ID)
		is.UpdatedAt = was.UpdatedAt
		if d := cmp.Diff(was, is, cmpopts.IgnoreUnexported(lead.Lead{})); d != "" {
			s.Error(d)
		}
		if other := s.upsert(lead.Options{}, lead.Fields{Email: "b@other.example"})[0]; other.Lead == was.ID {
			s.Error("the address still leads to the lead")
		}
		s.refuse(back(c), "act.changed_since")

		gone := &lead.Change{ID: was.ID, Email: ptr("")} // an address that was removed leads to the lead again
		s.run(gone)
		s.run(back(gone))
		if again := s.upsert(lead.Options{}, lead.Fields{Email: "a@acme.example"})[0]; again.Lead != was.ID {
			s.Error("the address leads elsewhere")
		}
	})
}

// What somebody changed since stays; only who did it takes it back, and soon.
func TestWhoTakesAChangeBack(t *testing.T) {
	engines(t, func(s *store) {
		create := &lead.Create{Fields: lead.Fields{Email: "a@acme.example", Title: "課長"}}
		s.run(create)
		mine, other := act.Who{ID: 1, Role: act.Inside}, act.Who{ID: 2, Role: act.Inside}
		change := func(title string) *lead.Change {
			c := &lead.Change{ID: create.Target(), Title: &title}
			if err := s.door.Run(s.ctx, mine, c); err != nil {
				s.Fatal(err)
			}
			return c
		}
		one, two := change("部長"), change("本部長")
		for name, want := range map[*act.TakeBack]string{
			back(one): "act.changed_since",
			act.NewTakeBack(two.ID, []id.ID{two.AuditRow() + 1}, &lead.Change{}): "act.nothing",
			act.NewTakeBack(two.ID+1, []id.ID{two.AuditRow()}, &lead.Change{}):   "act.nothing",
		} {
			if err := s.door.Run(s.ctx, mine, name); !hasKey(err, want) {
				s.Errorf("want %s, got %v", want, err)
			}
		}
		if err := s.door.Run(s.ctx, other, back(two)); fault.KindOf(err) != fault.Forbidden {
			s.Error(err)
		}
		s.door.DB.Clock.Set(s.door.DB.Clock.Now() + act.UndoTime + clock.Minute)
		if err := s.door.Run(s.ctx, mine, back(two)); !hasKey(err, "act.not_yours") {
			s.Error(err)
		}
		s.run(act.NewTakeBack(two.ID, []id.ID{one.AuditRow(), two.AuditRow()}, &lead.Change{})) // both, the last one first
		if title := s.lead(two.ID).Title; title != "課長" {
			s.Error(title)
		}
	})
}

func hasKey(err error, key string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Key == key
}
