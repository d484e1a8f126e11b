package fold_test

import (
	"testing"

	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/stage"
	"kizashi/task"
)

// After a clock that ran a year ahead came back, what it recorded happened by now: a person's decision of then still
// holds against the signs before it, and gives way to the next one.
func TestClockThatCameBackFreezesNobody(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.pass(365 * clock.Day)
		one := h.put(did("u", "quote_requested"))[0].Lead
		h.pass(clock.Minute)
		h.do(&stage.Move{Lead: one, To: stage.MQL, Reason: "timing", Note: "来期", Until: h.now + 90*clock.Day})
		h.pass(clock.Day)
		h.exec(func(tx *db.Tx) error { return task.Touched(h.Context(), tx, [][]any{{int64(one), tx.Now}}) })

		h.now = start + clock.Hour
		for range 2 { // the second time there is nothing to do
			h.DB.Clock.Set(h.now)
			h.exec(func(tx *db.Tx) error { return fold.Recover(h.Context(), tx) })
			h.work()
		}
		row := h.stored(one)
		if row.Stage != stage.MQL || row.StageAt > h.now || row.SettledAt > h.now || row.LastAt > h.now || row.State.HeldAt > h.now {
			t.Errorf("%s at %d, settled %d, last %d, held %d, now %d", row.Stage, row.StageAt, row.SettledAt, row.LastAt, row.State.HeldAt, h.now)
		}
		h.exec(func(tx *db.Tx) error {
			var at int64
			if err := tx.Row(h.Context(), `SELECT COALESCE(MAX(touched_at), 0) FROM lead_work WHERE lead = $1`, one).Scan(&at); err != nil || at > h.now {
				t.Errorf("touched at %d", at)
			}
			return nil
		})
		h.clean()
		h.pass(clock.Minute)
		h.put(did("u", "demo_requested"))
		if got := h.stored(one).Stage; got != stage.TQL {
			t.Errorf("a new request does not count: %s", got)
		}
		h.clean()
	})
}

// What people agreed to and what senders said while the clock ran ahead gives way to what comes after it has come back.
func TestClockThatCameBackOutweighsNothing(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.pass(365 * clock.Day)
		one := h.put(identify("u", map[string]string{"plan": "free", "title": "課長"}))[0].Lead
		h.pass(clock.Minute)
		h.do(&consent.Record{Entry: consent.Entry{Lead: one, Purpose: consent.Mail, Granted: true, Basis: consent.Explicit, Source: "フォーム"}})

		h.now = start + clock.Hour
		h.DB.Clock.Set(h.now)
		h.exec(func(tx *db.Tx) error { return fold.Recover(h.Context(), tx) })
		h.work()
		h.pass(clock.Minute)
		h.do(&consent.Record{Entry: consent.Entry{Lead: one, Purpose: consent.Mail, Source: "電話"}})
		h.put(identify("u", map[string]string{"plan": "gold", "title": "部長"}))
		h.exec(func(tx *db.Tx) error {
			rows, err := consent.Of(h.Context(), tx, one)
			if verdict := rows.For(consent.Mail); err != nil || verdict.Why != consent.Refused {
				t.Errorf("after a refusal: %+v %v", verdict, err)
			}
			return nil
		})
		if l := h.lead(one); l.Props["plan"] != "gold" || l.Title != "部長" || l.CreatedAt > h.now {
			t.Errorf("%s %s, made at %d, now %d", l.Props["plan"], l.Title, l.CreatedAt, h.now)
		}
		h.clean()
	})
}

func (h *house) exec(f func(*db.Tx) error) {
	h.Helper()
	if err := h.Door.Write(h.Context(), f); err != nil {
		h.Fatal(err)
	}
}
