package report

import (
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
)

// L10: what the list says of a lead is said of it anywhere.
func TestTodayOfIsTheListsOwnItem(t *testing.T) {
	engines(t, 12, func(h *house) {
		h.read(func(tx *db.Tx) error {
			list, err := Today(h.Context(), tx, h.engine, TodayFilter{Limit: 50}, i18n.Japanese)
			if err != nil || len(list) == 0 {
				h.Fatal(err, len(list))
			}
			for _, want := range list {
				got, err := TodayOf(h.Context(), tx, h.engine, want.Lead.ID, i18n.Japanese)
				if err != nil || got.How != want.How || len(got.Why) != len(want.Why) || got.Lead.Engagement != want.Lead.Engagement {
					t.Errorf("%+v, wanted %+v (%v)", got, want, err)
				}
			}
			if _, err := TodayOf(h.Context(), tx, h.engine, 1, i18n.Japanese); fault.KindOf(err) != fault.NotFound {
				t.Errorf("nobody: %v", err)
			}
			return nil
		})
	})
}

// L08 X11: a timeline by kind, channel and class, page by page.
func TestTimelineByFilter(t *testing.T) {
	engines(t, 3, func(h *house) {
		number := h.some()
		now := h.door.DB.Clock.Now()
		var events []*event.Event
		for i := range 20 {
			e := &event.Event{At: now - int64(i)*clock.Hour, Lead: number, Who: number, Kind: "page_view", Channel: "web"}
			if i%4 == 0 {
				e.Kind, e.Channel = "call_logged", "phone"
			}
			if i%5 == 1 {
				e.Class = event.Bot
			}
			events = append(events, e)
		}
		h.write(func(tx *db.Tx) error {
			for _, e := range events {
				e.ID = tx.NewID()
			}
			return event.Append(h.Context(), tx, h.engine.Kinds, events)
		})
		for name, c := range map[string]struct {
			filter event.Filter
			picks  func(*event.Event) bool
		}{
			"calls":   {event.Filter{Kinds: []string{"call_logged"}}, func(e *event.Event) bool { return e.Kind == "call_logged" }},
			"others":  {event.Filter{Without: []string{"call_logged"}, Humans: true}, func(e *event.Event) bool { return e.Kind != "call_logged" && e.Class == 0 }},
			"bots":    {event.Filter{Machines: true}, func(e *event.Event) bool { return e.Class != 0 }},
			"phone":   {event.Filter{Channel: "phone"}, func(e *event.Event) bool { return e.Channel == "phone" }},
			"unknown": {event.Filter{Kinds: []string{"never_seen"}}, func(*event.Event) bool { return false }},
		} {
			wanted := 0
			for _, e := range append(events, h.allOf(number, events)...) {
				if c.picks(e) {
					wanted++
				}
			}
			if got := h.walk(number, TimelineQuery{Events: c.filter, Limit: 3}); got != wanted {
				t.Errorf("%s: %d, wanted %d", name, got, wanted)
			}
		}
		h.read(func(tx *db.Tx) error {
			sorts, err := event.Sorts(h.Context(), tx, h.engine.Kinds, number)
			if err != nil || len(sorts) < 2 {
				t.Errorf("%v %v", sorts, err)
			}
			first, err := event.First(h.Context(), tx, h.engine.Kinds, number)
			if err != nil || first == nil || first.At > events[19].At {
				t.Errorf("%+v %v", first, err)
			}
			return err
		})
	})
}

// some is one of the leads.
func (h *house) some() (number id.ID) {
	h.Helper()
	h.read(func(tx *db.Tx) error { return tx.Row(h.Context(), `SELECT MAX(id) FROM lead`).Scan(&number) })
	return number
}

// allOf are the events of a lead besides some.
func (h *house) allOf(number id.ID, besides []*event.Event) (rest []*event.Event) {
	h.Helper()
	known := map[id.ID]bool{}
	for _, e := range besides {
		known[e.ID] = true
	}
	h.read(func(tx *db.Tx) error {
		all, err := event.Recent(h.Context(), tx, h.engine.Kinds, number, event.Filter{}, 0, 0, 1_000_000)
		for _, e := range all {
			if !known[e.ID] {
				rest = append(rest, e)
			}
		}
		return err
	})
	return rest
}

// walk counts what the pages of a timeline hold; none comes twice.
func (h *house) walk(number id.ID, q TimelineQuery) (count int) {
	h.Helper()
	seen := map[id.ID]bool{}
	h.read(func(tx *db.Tx) error {
		for {
			items, next, err := Timeline(h.Context(), tx, h.engine, number, q)
			if err != nil {
				return err
			}
			for _, it := range items {
				if seen[it.ID] {
					h.Errorf("%s comes twice", it.ID)
				}
				seen[it.ID] = true
				count++
			}
			if q.After = next; next == "" {
				return nil
			}
		}
	})
	return count
}

// X04: the history of a lead holds what was done to those that were merged into it.
func TestLeadChangesFollowMerges(t *testing.T) {
	engines(t, 3, func(h *house) {
		ctx, winner := h.Context(), h.some()
		var loser id.ID
		h.read(func(tx *db.Tx) error { return tx.Row(ctx, `SELECT MIN(id) FROM lead`).Scan(&loser) })
		status := lead.Talked
		for _, c := range []act.Command{&lead.Change{ID: loser, Status: &status}, &lead.Change{ID: winner, Status: &status}, &lead.Merge{Winner: winner, Loser: loser}} {
			if err := h.door.Run(ctx, act.Product, c); err != nil {
				t.Fatal(err)
			}
		}
		h.read(func(tx *db.Tx) error {
			losers, err := Absorbed(ctx, tx, winner, 100)
			if err != nil || len(losers) != 1 || losers[0] != loser {
				t.Errorf("absorbed: %v %v", losers, err)
			}
			first, err := LeadChanges(ctx, tx, winner, 0, 2)
			if err != nil || len(first) != 2 || first[0].Command != "lead.merge" || first[1].Lead != winner {
				t.Errorf("%+v %v", first, err)
			}
			rest, err := LeadChanges(ctx, tx, winner, first[1].ID, 2)
			if err != nil || len(rest) != 1 || rest[0].Lead != loser {
				t.Errorf("%+v %v", rest, err)
			}
			return err
		})
	})
}
