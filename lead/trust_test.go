package lead_test

import (
	"fmt"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// A stranger with the page's write key names five customers' ids with one address: only the first is tied, the
// others stay people of their own, and each customer who signs in later is recognised.
func TestPublicClaimTiesNoSecondPersonsID(t *testing.T) {
	engines(t, func(s *store) {
		of := map[id.ID]bool{}
		for n := range 5 {
			r := s.one(lead.Asked{User: fmt.Sprint(1001 + n), Email: "attacker@evil.example"})
			of[r.Lead] = true
		}
		if len(of) != 5 {
			s.Fatalf("five ids are %d leads", len(of))
		}
		for n := range 5 {
			user, mail := fmt.Sprint(1001+n), fmt.Sprintf("real%d@acme.example", n)
			first := s.one(lead.Asked{User: user, Email: mail})
			again := s.one(lead.Asked{User: user, Email: mail})
			if first.Lead != again.Lead || s.lead(first.Lead).Email != mail {
				s.Errorf("%s is %v, then %v: %+v", user, first.Lead, again.Lead, s.lead(first.Lead))
			}
		}
	})
}

// What a public claim tied, a server corrects: the id goes to the person that the server names, with all that
// came under it.
func TestServerCorrectsWhatAPublicClaimTied(t *testing.T) {
	engines(t, func(s *store) {
		forged := s.one(lead.Asked{User: "1001", Email: "attacker@evil.example"})
		visit := s.event(s.one(lead.Asked{User: "1001"}))
		real := s.one(lead.Asked{User: "1001", Email: "real@acme.example", Source: vouched})
		if real.Lead == forged.Lead || s.ownerOf(visit) != real.Lead || s.one(lead.Asked{User: "1001"}).Lead != real.Lead {
			s.Fatalf("forged %+v, real %+v, event of %v", forged, real, s.ownerOf(visit))
		}
		// Nothing public takes it away again.
		s.one(lead.Asked{User: "1001", Email: "attacker@evil.example"})
		if s.one(lead.Asked{User: "1001"}).Lead != real.Lead || s.lead(real.Lead).Unproven != lead.Vouched {
			s.Errorf("%+v", s.lead(real.Lead))
		}
	})
}

func TestPlaceholdersAreNobody(t *testing.T) {
	engines(t, func(s *store) {
		for _, text := range []string{"undefined", "null", "NaN", "[object Object]", "0", "guest", "Anonymous", "-1", "00000000-0000-0000-0000-000000000000"} {
			a := s.one(lead.Asked{User: text, Email: "a@acme.example"})
			b := s.one(lead.Asked{User: text, Email: "b@acme.example"})
			none := s.one(lead.Asked{User: text})
			if a.Lead == b.Lead || !none.Anonymous {
				s.Errorf("%q: %+v %+v %+v", text, a, b, none)
			}
		}
		if lead.Placeholder("a1") || lead.Placeholder("10") {
			s.Error("an id is taken for a placeholder")
		}
	})
}

// from is a source at a moment, as a stranger's or a server's.
func from(standing lead.Standing, at int64) *lead.Source {
	return &lead.Source{Standing: standing, At: at}
}

// The stronger source wins, within one standing the newer by time; what loses stands beside.
func TestSourcesOutweighEachOther(t *testing.T) {
	engines(t, func(s *store) {
		who := s.one(lead.Asked{Email: "a@acme.example"}).Lead
		say := func(title string, f *lead.Source) {
			s.upsert(lead.Options{}, lead.Fields{Lead: who, Title: title, From: f})
		}
		want := func(title string, standing lead.Standing, beside string) {
			s.Helper()
			l := s.lead(who)
			if l.Title != title || l.Known.Of("title").Standing != standing {
				s.Errorf("%q of %v", l.Title, l.Known)
			}
			if got := s.beside(who, "title"); got != beside {
				s.Errorf("beside %q stands %q, want %q", title, got, beside)
			}
		}
		say("係長", from(lead.Claimed, 100))
		say("課長", from(lead.Claimed, 300))
		say("主任", from(lead.Claimed, 200)) // late
		want("課長", lead.Claimed, "主任")
		say("部長", from(lead.Confirmed, 50))
		want("部長", lead.Confirmed, "主任")
		say("社長", from(lead.Claimed, 900))
		want("部長", lead.Confirmed, "社長")
		title := "本部長"
		change := &lead.Change{ID: who, Title: &title}
		s.run(change)
		say("取締役", from(lead.Confirmed, 1000))
		want("本部長", lead.Typed, "取締役")

		settle := &lead.Settle{ID: who, Field: "title", Take: true}
		s.run(settle)
		want("取締役", lead.Typed, "")
		s.run(act.NewTakeBack(who, []id.ID{settle.AuditRow()}, &lead.Settle{}))
		want("本部長", lead.Typed, "取締役")
	})
}

// A merge lets the stronger source win, whichever of the two leads knew it.
func TestMergeKeepsWhatMembersTyped(t *testing.T) {
	engines(t, func(s *store) {
		sent := s.one(lead.Asked{Email: "a@acme.example"}).Lead
		s.upsert(lead.Options{}, lead.Fields{Lead: sent, Title: "課長", From: &lead.Source{Standing: lead.Confirmed, At: 100, Event: 1}})
		typed := s.one(lead.Asked{Email: "b@acme.example"}).Lead
		title := "本部長"
		s.run(&lead.Change{ID: typed, Title: &title})
		s.run(&lead.Merge{Winner: sent, Loser: typed})
		if l := s.lead(sent); l.Title != title || l.Known.Of("title").Standing != lead.Typed {
			s.Errorf("%q of %v", l.Title, l.Known)
		}
		s.run(&lead.Unmerge{Loser: typed})
		if l := s.lead(sent); l.Title != "課長" || l.Known.Of("title").Standing != lead.Confirmed {
			s.Errorf("%q of %v after the merge was taken back", l.Title, l.Known)
		}
	})
}

func (s *store) beside(who id.ID, field string) (value string) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		claims, err := lead.Claims(s.ctx, tx, who)
		for _, c := range claims {
			if c.Field == field {
				value = c.Value
			}
		}
		return err
	})
	return value
}

