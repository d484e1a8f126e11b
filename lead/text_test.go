package lead_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// naughty is the big list of naughty strings; without it the test is skipped.
func naughty(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "blns", "blns.json"))
	if err != nil {
		t.Skipf("no list of naughty strings beside the repository: %v", err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return append(list, "a\x00b", "\xff\xfe", "\xed\xa0\x80", "\ufeff名前", "a\u2028b", "{sqlite:x}{postgres:y}")
}

// Every text passes every field; what is stored is what Tidy says, and brings the same people again.
func TestNaughtyTextsPassAllFields(t *testing.T) {
	list := naughty(t)
	engines(t, func(s *store) {
		var people []lead.Fields
		for _, text := range list {
			people = append(people, lead.Fields{
				User: "u" + text, Email: text, Emails: []string{text + "@acme.example"}, Name: text, LastName: text, FirstName: text, Kana: text,
				Phone: text, Mobile: text, Phones: []string{text}, Department: text, Title: text, Postal: text, Prefecture: text,
				Address: text, Source: text, Excluded: text, Tags: []string{text, text + ","}, Props: map[string]string{text: text, "p": text},
				Company: company.Fields{Name: text, Number: text, Domain: text, Phone: text, Postal: text, Address: text, URL: text, Industry: text, Size: text},
			})
		}
		results := s.upsert(lead.Options{}, people...)
		for i, r := range results {
			if l := s.lead(r.Lead); r.Action == lead.Made && (l.Department != company.Tidy(list[i]) || l.Props["p"] != company.Tidy(list[i])) {
				s.Errorf("%q became %q", list[i], l.Department)
			}
			s.search(list[i])
		}
		s.upsert(lead.Options{Overwrite: true}, people...)
		s.resolveNaughty(list)
		for _, text := range list {
			s.run(&lead.Change{ID: results[0].Lead, FullName: &text, Title: &text, Props: map[string]string{text: text}, Company: &company.Fields{Name: text}})
			s.read(func(tx *db.Tx) error {
				_, err := company.List(s.ctx, tx, company.Query{Search: text, Limit: 10})
				return err
			})
		}
	})
}

func (s *store) resolveNaughty(list []string) {
	var asked []lead.Asked
	for _, text := range list {
		asked = append(asked, lead.Asked{User: text, Visitor: text, Email: text})
	}
	first, again := s.resolve(asked...), s.resolve(asked...)
	for i := range first {
		if (first[i].Err == nil) != (again[i].Err == nil) || first[i].Who != again[i].Who {
			s.Errorf("%q: %+v, then %+v", list[i], first[i], again[i])
		}
	}
}

// Two Japanese characters find names, companies and titles; and so do an address and a number.
func TestSearchFindsTwoCharacters(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{},
			lead.Fields{Email: "taro@sakura.example", Name: "田中 太郎", Kana: "たなか たろう", Title: "購買部長", Company: company.Fields{Name: "さくら工業株式会社"}},
			lead.Fields{Email: "jiro@umeda.example", Name: "中田 次郎", Phone: "06-1234-5678", Company: company.Fields{Name: "㈱梅田商事"}},
		)
		for query, want := range map[string]int{
			"田中": 0, "中田": 1, "タナカ": 0, "さくら": 0, "サクラ工業": 0, "購買": 0, "umeda": 1, "1234": 1, "梅田 次郎": 1, "JIRO": 1,
		} {
			if found := s.search(query); len(found) != 1 || found[0].ID != r[want].Lead {
				s.Errorf("%q finds %d leads", query, len(found))
			}
		}
		for _, query := range []string{"田郎", "梅田 太郎", "無い人"} {
			if found := s.search(query); len(found) != 0 {
				s.Errorf("%q finds %v", query, found[0].Name)
			}
		}
		if all := s.search(""); len(all) != 2 || all[0].ID != r[1].Lead {
			s.Errorf("an empty query finds %d", len(all))
		}
		name := "山本 太郎"
		s.run(&lead.Change{ID: r[0].Lead, FullName: &name})
		if len(s.search("田中")) != 0 || len(s.search("山本")) != 1 {
			s.Error("not found by the new name alone")
		}
		s.run(&lead.Merge{Winner: r[0].Lead, Loser: r[1].Lead})
		if len(s.search("次郎")) != 0 || len(s.search("太郎")) != 1 {
			s.Error("a lead that was merged away is found")
		}
		s.run(&lead.Unmerge{Loser: r[1].Lead})
		if len(s.search("次郎")) != 1 {
			s.Error("a lead that came back is not found")
		}
	})
}

func TestSearchPages(t *testing.T) {
	engines(t, func(s *store) {
		s.upsert(lead.Options{}, cards(0, 60)...)
		var all []string
		var after id.ID
		for pages := 0; pages < 20; pages++ {
			s.read(func(tx *db.Tx) error {
				page, err := lead.Search(s.ctx, tx, "営業", after, 7)
				after = 0
				for _, l := range page {
					all, after = append(all, l.Email), l.ID
				}
				return err
			})
			if len(all)%7 != 0 || after == 0 {
				break
			}
		}
		slices.Sort(all)
		if len(all) != 60 || len(slices.Compact(all)) != 60 {
			s.Errorf("%d leads on all pages", len(all))
		}
	})
}
