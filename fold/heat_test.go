package fold_test

import (
	"slices"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
)

// measured is the heat of companies as lists show it, by name.
func (h *house) measured() map[string]company.Heat {
	h.Helper()
	found := map[string]company.Heat{}
	err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
		list, err := company.List(h.Context(), tx, company.Query{Limit: 100})
		for _, c := range list {
			found[c.Name] = c.Heat
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return found
}

// run carries out a command as the product.
func (h *house) run(c act.Command) {
	h.Helper()
	if err := h.Door.Run(h.Context(), act.Product, c); err != nil {
		h.Fatalf("%s: %v", c.Name(), err)
	}
}

// begin sets the clock ahead of the real one: opening the house made ids of that, and the log is read in
// the order of ids.
func (h *house) begin() { h.pass(time.Now().UnixMilli() + clock.Hour - h.now) }

// ranked are the names of companies in an order, read page by page.
func (h *house) ranked(sort string) (names []string) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
		for after := id.ID(0); ; {
			list, err := company.List(h.Context(), tx, company.Query{Sort: sort, After: after, Limit: 1})
			if err != nil || len(list) == 0 {
				return err
			}
			names, after = append(names, list[0].Name), list[0].ID
		}
	})
	if err != nil {
		h.Fatal(err)
	}
	return names
}

func works(mail, company, title string) event.Message {
	return event.Message{Email: mail, Kind: "page_view", Traits: map[string]string{"name": mail, "company": company, "title": title}}
}

// X14: a company is as hot as its people are, each up to a cap; lists can be sorted by it, it follows
// what people do, who comes and goes, merges and the time.
func TestHeatOfCompanies(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.begin()
		quote := func(m event.Message) event.Message { m.Kind = "quote_requested"; return m }
		a := h.put(
			quote(works("a@aozora.example", "青空製作所", "部長")), quote(works("b@aozora.example", "青空製作所", "課長")),
			quote(works("c@midori.example", "みどり物流", "担当")),
			works("d@hikari.example", "ひかり設計", "担当"), works("e@hikari.example", "ひかり設計", "担当"), works("f@hikari.example", "ひかり設計", "担当"),
		)
		h.pass(clock.Minute)
		heat := h.measured()
		if got := heat["青空製作所"]; got.Points != 50 || got.People != 2 || got.Engaged != 2 || got.Hot != 2 ||
			got.Roles != company.Decider|company.Manager || got.LastAt != h.now-clock.Minute {
			t.Errorf("two eager people: %+v", got)
		}
		if got := heat["みどり物流"]; got.Points != 25 || got.Roles != company.Staff {
			t.Errorf("one eager person counts more than the cap: %+v", got)
		}
		if got := h.ranked("heat"); !slices.Equal(got, []string{"青空製作所", "みどり物流", "ひかり設計"}) {
			t.Errorf("by heat: %v", got)
		}
		if got := h.ranked("people"); !slices.Equal(got, []string{"ひかり設計", "青空製作所", "みどり物流"}) {
			t.Errorf("by people: %v", got)
		}
		if got := h.ranked("name"); !slices.Equal(got, []string{"ひかり設計", "みどり物流", "青空製作所"}) {
			t.Errorf("by name: %v", got)
		}

		h.run(&lead.Change{ID: a[1].Lead, Company: &company.Fields{Name: "みどり物流"}})
		h.pass(clock.Minute)
		if heat = h.measured(); heat["青空製作所"].People != 1 || heat["みどり物流"].Points != 50 {
			t.Errorf("somebody changed the company: %+v", heat)
		}
		h.put(event.Message{Email: "d@hikari.example", Kind: "quote_requested"})
		h.pass(clock.Minute)
		if heat = h.measured(); heat["ひかり設計"].Engaged != 1 {
			t.Errorf("somebody did something: %+v", heat["ひかり設計"])
		}
		h.pass(90 * clock.Day)
		if was := heat["青空製作所"].Points; h.measured()["青空製作所"].Points >= was {
			t.Errorf("time did not cool it down from %d", was)
		}
	})
}

// The people of a merged company count for the one it is now, and go back.
func TestHeatFollowsMerges(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.begin()
		h.put(works("a@aozora.example", "青空製作所", "部長"), works("b@aozora-tokyo.example", "青空製作所東京支店", "部長"))
		h.pass(clock.Minute)
		numbers := map[string]id.ID{}
		err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			list, err := company.List(t.Context(), tx, company.Query{Limit: 9})
			for _, c := range list {
				numbers[c.Name] = c.ID
			}
			return err
		})
		if err != nil || len(numbers) != 2 {
			t.Fatal(err, numbers)
		}
		h.run(&company.Merge{Winner: numbers["青空製作所"], Loser: numbers["青空製作所東京支店"]})
		h.pass(clock.Minute)
		if got := h.measured()["青空製作所"]; got.People != 2 {
			t.Errorf("merged: %+v", got)
		}
		h.run(&company.Unmerge{Loser: numbers["青空製作所東京支店"]})
		h.pass(clock.Minute)
		if got := h.measured(); got["青空製作所"].People != 1 || got["青空製作所東京支店"].People != 1 {
			t.Errorf("taken back: %+v", got)
		}
	})
}

// A target list is made of many companies at once, and as it was again.
func TestTiers(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(works("a@aozora.example", "青空製作所", "部長"), works("b@midori.example", "みどり物流", "部長"))
		tiers := map[id.ID]int{}
		err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			list, err := company.List(t.Context(), tx, company.Query{Limit: 9})
			for _, c := range list {
				tiers[c.ID] = 1
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		set := &company.SetTiers{Tiers: tiers}
		h.run(set)
		if len(set.Was) != 2 {
			t.Errorf("%d changed", len(set.Was))
		}
		again := &company.SetTiers{Tiers: tiers}
		if h.run(again); len(again.Was) != 0 {
			t.Errorf("nothing was to be done, and %d changed", len(again.Was))
		}
		back := &company.SetTiers{Tiers: set.Was}
		if h.run(back); len(back.Was) != 2 {
			t.Errorf("%d were taken back", len(back.Was))
		}
		for _, wrong := range []company.SetTiers{{}, {Tiers: map[id.ID]int{1: 4}}} {
			if err := h.Door.Run(t.Context(), act.Product, &wrong); err == nil {
				t.Errorf("%v was taken", wrong.Tiers)
			}
		}
	})
}
