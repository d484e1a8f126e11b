package lead_test

import (
	"fmt"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// all is what companies and their people are, as text, without the times of changes.
func (s *store) all() string {
	s.Helper()
	var b strings.Builder
	for _, q := range []string{
		`SELECT name || '/' || number || '/' || domain || '/' || phone || '/' || CAST(size AS TEXT) || '/' || CAST(tier AS TEXT) || '/'
			|| CAST(competitor AS TEXT) || '/' || CAST(merged_into AS TEXT) FROM company ORDER BY id`,
		`SELECT domain || ' ' || CAST(company AS TEXT) FROM company_domain ORDER BY domain`,
		`SELECT name || ' ' || CAST(company AS TEXT) || ' ' || excluded FROM lead ORDER BY id`,
	} {
		s.read(func(tx *db.Tx) error {
			return tx.Each(s.ctx, q, nil, func(scan func(...any) error) error {
				var row string
				err := scan(&row)
				fmt.Fprintln(&b, row)
				return err
			})
		})
	}
	return b.String()
}

func (s *store) companyOf(who id.ID) (c *company.Company) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		l, err := lead.ByID(s.ctx, tx, who)
		if err == nil {
			c, err = company.ByID(s.ctx, tx, l.Company)
		}
		return err
	})
	return c
}

func (s *store) companies(q company.Query) (names []string) {
	s.Helper()
	q.Limit = 10
	s.read(func(tx *db.Tx) error {
		list, err := company.List(s.ctx, tx, q)
		for _, c := range list {
			names = append(names, c.Name)
		}
		return err
	})
	return names
}

// X04 for companies: merged, both are one for people, domains and what is written under either name;
// unmerged, all is as it was.
func TestCompaniesMergeAndComeApart(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{},
			lead.Fields{Email: "a@aobane.example", Name: "青木 一", Company: company.Fields{Name: "アオバネ精機株式会社", Size: "120"}},
			lead.Fields{Email: "b@aobane-group.example", Name: "馬場 二", Company: company.Fields{Name: "アオバネグループ", Phone: "03-1234-5678"}},
			lead.Fields{Email: "c@other.example", Name: "近田 三", Company: company.Fields{Name: "無関係商事"}})
		winner, loser := s.companyOf(r[0].Lead), s.companyOf(r[1].Lead)
		tier, yes := 2, true
		s.run(&company.Change{ID: loser.ID, Tier: &tier, Competitor: &yes})
		before := s.all()
		s.run(&company.Merge{Winner: winner.ID, Loser: loser.ID})
		got := s.companyOf(r[1].Lead)
		if got.ID != winner.ID || got.Phone != "0312345678" || got.Tier != 2 || !got.Competitor || got.Size != 120 {
			s.Errorf("%+v", got)
		}
		if !strings.Contains(s.all(), "青木 一 "+fmt.Sprint(int64(winner.ID))+" competitor") {
			s.Errorf("a competitor's people are leads:\n%s", s.all())
		}
		later := s.upsert(lead.Options{}, lead.Fields{Name: "後藤 四", Phone: "03-1234-5678", Company: company.Fields{Name: "アオバネグループ"}})
		if c := s.companyOf(later[0].Lead); c.ID != winner.ID {
			s.Errorf("the name of the loser means %s", c.Name)
		}
		if names := s.companies(company.Query{Search: "アオバネグループ"}); len(names) != 1 || names[0] != winner.Name {
			s.Errorf("found %q", names)
		}
		err := s.door.Run(s.ctx, act.Product, &company.Merge{Winner: loser.ID, Loser: winner.ID})
		if fault.KindOf(err) != fault.Conflict {
			s.Error(err)
		}
		s.run(&lead.Delete{ID: later[0].Lead})
		s.write(func(tx *db.Tx) error {
			_, err := tx.Exec(s.ctx, `DELETE FROM lead WHERE id = $1`, later[0].Lead)
			return err
		})
		s.run(&company.Unmerge{Loser: loser.ID})
		if after := s.all(); after != before {
			s.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		if err := s.door.Run(s.ctx, act.Product, &company.Unmerge{Loser: loser.ID}); fault.KindOf(err) != fault.Conflict {
			s.Error(err)
		}
	})
}

func TestCompaniesAreFoundByPartsOfTheirNames(t *testing.T) {
	engines(t, func(s *store) {
		s.upsert(lead.Options{},
			lead.Fields{Email: "a@asanagi.example", Name: "一", Company: company.Fields{Name: "株式会社朝凪製作所"}},
			lead.Fields{Email: "b@yunagi.example", Name: "二", Company: company.Fields{Name: "夕凪物流", Number: "7000012050002"}},
			lead.Fields{Email: "c@acme.example", Name: "三", Company: company.Fields{Name: "ACME Holdings"}})
		for search, want := range map[string]string{
			"凪製": "株式会社朝凪製作所", "朝": "株式会社朝凪製作所", "物流": "夕凪物流", "ａｃｍｅ": "ACME Holdings", "7000012050002": "夕凪物流",
			"yunagi.example": "夕凪物流", "製凪": "", "%": "", `"`: "", "": "ACME Holdings 夕凪物流 株式会社朝凪製作所",
		} {
			if got := strings.Join(s.companies(company.Query{Search: search}), " "); got != want {
				s.Errorf("%q finds %q, want %q", search, got, want)
			}
		}
		if got := s.companies(company.Query{Tier: -1}); len(got) != 0 {
			s.Errorf("no tier was given: %q", got)
		}
	})
}
