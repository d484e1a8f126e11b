package lead_test

import (
	"fmt"
	"sync"
	"testing"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
)

// event writes what the intake would of a resolved message.
func (s *store) event(r lead.Resolved) (number id.ID) {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		number = tx.NewID()
		_, err := tx.Exec(s.ctx, `INSERT INTO event (id, at, lead, who, kind) VALUES ($1, $2, $3, $4, 1)`, number, tx.Now, r.Lead, r.Who)
		return err
	})
	return number
}

func (s *store) ownerOf(event id.ID) (lead id.ID) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		return tx.Row(s.ctx, `SELECT lead FROM event WHERE id = $1`, event).Scan(&lead)
	})
	return lead
}

func (s *store) one(a lead.Asked) lead.Resolved {
	s.Helper()
	r := s.resolve(a)[0]
	if r.Err != nil {
		s.Fatal(r.Err)
	}
	return r
}

// vouched is a sender with a secret key.
var vouched = lead.Source{Standing: lead.Confirmed}

func TestVisitorBringsItsHistory(t *testing.T) {
	engines(t, func(s *store) {
		anonymous := s.one(lead.Asked{Visitor: "v"})
		if !anonymous.Anonymous || anonymous.Lead != anonymous.Who {
			s.Fatalf("%+v", anonymous)
		}
		first := s.event(anonymous)
		known := s.one(lead.Asked{Visitor: "v", Email: "a@acme.example"})
		if !known.Made || s.ownerOf(first) != known.Lead {
			s.Fatalf("%+v, event is %v's", known, s.ownerOf(first))
		}
		// In one batch: what came before the name belongs to the name, too.
		r := s.resolve(lead.Asked{Visitor: "w"}, lead.Asked{Visitor: "w", User: "u"}, lead.Asked{Visitor: "w"})
		if r[0].Lead != r[1].Lead || r[2].Lead != r[1].Lead || r[0].Anonymous || r[0].Who == r[1].Who {
			s.Fatalf("%+v", r)
		}
	})
}

func TestSharedBrowserMovesOnFromNow(t *testing.T) {
	engines(t, func(s *store) {
		a := s.one(lead.Asked{Visitor: "v", Email: "a@acme.example"})
		early := s.event(s.one(lead.Asked{Visitor: "v"}))
		b := s.one(lead.Asked{Visitor: "v", Email: "b@acme.example"})
		late := s.event(s.one(lead.Asked{Visitor: "v"}))
		if a.Lead == b.Lead || s.ownerOf(early) != a.Lead || s.ownerOf(late) != b.Lead {
			s.Fatalf("a %v, b %v, early %v, late %v", a.Lead, b.Lead, s.ownerOf(early), s.ownerOf(late))
		}
		// A forwarded link names the lead, not the browser's owner.
		link := s.one(lead.Asked{Visitor: "v", Lead: a.Lead})
		if after := s.one(lead.Asked{Visitor: "v"}); link.Lead != a.Lead || after.Lead != b.Lead {
			s.Fatalf("link %+v, after %+v", link, after)
		}
	})
}

func TestNewUserOrAddressIsTheVisitorsWhereItHasNone(t *testing.T) {
	engines(t, func(s *store) {
		mail := s.one(lead.Asked{Visitor: "v", Email: "a@acme.example"})
		user := s.one(lead.Asked{Visitor: "v", User: "u", Source: vouched})
		both := s.one(lead.Asked{User: "u", Email: "a2@acme.example", Source: vouched})
		if user.Lead != mail.Lead || both.Lead != mail.Lead || user.Made || both.Made {
			s.Fatalf("%+v %+v %+v", mail, user, both)
		}
		byUser := s.one(lead.Asked{User: "u2"})
		s.one(lead.Asked{User: "u2", Email: "b@acme.example"})
		s.read(func(tx *db.Tx) error {
			l, err := lead.ByEmail(s.ctx, tx, "B@acme.example")
			if err == nil && (l.ID != byUser.Lead || l.Email != "b@acme.example" || !l.CorporateMail || l.CompanyName != "acme.example") {
				s.Errorf("%+v", l)
			}
			return err
		})
	})
}

func TestTwoLeadsInOneMessageAreSuggested(t *testing.T) {
	engines(t, func(s *store) {
		user, mail := s.one(lead.Asked{User: "u"}), s.one(lead.Asked{Email: "a@acme.example"})
		both := s.one(lead.Asked{User: "u", Email: "a@acme.example"})
		if both.Lead != user.Lead || both.Who != user.Who || mail.Lead == user.Lead {
			s.Fatalf("%+v %+v %+v", user, mail, both)
		}
		s.suggested(user.Lead, mail.Lead, lead.WhyIdentity)
		s.run(&lead.KeepApart{A: mail.Lead, B: user.Lead})
		s.one(lead.Asked{User: "u", Email: "a@acme.example"})
		s.read(func(tx *db.Tx) error {
			open, err := lead.Duplicates(s.ctx, tx, "", 10)
			if len(open) != 0 {
				s.Errorf("decided, and suggested again: %+v", open[0])
			}
			return err
		})
	})
}

