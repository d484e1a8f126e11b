package fold_test

import (
	"fmt"
	"testing"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/report"
)

// first are the first of Today as the page, the API and the command line show them.
func (h *house) first(n int) (leads []id.ID) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
		items, err := report.Today(h.Context(), tx, h.Engine, report.TodayFilter{Limit: n}, i18n.Japanese)
		for _, it := range items {
			leads = append(leads, it.Lead.ID)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return leads
}

// Six hundred invented people with a quote request each, from one address or from as many, displace no genuine
// lead from the first fifty of Today; somebody vouches, and the person counts.
func TestInventedPeopleDisplaceNobody(t *testing.T) {
	for _, many := range []bool{false, true} {
		engines(t, func(t *testing.T, h *house) {
			for n := range 60 {
				h.put(event.Message{Email: fmt.Sprintf("g%d@acme.example", n), Kind: "quote_requested", Standing: lead.Confirmed})
			}
			h.pass(clock.Minute)
			before := h.first(50)
			if len(before) != 50 {
				t.Fatalf("%d on Today", len(before))
			}
			var invented []event.Message
			for n := range 600 {
				m := event.Message{Email: fmt.Sprintf("x%d@evil.example", n), Kind: "quote_requested", Door: 7, Address: "203.0.113.5"}
				if many {
					m.Address = fmt.Sprintf("203.0.%d.%d", n/250, n%250)
				}
				invented = append(invented, m)
			}
			answers := h.put(invented[:200]...)
			answers = append(answers, h.put(invented[200:]...)...)
			if after := h.first(50); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("the first fifty changed:\n%v\n%v", before, after)
			}
			h.clean()
			one := answers[599].Lead
			if h.lead(one).Unproven != lead.FromAFlood {
				t.Errorf("%+v", h.lead(one))
			}
			h.do(&lead.Confirm{ID: one})
			if after := h.first(50); after[0] != one {
				t.Error("a confirmed lead stays behind")
			}
			h.clean()
		})
	}
}

// A handful of visitors who give their address are no flood.
func TestFewNewPeopleAreNoFlood(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		for n := range 4 {
			who := h.put(event.Message{Email: fmt.Sprintf("v%d@acme.example", n), Kind: "quote_requested", Door: 7, Address: "203.0.113.5"})[0].Lead
			if h.lead(who).Unproven != lead.Unproven {
				t.Errorf("%+v", h.lead(who))
			}
		}
		h.clean()
	})
}
