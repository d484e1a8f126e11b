package fold_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/score"
)

// X01 X02 X04 X11: a replay from checkpoints, in pieces, is a replay from the first event. Whatever happens to leads
// with long histories, they end with the state that a whole replay finds, and every checkpoint is a state on its way.
func TestAnyLongHistoryVerifies(t *testing.T) {
	fold.Shorten(t, 3)
	engines(t, func(t *testing.T, h *house) {
		h.makeSegments()
		h.makeKeys()
		rapid.Check(t, func(r *rapid.T) {
			w := &world{house: h, r: r, tag: fmt.Sprint("long", h.next())}
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				w.happen()
				w.step()
				switch rapid.IntRange(0, 5).Draw(r, "less") {
				case 0:
					w.remove()
				case 1:
					w.recall()
				}
			}
			h.pass(0)
			v, err := h.Engine.Verify(h.Context(), nil)
			if err != nil {
				r.Fatal(err)
			}
			if len(v.Differences) > 0 || v.Behind > 0 {
				r.Fatalf("%+v", v)
			}
		})
	})
}

// remove takes an event out of the log, as the undoing of an import does.
func (w *world) remove() {
	number := w.some(w.events)
	err := w.Door.Write(w.Context(), func(tx *db.Tx) error {
		leads, err := event.Remove(w.Context(), tx, []id.ID{number})
		for _, l := range leads {
			tx.Post(lead.Rewritten{Lead: l})
		}
		return err
	})
	if err != nil {
		w.r.Fatal(err)
	}
}

// long gives a person a page view for every hour of the past, the oldest first.
func (h *house) long(user string, events int) id.ID {
	h.Helper()
	list := make([]event.Message, events)
	for i := range list {
		list[i] = event.Message{User: user, Kind: "page_view", At: h.now - int64(events-i)*clock.Hour}
	}
	lead := h.put(list...)[0].Lead
	h.pass(0)
	return lead
}

// counts is how many events the state of a lead knows, and whether it is stale.
func (h *house) counts(lead id.ID) (events int64, stale bool) {
	s := h.stored(lead).State
	return s.Events, s.Stale
}

// A late event that is near the end of a long history is counted at once; one that is far from it when the due queue
// has replayed the rest, piece by piece. Meanwhile what comes in its order still counts.
func TestLateEventOfALongHistory(t *testing.T) {
	fold.Shorten(t, 5)
	engines(t, func(t *testing.T, h *house) {
		lead := h.long("u", 200)
		near := event.Message{User: "u", Kind: "inquiry_sent", At: h.now - 5*clock.Hour/2}
		h.put(near)
		if n, stale := h.counts(lead); n != 201 || stale {
			t.Fatalf("after a near one: %d events, stale %v", n, stale)
		}
		h.clean()
		far := event.Message{User: "u", Kind: "document_requested", At: h.now - 190*clock.Hour}
		h.put(far)
		if n, stale := h.counts(lead); n != 201 || !stale {
			t.Fatalf("after a far one: %d events, stale %v", n, stale)
		}
		h.put(did("u", "quote_requested"))
		if row := h.stored(lead); row.State.Events != 202 || row.Temperature != "hot" || !row.State.Stale {
			t.Fatalf("while it is stale: %+v", row.State)
		}
		v, err := h.Engine.Verify(h.Context(), nil)
		if err != nil || v.Behind != 1 || len(v.Differences) != 0 {
			t.Errorf("verify while it is stale: %+v %v", v, err)
		}
		pieces := 0
		for _, stale := h.counts(lead); stale; _, stale = h.counts(lead) {
			if _, err := h.Engine.VisitDue(h.Context()); err != nil {
				t.Fatal(err)
			}
			pieces++
		}
		if n, _ := h.counts(lead); n != 203 || pieces < 200/5 {
			t.Errorf("%d events after %d pieces", n, pieces)
		}
		h.clean()
	})
}

// Two long histories become one, and a new model judges it: both are done piece by piece, and an event that comes
// meanwhile is not lost.
func TestLongHistoriesAreMergedAndJudgedAnew(t *testing.T) {
	fold.Shorten(t, 5)
	engines(t, func(t *testing.T, h *house) {
		one, two := h.long("a", 60), h.long("b", 70)
		merge := &lead.Merge{Winner: one, Loser: two}
		h.do(merge)
		if _, stale := h.counts(one); !stale {
			t.Error("merged in one piece")
		}
		h.put(did("b", "inquiry_sent"))
		h.pass(0)
		if n, stale := h.counts(one); n != 131 || stale {
			t.Errorf("%d events, stale %v", n, stale)
		}
		h.clean()
		draft := &score.SaveDraft{Source: replaced(t, score.DefaultPack(), "on: inquiry_sent, group: inquiry, points: 100", "on: inquiry_sent, group: inquiry, points: 9")}
		h.do(draft)
		h.do(&score.Publish{ID: draft.ID})
		h.put(did("a", "quote_requested"))
		if row := h.stored(one); row.State.Model == draft.ID || row.Temperature == "" {
			t.Errorf("in one piece: %+v", row.State)
		}
		h.work()
		h.pass(0)
		if row := h.stored(one); row.State.Model != draft.ID || row.State.Events != 132 || row.State.Stale {
			t.Errorf("%+v", row.State)
		}
		h.clean()
		h.do(&lead.Unmerge{Loser: two})
		h.pass(0)
		h.clean()
		if n, _ := h.counts(two); n != 71 {
			t.Errorf("%d events came back", n)
		}
	})
}

