package lead_test

import (
	"encoding/json"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/setting"
)

// set changes a setting, and does the work in the background that follows.
func (s *store) set(name string, value any) {
	s.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		s.Fatal(err)
	}
	if err := s.door.Run(s.ctx, act.Product, &setting.Set{Setting: name, Value: raw}); err != nil {
		s.Fatal(err)
	}
	s.work()
}

func (s *store) work() {
	s.Helper()
	runner := &job.Runner{DB: s.door.DB, Handlers: map[string]job.Handler{lead.JobConform: lead.ConformJob(s.door)}}
	if err := runner.RunDue(s.ctx); err != nil {
		s.Fatal(err)
	}
}

func (s *store) conforming() (found job.Status) {
	s.Helper()
	s.read(func(tx *db.Tx) (err error) {
		found, err = lead.Conforming(s.ctx, tx)
		return err
	})
	return found
}

func (s *store) want(who id.ID, excluded, when string) {
	s.Helper()
	if l := s.lead(who); l.Excluded != excluded {
		s.Errorf("%s, %s: excluded %q, want %q", l.Email, when, l.Excluded, excluded)
	}
}

func (s *store) enter(f lead.Fields) id.ID { s.Helper(); return s.upsert(lead.Options{}, f)[0].Lead }

func conforming(t *testing.T, test func(s *store)) {
	engines(t, func(s *store) {
		act.Handle(s.door, lead.OnSetting)
		test(s)
	})
}

func text(s string) *string { return &s }

// Our own people are no leads, those who are there and those who come, through every way in; off the
// list they are leads again, but for whom a person has excluded.
func TestOwnDomainsAreObeyed(t *testing.T) { // P19
	conforming(t, func(s *store) {
		there := s.enter(lead.Fields{Email: "suzuki@aozora.co.jp", Name: "鈴木 一郎"})
		branch := s.enter(lead.Fields{Email: "ito@osaka.aozora.co.jp"})
		other := s.enter(lead.Fields{Email: "sato@acme.co.jp"})
		byHand := s.enter(lead.Fields{Email: "abe@aozora.co.jp", Excluded: lead.ExcludedOwn})
		student := s.enter(lead.Fields{Email: "ueda@aozora.co.jp", Excluded: lead.ExcludedStudent})

		s.set("own_domains", []string{"aozora.co.jp", "gmail.com"})
		if got := s.conforming(); got.State != job.Done || got.Done != 5 || got.Total != 5 {
			t.Errorf("progress: %+v", got)
		}
		came := s.enter(lead.Fields{Email: "kato@aozora.co.jp"})
		identified := s.resolve(lead.Asked{Email: "mori@aozora.co.jp", Visitor: "v1"})[0].Lead
		moved := s.enter(lead.Fields{Email: "ono@gmail.com"})
		s.want(moved, "", "a free mailer on the list is nobody's own")
		if err := s.door.Run(s.ctx, act.Product, &lead.Change{ID: moved, Email: text("ono@aozora.co.jp")}); err != nil {
			t.Fatal(err)
		}
		ours := []id.ID{there, branch, byHand, came, identified, moved}
		for _, who := range ours {
			s.want(who, lead.ExcludedOwn, "listed")
		}
		s.want(other, "", "listed")
		s.want(student, lead.ExcludedStudent, "listed")

		if err := s.door.Run(s.ctx, act.Product, &lead.Change{ID: came, Excluded: text("")}); err != nil {
			t.Fatal(err)
		}
		s.set("own_domains", []string{"aozora.co.jp", "midori.co.jp"})
		s.want(came, "", "taken in by hand")

		s.set("own_domains", []string{})
		for _, who := range []id.ID{there, branch, came, identified, moved} {
			s.want(who, "", "off the list")
		}
		s.want(byHand, lead.ExcludedOwn, "off the list, by hand")
		s.want(student, lead.ExcludedStudent, "off the list")
	})
}

// Companies of a competitor's domain bear the mark of the company page, and their people follow.
func TestCompetitorDomainsAreObeyed(t *testing.T) { // P19
	conforming(t, func(s *store) {
		there := s.enter(lead.Fields{Email: "kuro@kuro.co.jp", Company: company.Fields{Name: "株式会社クロ"}})
		colleague := s.enter(lead.Fields{Name: "白井 花", Company: company.Fields{Name: "株式会社クロ"}})
		byHand := s.enter(lead.Fields{Email: "a@aka.co.jp"})
		person := s.enter(lead.Fields{Email: "b@kuro.co.jp", Excluded: lead.ExcludedCompetitor})
		yes, no := true, false
		mark := func(who id.ID, to *bool) {
			if err := s.door.Run(s.ctx, act.Product, &company.Change{ID: s.companyOf(who).ID, Competitor: to}); err != nil {
				t.Fatal(err)
			}
		}
		mark(byHand, &yes)

		s.set("competitors", []string{"aka.co.jp", "jp.ao.example", "kuro.co.jp", "sub.midori.co.jp"})
		came := s.resolve(lead.Asked{Email: "x@ao.example"}, lead.Asked{Email: "y@midori.co.jp"})
		all := []id.ID{there, colleague, byHand, person, came[0].Lead, came[1].Lead}
		for _, who := range all {
			s.want(who, lead.ExcludedCompetitor, "listed")
		}
		if c := s.companyOf(there); !c.Competitor || !c.Listed {
			t.Errorf("%+v", c)
		}
		mark(came[0].Lead, &no)
		s.set("competitors", []string{"aka.co.jp", "ao.example", "kuro.co.jp"})
		s.want(came[0].Lead, "", "taken in by hand")
		s.want(came[1].Lead, "", "off the list")

		s.set("competitors", []string{})
		s.want(there, "", "off the list")
		s.want(colleague, "", "off the list")
		s.want(byHand, lead.ExcludedCompetitor, "off the list, the company marked by hand")
		s.want(person, lead.ExcludedCompetitor, "off the list, the person excluded by hand")
		mark(byHand, &no)
		s.want(byHand, "", "unmarked by hand")
	})
}

