package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/testkit"
)

// house is a database with leads.
type house struct {
	*testing.T
	door   *act.Door
	engine *fold.Engine
}

// engines runs a test on both databases, with count leads of few names in few companies, of whom every
// third did something.
func engines(t *testing.T, count int, test func(h *house)) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		h := &house{t, act.NewDoor(d), nil}
		h.engine = fold.NewEngine(h.door)
		h.engine.Wire()
		h.write(func(tx *db.Tx) error { return score.EnsureDefault(t.Context(), tx) })
		h.fill(count)
		test(h)
	})
}

func (h *house) write(f func(*db.Tx) error) {
	h.Helper()
	if err := h.door.Write(h.Context(), f); err != nil {
		h.Fatal(err)
	}
}

func (h *house) read(f func(*db.Tx) error) {
	h.Helper()
	if err := h.door.DB.Read(h.Context(), f); err != nil {
		h.Fatal(err)
	}
}

var (
	families = []string{"田中", "中田", "山田", "田山", "小林", "林"}
	kinds    = []string{"quote_requested", "page_view", "seminar_attended", "newsletter_subscribed"}
)

func (h *house) fill(count int) {
	var messages []event.Message
	h.write(func(tx *db.Tx) error {
		people := make([]lead.Fields, count)
		for i := range people {
			people[i] = lead.Fields{
				Email: fmt.Sprintf("p%d@c%d.example", i, i%9), Name: families[i%len(families)] + " " + strings.Repeat("一", 1+i%4),
				Title: []string{"部長", "課長", "", "社長"}[i%4], Company: company.Fields{Name: fmt.Sprintf("会社%d", i%9)},
			}
		}
		made, err := lead.UpsertMany(h.Context(), tx, people, lead.Options{})
		for i, one := range made {
			if i%3 == 0 {
				messages = append(messages, event.Message{
					Lead: one.Lead, Kind: kinds[i/3%len(kinds)], At: tx.Now - int64(i%40)*clock.Day,
				})
			}
		}
		return err
	})
	intake := fold.NewIntake(h.engine)
	defer intake.Close()
	if _, err := intake.Put(h.Context(), messages); err != nil {
		h.Fatal(err)
	}
}

// all reads a list page by page.
func (h *house) all(q LeadQuery) []LeadRow {
	h.Helper()
	var list []LeadRow
	h.read(func(tx *db.Tx) error {
		for pages := 0; ; pages++ {
			page, err := Leads(h.Context(), tx, h.engine, q)
			if err != nil {
				return err
			}
			list = append(list, page.Leads...)
			if page.Next == "" {
				return nil
			}
			if pages > 1000 {
				h.Fatal("the list does not end")
			}
			q.After = page.Next
		}
	})
	return list
}

// whoDid are the leads with an event of a kind.
func (h *house) whoDid(kind string) map[id.ID]bool {
	did := map[id.ID]bool{}
	h.read(func(tx *db.Tx) error {
		return tx.Each(h.Context(), `SELECT e.lead FROM event e JOIN kind k ON k.id = e.kind WHERE k.name = $1`, []any{kind},
			func(scan func(...any) error) error {
				var who id.ID
				err := scan(&who)
				did[who] = true
				return err
			})
	})
	return did
}

func ids(list []LeadRow) []id.ID {
	all := make([]id.ID, len(list))
	for i, l := range list {
		all[i] = l.ID
	}
	return all
}