// X01: of a long history the newest lines stand for themselves and the others together; all of them add up to the
// score. Checkpoints and the state stay few and small.
func TestLongScoreAddsUp(t *testing.T) {
	fold.Shorten(t, 10)
	engines(t, func(t *testing.T, h *house) {
		lead := h.long("u", 300)
		var invented []event.Message
		for i := range 300 {
			invented = append(invented, event.Message{User: "u", Kind: fmt.Sprint("invented ", i)})
		}
		h.put(invented...)
		h.pass(0)
		h.put(did("u", "inquiry_sent"), did("u", "page_view"))
		x := h.explain(lead)
		sum := 0.0
		for _, l := range x.List {
			sum += l.Now
		}
		for _, e := range x.Earlier {
			if e.Until == 0 || e.Until > h.now {
				t.Errorf("%+v", e)
			}
			sum += e.Now
		}
		want := score.Engagement(h.stored(lead).CoolsAt, h.now, x.Model.HalfLife)
		if math.Abs(sum-want) > 1e-6 || len(x.Earlier) == 0 || len(x.List) == 0 || len(x.List) > 20 {
			t.Errorf("%d lines and %d sums add up to %v, not %v", len(x.List), len(x.Earlier), sum, want)
		}
		if n := len(h.stored(lead).State.Seen); n > 110 {
			t.Errorf("%d kinds", n)
		}
		var checkpoints int
		err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Row(t.Context(), `SELECT COUNT(*) FROM lead_checkpoint WHERE lead = $1`, lead).Scan(&checkpoints)
		})
		if err != nil || checkpoints < 8 || checkpoints > 30 {
			t.Errorf("%d checkpoints of 60: %v", checkpoints, err)
		}
		h.clean()
	})
}

// X01: pages of lines hold every line once, in order; on each page they and what came earlier add up to what stood as
// earlier on the page before.
func TestPagesOfLinesAddUp(t *testing.T) {
	fold.Shorten(t, 10)
	engines(t, func(t *testing.T, h *house) {
		lead := h.long("u", 130)
		h.put(did("u", "inquiry_sent"), did("u", "quote_requested"))
		type line struct {
			event id.ID
			rule  string
		}
		seen, events := map[line]bool{}, map[id.ID]bool{}
		left := score.Engagement(h.stored(lead).CoolsAt, h.now, h.explain(lead).Model.HalfLife)
		for until, pages := (event.Place{}), 0; ; pages++ {
			page := h.lines(lead, until, 7)
			sum := 0.0
			for _, l := range page.List {
				one := line{l.Event, l.Rule}
				if seen[one] {
					t.Errorf("twice: %+v", l)
				}
				seen[one], events[l.Event] = true, true
				sum += l.Now
			}
			earlier := 0.0
			for _, e := range page.Earlier {
				earlier += e.Now
			}
			if math.Abs(sum+earlier-left) > 1e-6 || len(page.List) > 7 || len(page.List) == 0 && earlier != 0 {
				t.Fatalf("page %d: %d lines, %v and %v are not %v", pages, len(page.List), sum, earlier, left)
			}
			if left, until = earlier, page.Before; until == (event.Place{}) {
				break
			}
		}
		if len(events) != 132 {
			t.Errorf("lines of %d events", len(events))
		}
	})
}

// lines are the newest lines up to a place.
func (h *house) lines(lead id.ID, until event.Place, most int) (page *fold.Lines) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		page, err = h.Engine.LinesUntil(h.Context(), tx, lead, until, most)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return page
}

// A damaged checkpoint is none: a long history is replayed from the one before it.
func TestDamagedCheckpointIsNone(t *testing.T) {
	fold.Shorten(t, 5)
	engines(t, func(t *testing.T, h *house) {
		lead := h.long("u", 60)
		err := h.Door.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE lead_checkpoint SET data = $1 WHERE lead = $2 AND events >= 20`, []byte("x"), lead)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if x := h.explain(lead); x.Row.State.Events != 60 {
			t.Errorf("explained by %d events", x.Row.State.Events)
		}
		h.put(event.Message{User: "u", Kind: "inquiry_sent", At: h.now - 3*clock.Hour/2})
		h.pass(0)
		if n, stale := h.counts(lead); n != 61 || stale {
			t.Errorf("%d events, stale %v", n, stale)
		}
		h.clean()
	})
}

// What a clock recorded in the future happened by now: the checkpoints of that time are none any more, those before
// it still are.
func TestClockThatCameBackChangesALongHistory(t *testing.T) {
	fold.Shorten(t, 5)
	engines(t, func(t *testing.T, h *house) {
		lead := h.long("u", 60)
		h.pass(365 * clock.Day)
		h.long("u", 40)
		h.now = start + clock.Hour
		h.DB.Clock.Set(h.now)
		h.exec(func(tx *db.Tx) error { return fold.Recover(h.Context(), tx) })
		h.work()
		h.pass(0)
		if n, stale := h.counts(lead); n != 100 || stale {
			t.Errorf("%d events, stale %v", n, stale)
		}
		h.clean()
	})
}