// A company that learns a competitor's domain becomes one, with the people who were there before.
func TestACompanyThatLearnsARivalsDomain(t *testing.T) { // P19
	conforming(t, func(s *store) {
		s.set("competitors", []string{"kuro.co.jp"})
		there := s.enter(lead.Fields{Name: "白井 花", Company: company.Fields{Name: "株式会社クロ"}})
		s.want(there, "", "nothing is known yet")
		s.enter(lead.Fields{Email: "kuro@kuro.co.jp", Company: company.Fields{Name: "株式会社クロ"}})
		s.want(there, lead.ExcludedCompetitor, "the domain is known")
	})
}

func TestFreeMailersOfTheTeam(t *testing.T) { // P03
	conforming(t, func(s *store) {
		alone := s.enter(lead.Fields{Email: "a@jimoto-net.example", Name: "山田 太郎"})
		named := s.enter(lead.Fields{Email: "b@machi-net.example", Company: company.Fields{Name: "山田商店", Number: "7000012050002"}})
		was := s.companyOf(alone)
		s.set("free_mail", []string{"jimoto-net.example", "machi-net.example"})
		if l := s.lead(alone); l.CorporateMail || l.Company != 0 {
			t.Errorf("still at a company: %+v", l)
		}
		if l := s.lead(named); l.CorporateMail || l.CompanyName != "山田商店" {
			t.Errorf("a company known by its name: %+v", l)
		}
		if came := s.lead(s.resolve(lead.Asked{Email: "c@jimoto-net.example"})[0].Lead); came.CorporateMail || came.Company != 0 {
			t.Errorf("who came: %+v", came)
		}
		s.set("free_mail", []string{})
		if l := s.lead(alone); !l.CorporateMail || l.Company != was.ID {
			t.Errorf("not back: %+v, want company %v", l, was.ID)
		}
	})
}

func TestTitlesOfTheTeam(t *testing.T) { // E09
	conforming(t, func(s *store) {
		there := s.enter(lead.Fields{Email: "a@acme.co.jp", Title: "エバンジェリスト"})
		both := s.enter(lead.Fields{Email: "b@acme.co.jp", Title: "課長 兼 ｴﾊﾞﾝｼﾞｪﾘｽﾄ"})
		byHand := s.enter(lead.Fields{Email: "c@acme.co.jp", Title: "エバンジェリスト"})
		three := 3
		if err := s.door.Run(s.ctx, act.Product, &lead.Change{ID: byHand, Rank: &three}); err != nil {
			t.Fatal(err)
		}
		want := func(who id.ID, rank int, when string) {
			t.Helper()
			if l := s.lead(who); l.Rank != rank {
				t.Errorf("%s %s, %s: %d, want %d", l.Email, l.Title, when, l.Rank, rank)
			}
		}
		s.set("title_ranks", setting.Titles{{Title: "エバンジェリスト", Rank: 5}, {Title: "ＣＦＯ", Rank: 1}})
		came := s.enter(lead.Fields{Email: "d@acme.co.jp", Title: "cfo"})
		for who, rank := range map[id.ID]int{there: 5, both: 5, byHand: 3, came: 1} {
			want(who, rank, "with the table")
		}
		s.set("title_ranks", setting.Titles{})
		for who, rank := range map[id.ID]int{there: 1, both: 3, byHand: 3, came: 7} {
			want(who, rank, "without")
		}
		if err := s.door.Run(s.ctx, act.Product, &lead.Change{ID: byHand, Title: text("部長")}); err != nil {
			t.Fatal(err)
		}
		want(byHand, 5, "another title tells the rank again")
	})
}

func TestMergeKeepsWhyALeadIsExcluded(t *testing.T) {
	conforming(t, func(s *store) {
		s.set("own_domains", []string{"aozora.co.jp"})
		winner, loser := s.enter(lead.Fields{Email: "a@acme.co.jp"}), s.enter(lead.Fields{Email: "b@aozora.co.jp"})
		if err := s.door.Run(s.ctx, act.Product, &lead.Merge{Winner: winner, Loser: loser}); err != nil {
			t.Fatal(err)
		}
		s.want(winner, lead.ExcludedOwn, "merged")
		if err := s.door.Run(s.ctx, act.Product, &lead.Unmerge{Loser: loser}); err != nil {
			t.Fatal(err)
		}
		s.want(winner, "", "two again")
		s.want(loser, lead.ExcludedOwn, "two again")
	})
}

// Settings that say nothing of leads cause no walk.
func TestOtherSettingsCauseNoWalk(t *testing.T) {
	conforming(t, func(s *store) {
		s.set("handover_days", 3)
		s.read(func(tx *db.Tx) error {
			if _, err := lead.Conforming(s.ctx, tx); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			return nil
		})
	})
}
