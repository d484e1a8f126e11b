package report

import (
	"cmp"
	"slices"
	"testing"

	"kizashi/db"
)

// All ways to read a page give the same, whichever is taken: along the index, gathered, and walked in
// strides from any place on.
func TestAllPlansAgree(t *testing.T) {
	engines(t, 90, func(h *house) {
		h.own(5)
		owner := h.all(LeadQuery{Limit: MaxLeads})[3].ID
		for _, q := range []LeadQuery{
			{Search: "山", Rule: parse(t, `lead.rank >= 5`)},
			{Search: "田中"},
			{Owner: owner},
			{Rule: parse(t, `lead.company == "会社3" || lead.temperature == "hot"`)},
			{Rule: parse(t, `did("page_view", days(90)) && lead.rank >= 1`)},
			{Rule: parse(t, `!did("quote_requested", days(20))`)},
			{Rule: parse(t, `count("seminar_attended") < 1 && !did("page_view")`), Owner: owner},
			{Rule: parse(t, `followed("page_view", "quote_requested", days(3), days(90))`)},
			{Rule: parse(t, `false`)},
		} {
			for _, sort := range LeadSorts {
				q.Sort = sort
				h.read(func(tx *db.Tx) error { return h.samePlans(tx, q) })
				h.read(func(tx *db.Tx) error {
					order, err := OrderedIDs(h.Context(), tx, h.engine, q)
					q.Limit = 9
					if want := ids(h.all(q)); !slices.Equal(order, want) {
						h.Errorf("%+v: %d in order, %d page by page", q, len(order), len(want))
					}
					return err
				})
			}
		}
	})
}

// samePlans compares the plans of one question, at its beginning and after its third place.
func (h *house) samePlans(tx *db.Tx, q LeadQuery) error {
	f, err := newLeadFinder(tx, q, 1)
	if err != nil {
		return err
	}
	for _, i := range f.phases() {
		for f.after = nil; ; {
			along, err := f.ask(h.Context(), i, f.inOrder(i, MaxLeads))
			if err != nil {
				return err
			}
			gathered, err := f.ask(h.Context(), i, f.gathered(i, everybody, MaxLeads))
			if err != nil {
				return err
			}
			w := f.walk(i, MaxLeads)
			w.next = 3
			for most := 5; err == nil && !w.done(); most *= 2 {
				err = w.on(h.Context(), most)
			}
			if err != nil {
				return err
			}
			if !slices.Equal(along, gathered) || !slices.Equal(along, w.found) {
				h.Errorf("%+v: %d along the index, %d gathered, %d walked", q, len(along), len(gathered), len(w.found))
			}
			if f.after != nil || len(along) < 3 {
				break
			}
			f.after = &along[2]
		}
	}
	return nil
}

// A walk stops where it has enough, and tells when it is at the end.
func TestWalkStopsWhereItHasEnough(t *testing.T) {
	engines(t, 40, func(h *house) {
		h.read(func(tx *db.Tx) error {
			f, err := newLeadFinder(tx, LeadQuery{Sort: "name", Rule: parse(h.T, `lead.title == "部長"`)}, 1)
			if err != nil {
				return err
			}
			w := f.walk(0, 2)
			w.next = 8
			if err := w.on(h.Context(), 30); err != nil || len(w.found) != 2 || w.passed >= 40 || !w.done() || w.ended {
				h.Errorf("%d found, %d passed, %v", len(w.found), w.passed, err)
			}
			w = f.walk(0, MaxLeads)
			if err := w.on(h.Context(), 7); err != nil || w.passed != 7 || w.done() {
				h.Errorf("%d passed instead of 7, %v", w.passed, err)
			}
			if err := w.on(h.Context(), glance); err != nil || w.passed != 40 || !w.ended || len(w.found) != 10 {
				h.Errorf("%d found, %d passed, %v", len(w.found), w.passed, err)
			}
			if !slices.IsSortedFunc(w.found, func(a, b place) int { return cmp.Compare(a.text, b.text) }) {
				h.Error("not in order")
			}
			return nil
		})
	})
}

// Both ways to find one person's part of the Today list give the same.
func TestOwnTodayListEitherWay(t *testing.T) {
	engines(t, 60, func(h *house) {
		h.own(3)
		owner := h.all(LeadQuery{Limit: MaxLeads})[3].ID
		h.read(func(tx *db.Tx) error {
			l := &todayList{tx: tx, filter: TodayFilter{Limit: 7}}
			first, err := l.ownAmongFirst(h.Context(), owner, MaxLeads)
			if err != nil {
				return err
			}
			all, err := l.ownOfAll(h.Context(), owner)
			if !slices.Equal(first, all) || len(all) != 7 {
				h.Errorf("%v among the first, %v of all", first, all)
			}
			return err
		})
	})
}

// A count that looks at a part of the leads says so.
func TestCountAmongSome(t *testing.T) {
	engines(t, 60, func(h *house) {
		h.read(func(tx *db.Tx) error {
			f, err := newLeadFinder(tx, LeadQuery{Rule: parse(h.T, `lead.title == "部長"`)}, 1)
			if err != nil {
				return err
			}
			for _, c := range []struct {
				leads, most int
				want        Count
			}{{61, 100, Count{15, false}}, {61, 7, Count{7, true}}, {61, 15, Count{15, false}}} {
				got, err := f.countAmong(h.Context(), c.leads, c.most)
				if err != nil || got != c.want {
					h.Errorf("among %d up to %d: %v, want %v, %v", c.leads, c.most, got, c.want, err)
				}
			}
			some, err := f.countAmong(h.Context(), 20, 100)
			if !some.More || some.N > 15 {
				h.Errorf("among 20: %v", some)
			}
			return err
		})
	})
}