// A stranger's claim fills what is empty, marks a person nobody vouches for, changes no company and tags nobody;
// a member confirms, and may take that back.
func TestPublicClaimIsUnverifiedUntilConfirmed(t *testing.T) {
	engines(t, func(s *store) {
		known := s.upsert(lead.Options{}, lead.Fields{
			Email: "a@acme.example", Title: "部長", Company: company.Fields{Name: "アクメ株式会社", Industry: "G"},
		})[0].Lead
		s.upsert(lead.Options{}, lead.Fields{
			Lead: known, Phone: "03-1234-5678", Title: "社長", Tags: []string{"vip"}, From: from(lead.Claimed, 1),
			Company: company.Fields{Name: "株式会社ライバル", Mail: "a@acme.example", Size: "5"},
		})
		l := s.lead(known)
		if l.Title != "部長" || l.Phone == "" || l.CompanyName != "アクメ株式会社" || len(l.Tags) != 0 {
			s.Errorf("%+v", l)
		}
		if got := l.Unconfirmed(); len(got) != 1 || got[0] != "phone" || l.Unproven != lead.Vouched {
			s.Errorf("%v, %d", got, l.Unproven)
		}
		confirm := &lead.Confirm{ID: known}
		s.run(confirm)
		if l := s.lead(known); len(l.Unconfirmed()) != 0 {
			s.Errorf("%v", l.Known)
		}
		s.run(act.NewTakeBack(known, []id.ID{confirm.AuditRow()}, &lead.Confirm{}))
		if l := s.lead(known); len(l.Unconfirmed()) != 1 {
			s.Errorf("%v", l.Known)
		}

		invented := s.one(lead.Asked{Email: "new@acme.example"}).Lead
		if s.lead(invented).Unproven != lead.Unproven {
			s.Error("a stranger vouches")
		}
		s.upsert(lead.Options{}, lead.Fields{Email: "new@acme.example", Name: "新 人"})
		if s.lead(invented).Unproven != lead.Vouched {
			s.Error("a file does not vouch")
		}
	})
}

