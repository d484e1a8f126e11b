package fold_test

import (
	"encoding/json"
	"slices"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/score"
	"kizashi/segment"
)

// X01 X11: rules that fail are recorded on the lead and do not hold; everything else of the lead, and all
// other leads, go on. The state stays what a replay finds, and mended rules leave nothing behind.
func TestRulesThatFailAreRecorded(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		all := &segment.Save{Title: "all", Rule: `lead.engagement >= 0.0`}
		if err := h.Door.Run(h.Context(), act.Product, all); err != nil {
			t.Fatal(err)
		}
		h.put(did("first", "page_view")) // the rules have been read
		mend := h.Engine.BreakRules()
		lead := h.put(did("u", "quote_requested"))[0].Lead
		row := h.stored(lead)
		if row.Temperature != "hot" || row.Stage != "lead" || row.Today {
			t.Errorf("the other rules: %+v", row)
		}
		want := []string{"gates.mql", score.SegmentPlace(all.ID), "today"}
		if got := row.State.Errors; !slices.Equal(got, want) {
			t.Errorf("recorded %v, wanted %v", got, want)
		}
		if got := h.explain(lead).Row.State.Errors; !slices.Equal(got, want) {
			t.Errorf("explained %v, wanted %v", got, want)
		}
		if h.Engine.Failures.Rules.Load() == 0 {
			t.Error("not counted")
		}
		mend()
		h.put(did("u", "page_view"), did("first", "page_view"))
		h.pass(clock.Day)
		if err := h.Door.Write(h.Context(), func(tx *db.Tx) error {
			return h.Engine.Visit(h.Context(), tx, fold.Batch{lead: {Refresh: true}})
		}); err != nil {
			t.Fatal(err)
		}
		if row = h.stored(lead); len(row.State.Errors) > 0 || row.Stage == "lead" {
			t.Errorf("mended: stage %s, errors %v", row.Stage, row.State.Errors)
		}
		h.clean()
	})
}

// While rules fail, a replay of everything finds the same state.
func TestVerifyIsCleanWhileRulesFail(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(did("first", "page_view"))
		defer h.Engine.BreakRules()()
		h.put(did("u", "quote_requested"), did("u", "page_view"), did("v", "inquiry_sent"))
		h.pass(clock.Day)
		h.put(did("u", "document_requested"), did("first", "page_view"))
		h.clean()
	})
}

// X11: an event that breaks the fold is set aside with its error; what else the lead did, and what others
// did, counts. Mended, it is let in again.
func TestEventThatBreaksTheFoldIsSetAside(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		answers := h.put(event.Message{User: "u", Kind: "card_exchanged", Props: json.RawMessage(`{"rank":"A"}`)}, did("u", "email_clicked"))
		lead, bad := answers[0].Lead, answers[0].Event
		whole := h.stored(lead)
		h.damage(bad, `{"rank`)
		h.put(event.Message{User: "u", Kind: "page_view", At: start - clock.Day}, did("v", "inquiry_sent")) // late: u is folded anew
		if aside := h.aside(); len(aside) != 1 || aside[0].Event.ID != bad || aside[0].Error == "" || aside[0].Event.Lead != lead {
			t.Fatalf("aside: %+v", aside)
		}
		row := h.stored(lead)
		if row.CoolsAt >= whole.CoolsAt || row.LastAt != whole.LastAt || len(h.explain(lead).List) != 2 {
			t.Errorf("whole %+v, without the event %+v", whole, row)
		}
		if got := h.Engine.Failures.Events.Load(); got != 1 {
			t.Errorf("counted %d times", got)
		}
		h.clean()

		h.readmit(bad)
		if len(h.aside()) != 1 {
			t.Error("an event that still breaks the fold is not aside")
		}
		h.clean()
		h.damage(bad, `{"rank":"A"}`)
		h.readmit(bad)
		if aside := h.aside(); len(aside) != 0 || h.stored(lead).CoolsAt < whole.CoolsAt {
			t.Errorf("mended: %+v", h.stored(lead))
		}
		h.clean()
		err := h.Door.Run(h.Context(), act.Product, &fold.Readmit{Engine: h.Engine, Event: bad})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("an event that is not aside: %v", err)
		}
	})
}

// damage changes the properties of an event as only a broken disk would.
func (h *house) damage(number id.ID, props string) {
	h.Helper()
	err := h.DB.Write(h.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(h.Context(), `UPDATE event SET props = $2 WHERE id = $1`, number, props)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) readmit(number id.ID) {
	h.Helper()
	if err := h.Door.Run(h.Context(), act.Product, &fold.Readmit{Engine: h.Engine, Event: number}); err != nil {
		h.Fatal(err)
	}
}

func (h *house) aside() (list []*event.Aside) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		list, err = event.ListAside(h.Context(), tx, h.Engine.Kinds, 0, 10)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}
