package report

import (
	"slices"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/stage"
	"kizashi/task"
)

// L05 L07 L17: one's own list, with what is agreed for today; offers that wait; how the day stands.
func TestTodayOfOnePerson(t *testing.T) {
	engines(t, 60, func(h *house) {
		task.Wire(h.door)
		add := &member.AddUser{Email: "i@kizashi.example", Role: act.Inside, Password: "shinjuku-3-chome-tram"}
		h.run(act.Product, add)
		me := act.Who{ID: add.Account, Role: act.Inside}
		list := h.all(LeadQuery{Sort: "created"})
		quiet := list[1].ID // did nothing: on the list as a new lead, low
		h.run(me, &lead.Change{ID: quiet, Owner: &me.ID})
		h.run(me, &lead.Change{ID: list[0].ID, Owner: &me.ID}) // asked for a quote
		other := list[4].ID
		onHold := lead.OnHold
		h.run(me, &lead.Change{ID: other, Status: &onHold})
		now := h.door.DB.Clock.Now()
		h.run(me, &task.Add{Lead: other, Step: task.Step{Kind: task.Call, DueAt: now - 2*clock.Day, AllDay: true, Text: "見積もりの件"}})

		mine := h.today(TodayFilter{Limit: 10, Owner: &me.ID})
		place := map[id.ID]TodayItem{}
		for _, it := range mine {
			place[it.Lead.ID] = it
		}
		if it := place[other]; it.Origin != OriginTask || it.Left > 0 || it.Task == nil || it.Due >= now {
			t.Errorf("what was agreed is not on the list: %+v", it)
		}
		if place[other].Rank == 0 || place[quiet].Rank != 0 && place[other].Rank > place[quiet].Rank {
			t.Errorf("what was agreed stands behind: %d, %d", place[other].Rank, place[quiet].Rank)
		}
		for number := range place {
			if number != quiet && number != other && number != list[0].ID {
				t.Errorf("%s is on the list of another person", number)
			}
		}
		h.run(me, &task.Log{Lead: other, Result: "connected_interest", Usual: true})
		for _, it := range h.today(TodayFilter{Limit: 10, Owner: &me.ID}) {
			if it.Lead.ID == other {
				t.Error("who was called today is still on the list")
			}
		}
		h.run(act.Product, &stage.Move{Lead: quiet, To: stage.SAL, Reason: "急ぎ"})
		found := false
		for _, it := range h.today(TodayFilter{Limit: 10, Owner: new(id.ID), Offered: true}) {
			found = found || it.Lead.ID == quiet && it.Origin == OriginHandover && it.Left > 0
		}
		if !found {
			t.Error("an offer that waits is not on the list of field sales")
		}
		h.read(func(tx *db.Tx) error {
			c, err := CountToday(t.Context(), tx, me.ID)
			if c.Capacity != 20 || c.Done != 1 || c.Left() != 19 || c.Late != 0 || c.WithoutStep == 0 {
				t.Errorf("%+v", c)
			}
			return err
		})
	})
}

// X05: an offer that nobody answered in time is not lost between two departments.
func TestLateOffersStayOnTheList(t *testing.T) {
	engines(t, 5, func(h *house) {
		task.Wire(h.door)
		one := h.today(TodayFilter{Limit: 1})[0].Lead.ID
		h.run(act.Product, &stage.Move{Lead: one, To: stage.SAL, Reason: "急ぎ"})
		h.expire(one)
		late := slices.IndexFunc(h.today(TodayFilter{Limit: 10, Owner: new(id.ID), Offered: true}), func(it TodayItem) bool {
			return it.Lead.ID == one && it.Origin == OriginHandover && it.Left < 0
		})
		if late < 0 {
			t.Error("it has gone from the list of field sales")
		}
	})
}

// expire lets the offer of a lead wait for too long.
func (h *house) expire(lead id.ID) {
	h.Helper()
	var offer *stage.Handover
	err := h.door.Write(h.Context(), func(tx *db.Tx) (err error) {
		if offer, err = stage.Last(h.Context(), tx, lead); err == nil {
			_, err = tx.Exec(h.Context(), `UPDATE handover SET due_at = $2 WHERE id = $1`, offer.ID, tx.Now-30*clock.Day)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	h.run(act.Product, &stage.Expire{Handover: offer.ID})
}

func (h *house) run(who act.Who, c act.Command) {
	h.Helper()
	if err := h.door.Run(h.Context(), who, c); err != nil {
		h.Fatalf("%s: %v", c.Name(), err)
	}
}

func (h *house) today(f TodayFilter) (items []TodayItem) {
	h.Helper()
	h.read(func(tx *db.Tx) (err error) {
		items, err = Today(h.Context(), tx, h.engine, f, "ja")
		return err
	})
	return items
}
