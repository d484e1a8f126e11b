package lead_test

import (
	"slices"
	"testing"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

func TestUpsertFindsByMailAndFillsGaps(t *testing.T) {
	engines(t, func(s *store) {
		first := s.upsert(lead.Options{},
			lead.Fields{Email: "Tanaka@Sakura-Kogyo.example", Name: "田中 太郎", Company: company.Fields{Name: "株式会社さくら工業"}},
			lead.Fields{Email: "tanaka@sakura-kogyo.example", Title: "部長", Mobile: "090-1234-5678"},
			lead.Fields{Email: "suzuki@sakura-kogyo.example", Name: "鈴木 花子", Company: company.Fields{Name: "(株)さくら工業"}},
		)
		if first[0].Action != lead.Made || first[1].Action != lead.Merged || first[1].Lead != first[0].Lead || first[2].Action != lead.Made {
			s.Fatalf("%+v", first)
		}
		again := s.upsert(lead.Options{}, lead.Fields{Email: "tanaka@sakura-kogyo.example", Title: "課長"})
		if again[0].Action != lead.Same {
			s.Fatalf("%+v", again)
		}
		over := s.upsert(lead.Options{Overwrite: true}, lead.Fields{Email: "tanaka@sakura-kogyo.example", Title: "課長"})
		if over[0].Action != lead.Updated {
			s.Fatalf("%+v", over)
		}
	})
}

// The same people brought in twice change nothing, with and without addresses.
func TestTheSamePeopleTwiceChangeNothing(t *testing.T) {
	engines(t, func(s *store) {
		list := append(cards(0, 20),
			lead.Fields{Name: "名無 一郎", Phone: "03-1234-5678", Company: company.Fields{Name: "住所だけ商店"}},
			lead.Fields{Name: "名無 二郎", Title: "店長", Company: company.Fields{Name: "住所だけ商店"}},
			lead.Fields{Name: "個人 花子", Mobile: "090-9999-8888"},
		)
		first := s.upsert(lead.Options{}, list...)
		again := s.upsert(lead.Options{}, list...)
		for i := range list {
			if first[i].Action != lead.Made || again[i].Action != lead.Same || first[i].Lead != again[i].Lead {
				s.Errorf("%+v: %+v %+v", list[i], first[i], again[i])
			}
		}
	})
}

func TestAlikeIsSuggestedNeverMerged(t *testing.T) {
	engines(t, func(s *store) {
		sakura := company.Fields{Name: "株式会社さくら"}
		r := s.upsert(lead.Options{},
			lead.Fields{Email: "t1@sakura.example", Name: "高橋 健", Company: sakura, Mobile: "090-1111-2222"},
			lead.Fields{Email: "t2@sakura.example", Name: "髙橋　健", Company: sakura},
			lead.Fields{Email: "ken@gmail.com", Name: "高橋", Mobile: "+81 90 1111 2222"},
		)
		if r[0].Lead == r[1].Lead || r[0].Lead == r[2].Lead {
			s.Fatalf("%+v", r)
		}
		s.suggested(r[0].Lead, r[1].Lead, lead.WhyName)
		s.suggested(r[0].Lead, r[2].Lead, lead.WhyMobile)
		later := s.upsert(lead.Options{}, lead.Fields{Email: "t3@sakura.example", Name: "高橋健", Company: sakura})
		s.suggested(r[0].Lead, later[0].Lead, lead.WhyName)
	})
}

func TestRowsThatNameTwoLeadsAreSuggested(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{}, lead.Fields{Email: "a@acme.example"}, lead.Fields{User: "u"}, lead.Fields{Email: "a@acme.example", User: "u"})
		if r[2].Lead != r[0].Lead {
			s.Fatalf("%+v", r)
		}
		s.suggested(r[0].Lead, r[1].Lead, lead.WhyIdentity)
	})
}

func TestUndoTakesBackWhatCameIn(t *testing.T) {
	engines(t, func(s *store) {
		old := s.upsert(lead.Options{}, lead.Fields{Email: "old@acme.example", Name: "旧 太郎", Tags: []string{"顧客"}})[0].Lead
		was := *s.lead(old)
		came := s.upsert(lead.Options{},
			lead.Fields{Email: "old@acme.example", Title: "部長", Phone: "03-1234-5678", Emails: []string{"old2@acme.example"}, Tags: []string{"展示会"}},
			lead.Fields{Email: "new@fresh.example", Name: "新 花子", Company: company.Fields{Name: "株式会社新"}},
			lead.Fields{Email: "new@fresh.example", Title: "課長"},
			lead.Fields{Email: "kept@fresh.example", Name: "残 次郎"},
		)
		visit := s.event(s.one(lead.Asked{Visitor: "v", Email: "new@fresh.example"}))
		page := s.event(s.one(lead.Asked{Visitor: "v"}))
		title := "社長"
		s.run(&lead.Change{ID: came[3].Lead, Title: &title})
		s.run(&lead.Change{ID: old, Title: &title})
		if kept := s.undo(came); !slices.Equal(kept, []id.ID{came[3].Lead}) {
			s.Errorf("kept %v", kept)
		}
		is := *s.lead(old)
		was.Title, was.Rank, was.UpdatedAt = "社長", is.Rank, is.UpdatedAt // changed since: stays
		if is.Phone != was.Phone || is.Email != was.Email || is.Title != was.Title || !slices.Equal(is.Tags, was.Tags) {
			s.Errorf("was %+v\nis %+v", was, is)
		}
		if gone := s.lead(came[1].Lead); gone.Gone != lead.GoneDeleted || gone.Name != "" || gone.Company != 0 {
			s.Errorf("%+v", gone)
		}
		if s.ownerOf(visit) == came[1].Lead || s.ownerOf(page) == came[1].Lead {
			s.Error("what the visitor did still stands under the emptied lead")
		}
		// The visitor is anonymous again; brought in anew, the person is new and gets its history.
		again := s.upsert(lead.Options{}, lead.Fields{Email: "new@fresh.example", Name: "正 花子"})[0]
		if again.Action != lead.Made || s.ownerOf(visit) != again.Lead || s.lead(again.Lead).Name != "正 花子" {
			s.Errorf("%+v, visit is %v's", again, s.ownerOf(visit))
		}
	})
}

// undo takes results back, the last first.
func (s *store) undo(results []lead.Result) (kept []id.ID) {
	s.Helper()
	var list []lead.Undone
	for _, r := range slices.Backward(results) {
		if r.Action != lead.Same {
			list = append(list, lead.Undone{Lead: r.Lead, Before: r.Before})
		}
	}
	s.write(func(tx *db.Tx) (err error) {
		kept, err = lead.Undo(s.ctx, tx, list)
		return err
	})
	return kept
}

func TestDeletedLeadComesBackWhenBroughtInAgain(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{}, lead.Fields{Email: "a@acme.example", Name: "消田 戻子"})[0]
		s.run(&lead.Delete{ID: r.Lead})
		if s.lead(r.Lead).Gone != lead.GoneDeleted || len(s.search("消田")) != 0 {
			s.Error("not deleted")
		}
		s.refuse(&lead.Change{ID: r.Lead}, "lead.is_deleted")
		if again := s.upsert(lead.Options{}, lead.Fields{Email: "a@acme.example"})[0]; again.Lead != r.Lead || again.Action != lead.Made {
			s.Errorf("%+v", again)
		}
		s.run(&lead.Delete{ID: r.Lead})
		s.run(&lead.Restore{ID: r.Lead})
		if s.lead(r.Lead).Gone != "" || len(s.search("消田")) != 1 {
			s.Error("not restored")
		}
	})
}
