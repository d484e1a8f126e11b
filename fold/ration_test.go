package fold_test

import (
	"fmt"
	"slices"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/segment"
	"kizashi/task"
)

// classes are those of the events of a lead, in the order of the log.
func (h *house) classes(of id.ID) (list []event.Class) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
		newest, err := event.Recent(h.Context(), tx, h.Engine.Kinds, of, event.Filter{}, 0, 0, 10_000)
		for _, e := range slices.Backward(newest) {
			list = append(list, e.Class)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

// What comes with a public key above the events of a day is kept, and does not count; a member may say that it does,
// and the next day counts again.
func TestOnlySoManyEventsOfAPersonCountInADay(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.set("person_events", 3)
		view := func(n int) (who id.ID, last id.ID) {
			for i := range n {
				a := h.put(event.Message{User: "u", Kind: "case_view", Door: 7, Subject: fmt.Sprint("https://x.example/", i)})[0]
				who, last = a.Lead, a.Event
			}
			return who, last
		}
		who, last := view(5)
		if got := fmt.Sprint(h.classes(who)); got != "[human human human excess excess]" {
			t.Fatal(got)
		}
		if got := h.Engine.Excess.Load(); got != 2 {
			t.Errorf("%d are counted as excess", got)
		}
		before := len(h.explain(who).List)
		err := h.Door.Write(t.Context(), func(tx *db.Tx) error {
			return h.Engine.Reclassify(t.Context(), tx, []id.ID{last}, event.Human)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(h.classes(who)); got != "[human human human excess human]" {
			t.Error(got)
		}
		if after := len(h.explain(who).List); after < before {
			t.Errorf("%d lines, then %d", before, after)
		}
		h.put(event.Message{User: "u", Kind: "quote_requested", Door: 8, Standing: lead.Confirmed})
		if list := h.classes(who); list[len(list)-1] != event.Human {
			t.Error("a server's event does not count")
		}
		h.pass(clock.Day)
		view(1)
		if list := h.classes(who); list[len(list)-1] != event.Human {
			t.Error("the next day does not count")
		}
		h.clean()
	})
}

// Of all people together only so many events count, too; 0 lifts both limits.
func TestOnlySoManyEventsCountInADay(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.set("day_events", 10)
		excess := func() int64 {
			before := h.Engine.Excess.Load()
			for i := range 12 {
				h.put(event.Message{User: fmt.Sprint("u", i), Kind: "page_view", Door: 7})
			}
			return h.Engine.Excess.Load() - before
		}
		if n := excess(); n != 2 {
			t.Errorf("%d do not count", n)
		}
		h.set("day_events", 0)
		if n := excess(); n != 0 {
			t.Errorf("%d do not count without a limit", n)
		}
	})
}

// Invented names of events fill the list of names to its limit only: what comes above keeps its name as a property and
// does not count. Names that a rule asks for, or that a server uses, are taken.
func TestInventedEventNamesAreBounded(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.set("person_events", 0)
		h.do(&segment.Save{Title: "試用開始", Rule: `did("trial_started_here", days(10))`})
		h.work()
		var list []event.Message
		for i := range 1500 {
			list = append(list, event.Message{User: "u", Kind: fmt.Sprint("invented_", i), Door: 7, At: h.now - 1})
		}
		for i := 0; i < len(list); i += 500 {
			h.put(list[i : i+500]...)
		}
		if n := h.Engine.Kinds.Len(); n > 1001 { // with the one for what has no name
			t.Fatalf("%d names", n)
		}
		last := h.put(event.Message{User: "u", Kind: "one_more", Door: 7, Props: []byte(`{"a":1}`)})[0]
		e := h.event(last.Event)
		if e.Kind != event.Unlisted || e.Class != event.Excess || string(e.Props) != `{"$event":"one_more","a":1}` {
			t.Errorf("%+v %s", e, e.Props)
		}
		for _, m := range []event.Message{
			{User: "u", Kind: "trial_started_here", Door: 7},
			{User: "u", Kind: "quote_requested", Door: 7},
			{User: "u", Kind: "of_the_server", Door: 8, Standing: lead.Confirmed},
			{User: "u", Kind: "of_the_server", Door: 7},
		} {
			if e := h.event(h.put(m)[0].Event); e.Kind != m.Kind || e.Class != event.Human {
				t.Errorf("%s is kept as %s, %v", m.Kind, e.Kind, e.Class)
			}
		}
		h.clean()
	})
}

func (h *house) event(number id.ID) (e *event.Event) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		e, err = event.ByID(h.Context(), tx, h.Engine.Kinds, number)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return e
}

// A public key fills a part of a lead's properties and tags; there is room for what a server says.
func TestAPublicKeyFillsAPart(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		traits := map[string]string{}
		for i := range 300 {
			traits[fmt.Sprint("p", i)] = "x"
		}
		for i := range 40 {
			traits["tags"] += fmt.Sprint(",t", i)
		}
		who := h.put(event.Message{User: "u", Traits: traits, Door: 7})[0].Lead
		if l := h.lead(who); len(l.Props) != lead.MaxClaimedProps || len(l.Tags) != lead.MaxClaimedTags {
			t.Errorf("%d properties, %d tags", len(l.Props), len(l.Tags))
		}
		h.put(event.Message{User: "u", Traits: map[string]string{"plan": "pro"}, Door: 8, Standing: lead.Confirmed})
		if l := h.lead(who); l.Props["plan"] != "pro" {
			t.Error("there is no room for what a server says")
		}
		h.clean()
	})
}

// People of a flood move no stage and alarm nobody, those who came first included; who is vouched for does both. The
// people who run the installation hear of the flood once.
func TestAFloodAlarmsNobody(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		admin := &member.AddUser{Email: "admin@example.jp", FullName: "管理", Role: act.Admin, Password: "correct horse battery"}
		h.do(admin)
		tag := &member.AddKey{Label: "site", Role: act.Track}
		h.do(tag)
		key := tag.Key
		var list []event.Message
		for i := range 40 {
			list = append(list, event.Message{Email: fmt.Sprintf("x%d@evil.example", i), Kind: "quote_requested", Door: key, Address: "203.0.113.5"})
		}
		var answers []id.ID
		for _, m := range list {
			answers = append(answers, h.put(m)[0].Lead)
		}
		if n := h.waiting(); n != 0 {
			t.Errorf("%d wait for an answer", n)
		}
		var kinds []string
		for _, n := range h.news(admin.Account) {
			kinds = append(kinds, n.Kind+" "+n.Args["key"])
		}
		if got := fmt.Sprint(kinds); got != "[flood "+key.String()+"]" {
			t.Errorf("an administrator hears %v", got)
		}
		if got := h.stored(answers[39]).Stage; got != "lead" {
			t.Errorf("stage %s", got)
		}
		h.do(&lead.Confirm{ID: answers[39]})
		if got := h.stored(answers[39]).Stage; got == "lead" {
			t.Error("a confirmed lead passes no gate")
		}
		if n := h.waiting(); n != 1 {
			t.Errorf("%d wait for an answer once one is confirmed", n)
		}
		h.clean()
	})
}

// waiting is how many leads wait for a first answer.
func (h *house) waiting() (n int) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
		return tx.Row(h.Context(), `SELECT COUNT(*) FROM lead_work WHERE answer_by <> 0`).Scan(&n)
	})
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func (h *house) news(account id.ID) (list []task.Notice) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		list, err = task.News(h.Context(), tx, account)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}
