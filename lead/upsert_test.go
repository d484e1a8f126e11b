package lead_test

import (
	"testing"

	"kizashi/company"
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

func TestVisitorJoins(t *testing.T) {
	engines(t, func(s *store) {
		r := s.resolve(lead.Asked{Visitor: "v1"}, lead.Asked{Visitor: "v1", Email: "a@acme.example"}, lead.Asked{Visitor: "v2"})
		if r[0].Anonymous || r[0].Lead != r[1].Lead || !r[1].Made || !r[2].Anonymous || r[0].Who == r[1].Who {
			s.Fatalf("%+v", r)
		}
		again := s.resolve(lead.Asked{Visitor: "v1"}, lead.Asked{Visitor: "v2"})
		if again[0].Lead != r[0].Lead || again[0].Who != r[0].Who || again[1].Lead != r[2].Lead {
			s.Fatalf("%+v %+v", r, again)
		}
	})
}