func parse(t *testing.T, text string) *rule.Rule {
	t.Helper()
	r, err := rule.Parse(score.Schema(), text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Page by page comes what comes at once, in every order, each lead once; turned round, the list is the
// same from the other end. A rule and a search leave out the others and nobody else.
func TestEveryOrderPageByPage(t *testing.T) {
	engines(t, 120, func(h *house) {
		h.own(5)
		people := h.all(LeadQuery{Limit: MaxLeads})
		asked := h.whoDid("quote_requested")
		questions := map[string]struct {
			query LeadQuery
			holds func(LeadRow) bool
		}{
			"everybody": {LeadQuery{}, func(LeadRow) bool { return true }},
			"rule": {LeadQuery{Rule: parse(h.T, `lead.temperature != "cold" || lead.title == "社長"`)},
				func(l LeadRow) bool { return l.Temperature != "cold" || l.Title == "社長" }},
			"events": {LeadQuery{Rule: parse(h.T, `count("quote_requested") >= 1`)}, func(l LeadRow) bool { return asked[l.ID] }},
			"search": {LeadQuery{Search: "田中"}, func(l LeadRow) bool { return strings.HasPrefix(l.Name, "田中") }},
			"both": {LeadQuery{Search: "田", Rule: parse(h.T, `lead.company == "会社3"`)},
				func(l LeadRow) bool { return strings.HasPrefix(l.Name, "田") && l.CompanyName == "会社3" }},
			"owner":  {LeadQuery{Owner: people[3].ID}, func(l LeadRow) bool { return l.Owner == people[3].ID }},
			"nobody": {LeadQuery{Rule: parse(h.T, `lead.stage == "won"`)}, func(LeadRow) bool { return false }},
			"signs":  {LeadQuery{Search: "!?"}, func(LeadRow) bool { return false }},
		}
		for name, one := range questions {
			h.counts(name, one.query, people, one.holds)
			want := 0
			for _, l := range people {
				if one.holds(l) {
					want++
				}
			}
			for _, sort := range LeadSorts {
				q := one.query
				q.Sort, q.Limit = sort, MaxLeads
				whole := h.all(q)
				q.Limit = 7
				paged := h.all(q)
				if !slices.Equal(ids(whole), ids(paged)) || len(paged) != want {
					h.Errorf("%s by %s: %d leads at once, %d page by page, want %d", name, sort, len(whole), len(paged), want)
				}
				for _, l := range paged {
					if !one.holds(l) {
						h.Errorf("%s by %s: %+v", name, sort, l)
					}
				}
				if turned, ok := strings.CutPrefix(sort, "-"); ok {
					q.Sort = turned
					back := ids(h.all(q))
					slices.Reverse(back)
					if !slices.Equal(back, ids(paged)) {
						h.Errorf("%s by %s is not the reverse of %s", name, sort, turned)
					}
				}
			}
		}
	})
}

// own gives every n-th lead to one owner: whoever has the id of a lead, as no account is needed here.
func (h *house) own(n int) {
	h.Helper()
	people := h.all(LeadQuery{Limit: MaxLeads})
	for i, l := range people {
		if i%n == 0 {
			if err := h.door.Run(h.Context(), act.Product, &lead.Change{ID: l.ID, Owner: &people[3].ID}); err != nil {
				h.Fatal(err)
			}
		}
	}
}

// counts checks that a question is counted as it is listed, up to a limit, and gives the same leads.
func (h *house) counts(name string, q LeadQuery, people []LeadRow, holds func(LeadRow) bool) {
	h.Helper()
	var want []id.ID
	for _, l := range people {
		if holds(l) {
			want = append(want, l.ID)
		}
	}
	h.read(func(tx *db.Tx) error {
		all, err := CountUpTo(h.Context(), tx, h.engine, q, MaxLeads)
		if err != nil {
			return err
		}
		few, err := CountUpTo(h.Context(), tx, h.engine, q, 3)
		if all != (Count{len(want), false}) || few != (Count{min(len(want), 3), len(want) > 3}) {
			h.Errorf("%s: counted %v and up to 3 %v, want %d", name, all, few, len(want))
		}
		if err != nil {
			return err
		}
		found, more, err := LeadIDs(h.Context(), tx, h.engine, q, 30)
		if !slices.Equal(found, want[:min(len(want), 30)]) || more != (len(want) > 30) {
			h.Errorf("%s: %d ids, more %v, want %d", name, len(found), more, len(want))
		}
		return err
	})
}

func TestOrdersMeanWhatTheySay(t *testing.T) {
	engines(t, 60, func(h *house) {
		for sort, compare := range map[string]func(a, b LeadRow) int{
			"-engagement": func(a, b LeadRow) int { return cmp.Compare(b.Engagement, a.Engagement) },
			"created":     func(a, b LeadRow) int { return cmp.Compare(a.ID, b.ID) },
		} {
			if list := h.all(LeadQuery{Sort: sort, Limit: 10}); !slices.IsSortedFunc(list, compare) {
				h.Errorf("%s is not in order", sort)
			}
		}
		var today []TodayItem
		h.read(func(tx *db.Tx) (err error) {
			today, err = Today(h.Context(), tx, h.engine, TodayFilter{Limit: MaxToday}, "ja")
			return err
		})
		if len(today) == 0 {
			h.Fatal("nobody to contact")
		}
		list := h.all(LeadQuery{Sort: "priority", Limit: 3})
		for i, item := range today {
			if list[i].ID != item.Lead.ID {
				h.Fatalf("place %d by priority is not that of the Today list", i)
			}
		}
	})
}

func TestCursorsBelongToTheirQuestion(t *testing.T) {
	engines(t, 20, func(h *house) {
		ctx := context.Background()
		h.read(func(tx *db.Tx) error {
			first, err := Leads(ctx, tx, h.engine, LeadQuery{Sort: "name", Limit: 5})
			if err != nil {
				return err
			}
			for _, q := range []LeadQuery{
				{Sort: "-name", Limit: 5, After: first.Next},
				{Sort: "name", Limit: 5, After: first.Next, Search: "田中"},
				{Sort: "name", Limit: 5, After: first.Next, Rule: parse(t, "true")},
				{Sort: "name", Limit: 5, After: first.Next + "x"},
				{Sort: "name", Limit: 5, After: "e30"},
			} {
				if _, err := Leads(ctx, tx, h.engine, q); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%+v: %v", q, err)
				}
			}
			_, err = Leads(ctx, tx, h.engine, LeadQuery{Sort: "height"})
			if fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
			return nil
		})
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("eyJzIjoibmFtZSIsInEiOjAsImkiOiIwMDAwMDAwMDAwMDAxIn0")
	f.Fuzz(func(t *testing.T, after string) {
		finder := &leadFinder{query: LeadQuery{Sort: "name", After: after}, order: orders["name"]}
		if err := finder.readCursor(); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}