func (s *store) suggested(a, b id.ID, why string) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		list, err := lead.DuplicatesOf(s.ctx, tx, a, 10)
		for _, d := range list {
			if d.A.ID == min(a, b) && d.B.ID == max(a, b) && d.Why == why {
				return err
			}
		}
		s.Errorf("%v and %v are not suggested for %s: %+v", a, b, why, list)
		return err
	})
}

func TestMergedAndUnknownLeads(t *testing.T) {
	engines(t, func(s *store) {
		a, b := s.one(lead.Asked{User: "a"}), s.one(lead.Asked{User: "b"})
		s.run(&lead.Merge{Winner: a.Lead, Loser: b.Lead})
		r := s.resolve(lead.Asked{Lead: b.Lead}, lead.Asked{User: "b"}, lead.Asked{Lead: 12345}, lead.Asked{Email: "no address"}, lead.Asked{Email: " "})
		if r[0].Lead != a.Lead || r[0].Who != b.Lead || r[1].Lead != a.Lead || r[1].Who != b.Who {
			s.Errorf("%+v", r[:2])
		}
		if r[2].Err == nil || r[2].Err.Key != "lead.not_found" || r[3].Err == nil || r[3].Err.Key != "lead_match.mail.at" || r[3].Err.Path != "email" ||
			r[4].Err == nil || r[4].Err.Key != "lead.nobody" {
			s.Errorf("%+v", r[2:])
		}
	})
}

// Many transactions that meet the same strangers at once make each of them once.
func TestStrangersAreMadeOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		s := open(t, url)
		const writers, strangers = 6, 20
		var wg sync.WaitGroup
		got := make([][]lead.Resolved, writers)
		for w := range writers {
			wg.Go(func() {
				err := s.door.Write(s.ctx, func(tx *db.Tx) (err error) {
					var list []lead.Asked
					for n := range strangers {
						n = (n + w*7) % strangers // everybody in an order of their own
						list = append(list, lead.Asked{Email: fmt.Sprintf("s%d@acme.example", n), Visitor: fmt.Sprint("v", n)})
					}
					got[w], err = lead.ResolveMany(s.ctx, tx, list)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		byWho := map[id.ID]id.ID{}
		for _, results := range got {
			for _, r := range results {
				if known, ok := byWho[r.Who]; ok && known != r.Lead || r.Err != nil {
					t.Fatalf("%v is %v and %v", r.Who, known, r.Lead)
				}
				byWho[r.Who] = r.Lead
			}
		}
		s.read(func(tx *db.Tx) error {
			var leads, companies int
			err := tx.Row(s.ctx, `SELECT (SELECT COUNT(*) FROM lead), (SELECT COUNT(*) FROM company)`).Scan(&leads, &companies)
			if leads != strangers || companies != 1 {
				t.Errorf("%d leads, %d companies", leads, companies)
			}
			return err
		})
	})
}

func TestPeopleOfACompetitorAreExcluded(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{}, lead.Fields{Email: "a@rival.example", Company: company.Fields{Name: "株式会社ライバル"}})
		yes, no, name := true, false, "株式会社好敵手"
		change := company.Change{ID: s.lead(r[0].Lead).Company, Competitor: &yes, CompanyName: &name}
		s.run(&change)
		if l := s.lead(r[0].Lead); l.Excluded != lead.ExcludedCompetitor || len(s.search("好敵")) != 1 || len(s.search("ライバル")) != 0 {
			s.Errorf("%+v, found %d", l, len(s.search("好敵")))
		}
		if l := s.lead(s.one(lead.Asked{Email: "b@rival.example"}).Lead); l.Excluded != lead.ExcludedCompetitor {
			s.Errorf("%+v", l)
		}
		s.run(&company.Change{ID: change.ID, Competitor: &no})
		if l := s.lead(r[0].Lead); l.Excluded != "" {
			s.Errorf("%+v", l)
		}
	})
}

func (s *store) lead(number id.ID) (l *lead.Lead) {
	s.Helper()
	s.read(func(tx *db.Tx) (err error) {
		l, err = lead.ByID(s.ctx, tx, number)
		return err
	})
	return l
}

func (s *store) search(query string) (list []*lead.Lead) {
	s.Helper()
	s.read(func(tx *db.Tx) (err error) {
		list, err = lead.Search(s.ctx, tx, query, 0, 10)
		return err
	})
	return list
}
