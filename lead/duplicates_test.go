package lead_test

import (
	"slices"
	"testing"

	"kizashi/company"
	"kizashi/db"
	"kizashi/lead"
)

func (s *store) pairsSuggested() (list []string) {
	s.Helper()
	s.read(func(tx *db.Tx) error {
		found, err := lead.Duplicates(s.ctx, tx, "", 50)
		for _, d := range found {
			list = append(list, d.A.Name+" "+d.B.Name+" "+d.Why)
		}
		slices.Sort(list)
		return err
	})
	return list
}

// Readings in one company and a new job are suggested, once decided never again.
func TestReadingsAndNewJobsAreSuggested(t *testing.T) {
	engines(t, func(s *store) {
		first := company.Fields{Name: "朝凪製作所", Domain: "asanagi.example"}
		r := s.upsert(lead.Options{},
			lead.Fields{Email: "w@asanagi.example", Name: "渡部 純子", Kana: "ワタナベ ジュンコ", Company: first},
			lead.Fields{Email: "s@asanagi.example", Name: "鈴木 花", Kana: "スズキ", Mobile: "090-1111-2222", Company: first})
		again := []lead.Fields{
			{Email: "w2@asanagi.example", Name: "渡邊 純子", Kana: "わたなべ　じゅんこ", Company: first},
			{Email: "s2@asanagi.example", Name: "薄井 花", Kana: "スズキ", Company: first}, // a family's reading alone says nothing
			{Email: "h@yunagi.example", Name: "鈴木花", Mobile: "09011112222", Company: company.Fields{Name: "夕凪物流"}},
		}
		more := s.upsert(lead.Options{}, again...)
		want := []string{"渡部 純子 渡邊 純子 kana", "鈴木 花 鈴木花 moved"}
		if got := s.pairsSuggested(); !slices.Equal(got, want) {
			s.Errorf("%q, want %q", got, want)
		}
		s.run(&lead.KeepApart{A: more[0].Lead, B: r[0].Lead})
		s.run(&lead.Merge{Winner: more[2].Lead, Loser: r[1].Lead})
		s.upsert(lead.Options{Overwrite: true}, again...)
		if got := s.pairsSuggested(); len(got) != 0 {
			s.Errorf("suggested again: %q", got)
		}
	})
}

// In one and the same call, too.
func TestReadingsOfOneFile(t *testing.T) {
	s := open(t, t.TempDir()+"/kizashi.db")
	at := company.Fields{Name: "朝凪製作所", Domain: "asanagi.example"}
	s.upsert(lead.Options{},
		lead.Fields{Email: "w@asanagi.example", Name: "渡部 純子", Kana: "ワタナベ ジュンコ", Company: at},
		lead.Fields{Email: "w2@asanagi.example", Name: "渡邊 純子", Kana: "ワタナベ ジユンコ", Company: at})
	if got := s.pairsSuggested(); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