// A company that the domain tells gives way to one that is named.
func TestGuessedCompanyGivesWay(t *testing.T) {
	engines(t, func(s *store) {
		who := s.one(lead.Asked{Email: "a@acme.example"}).Lead
		s.upsert(lead.Options{}, lead.Fields{
			Lead: who, From: from(lead.Claimed, 1), Company: company.Fields{Name: "アクメ株式会社", Mail: "a@acme.example"},
		})
		if l := s.lead(who); l.CompanyName != "アクメ株式会社" {
			s.Errorf("%+v", l)
		}
	})
}

// X04: an identity is split off with what came under it, and the split is taken back.
func TestSplitDetachesAnIdentityWithItsEvents(t *testing.T) {
	engines(t, func(s *store) {
		mail := s.one(lead.Asked{Email: "a@acme.example", User: "7", Source: vouched})
		byUser := s.event(s.one(lead.Asked{User: "7"}))
		s.one(lead.Asked{Visitor: "v", User: "7"})
		byVisitor := s.event(s.one(lead.Asked{Visitor: "v"}))
		s.refuseMail(mail.Lead)

		split := &lead.Split{ID: mail.Lead, Identity: s.identity(lead.User, "7")}
		s.run(split)
		if split.Into == mail.Lead || s.ownerOf(byUser) != split.Into || s.ownerOf(byVisitor) != split.Into {
			s.Fatalf("%+v: %v %v", split, s.ownerOf(byUser), s.ownerOf(byVisitor))
		}
		if s.refusals(split.Into) != 1 {
			s.Error("a refusal was lost")
		}
		if l := s.lead(mail.Lead); l.Email != "a@acme.example" {
			s.Errorf("%+v", l)
		}
		last := &lead.Split{ID: mail.Lead, Identity: s.identity(lead.Mail, "a@acme.example")}
		if err := s.door.Run(s.ctx, act.Product, last); err == nil {
			s.Error("the last identity was split off")
		}
		s.run(act.NewTakeBack(mail.Lead, []id.ID{split.AuditRow()}, &lead.Split{}))
		if s.ownerOf(byUser) != mail.Lead || s.one(lead.Asked{User: "7"}).Lead != mail.Lead {
			s.Errorf("events of %v", s.ownerOf(byUser))
		}

		browser := &lead.Split{ID: mail.Lead, Identity: s.identity(lead.Visitor, "v")}
		s.run(browser)
		if r := s.one(lead.Asked{Visitor: "v"}); !r.Anonymous || s.ownerOf(byVisitor) != r.Lead {
			s.Errorf("%+v", r)
		}
		s.run(act.NewTakeBack(mail.Lead, []id.ID{browser.AuditRow()}, &lead.Split{}))
		if s.one(lead.Asked{Visitor: "v"}).Lead != mail.Lead || s.ownerOf(byVisitor) != mail.Lead {
			s.Error("the browser did not come back")
		}
	})
}

func (s *store) identity(kind, value string) (number id.ID) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		return tx.Row(s.ctx, `SELECT id FROM identity WHERE kind = $1 AND value = $2`, kind, value).Scan(&number)
	})
	return number
}

func (s *store) refuseMail(who id.ID) {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		_, err := tx.Exec(s.ctx, `INSERT INTO consent (id, lead, purpose, basis, granted, source, at)
			VALUES ($1, $2, 'mail', 'consent', 0, 'member', 1)`, tx.NewID(), who)
		return err
	})
}

func (s *store) refusals(who id.ID) (n int) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		return tx.Row(s.ctx, `SELECT COUNT(*) FROM consent WHERE lead = $1 AND granted = 0`, who).Scan(&n)
	})
	return n
}
