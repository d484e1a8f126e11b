package fold_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/score"
	"kizashi/segment"
	"kizashi/stage"
	"kizashi/takeback"
	"kizashi/testkit"
)

// X01 X02 X04 X11: whatever happens to leads, in whatever order, the stored state is what a replay of
// the log comes to: events early and late, visitors joined, bots reclassified, leads merged and
// unmerged, stages moved by people, segments and models changed, what came with a key taken back, time passing. And a
// message that comes again is recognised.
func TestAnyHistoryVerifies(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.makeSegments()
		h.makeKeys()
		rapid.Check(t, func(r *rapid.T) {
			w := &world{house: h, r: r, tag: fmt.Sprint(h.next())}
			for range rapid.IntRange(1, 12).Draw(r, "steps") {
				w.step()
			}
			w.repeat()
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

func (h *house) next() int64 { h.counter++; return h.counter }

func (h *house) makeSegments() {
	for _, rule := range []string{
		`lead.temperature == "hot"`, `count("page_view", days(7)) >= 2`, `lead.engagement >= 20 && lead.stage in ["mql", "tql"]`,
		`did("document_requested", days(30)) && !did("inquiry_sent", days(10))`, `silent(days(20))`,
	} {
		h.do(&segment.Save{Title: rule, Rule: rule})
	}
	h.work()
}

// makeKeys adds an API key of each role that sends events, at a moment that no id of this process is later than:
// what came with a key is found by its ids.
func (h *house) makeKeys() {
	const ahead = 2_000_000_000_000 // 2033-05-18
	h.pass(ahead - h.now)
	for _, role := range []act.Role{act.Track, act.Server} {
		add := &member.AddKey{Label: string(role), Role: role}
		h.do(add)
		h.keys = append(h.keys, sender{add.Key, lead.StandingOf(act.Who{Role: role})})
	}
}

// sender is an API key, and how far it is believed.
type sender struct {
	key      id.ID
	standing lead.Standing
}

// work lets the background jobs run.
func (h *house) work() {
	h.Helper()
	if err := h.Jobs.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

func (h *house) do(c act.Command) {
	h.Helper()
	if err := h.Door.Run(h.Context(), act.Product, c); err != nil {
		h.Fatal(err)
	}
}

// world is one random history.
type world struct {
	*house
	r      *rapid.T
	tag    string
	leads  []id.ID
	events []id.ID
	sent   []event.Message // in the order of events
	merged []id.ID

	changed []*lead.Change
}

// split detaches any identity of a lead.
func (w *world) split() {
	from := w.some(w.leads)
	var own []id.ID
	err := w.DB.Read(w.Context(), func(tx *db.Tx) error {
		return tx.Each(w.Context(), `SELECT id FROM identity WHERE lead = $1 AND lead <> 0`, []any{from}, func(scan func(...any) error) error {
			own = append(own, 0)
			return scan(&own[len(own)-1])
		})
	})
	if err != nil {
		w.r.Fatal(err)
	}
	c := &lead.Split{ID: from, Identity: w.some(own)}
	if w.attempt(c) && rapid.Bool().Draw(w.r, "taken back") {
		w.attempt(act.NewTakeBack(from, []id.ID{c.AuditRow()}, &lead.Split{}))
	}
}

func (w *world) step() {
	switch rapid.IntRange(0, 13).Draw(w.r, "step") {
	case 0, 1, 2, 3:
		w.happen()
	case 4:
		w.pass(rapid.Int64Range(0, 40*clock.Day).Draw(w.r, "pass"))
	case 5:
		w.reclassify()
	case 6:
		w.merge()
	case 7:
		w.unmerge()
	case 8:
		w.move()
	case 9:
		w.publish()
	case 10:
		w.split()
	case 11:
		title := rapid.SampledFrom([]string{"部長", "課長", ""}).Draw(w.r, "title")
		c := &lead.Change{ID: w.some(w.leads), Title: &title}
		if w.attempt(c) {
			w.changed = append(w.changed, c)
		}
	case 12:
		if len(w.changed) > 0 {
			c := rapid.SampledFrom(w.changed).Draw(w.r, "taken back")
			w.attempt(act.NewTakeBack(c.ID, []id.ID{c.AuditRow()}, &lead.Change{}))
		}
	case 13:
		w.recall()
	}
}

// recall takes back what came with a key between two events.
func (w *world) recall() {
	from, until := w.some(w.events).Time(), w.some(w.events).Time()
	asked := takeback.Range{Key: rapid.SampledFrom(w.keys).Draw(w.r, "key").key, From: min(from, until), Until: max(from, until) + 1}
	if w.attempt(&takeback.Start{Range: asked}) {
		w.work()
	}
}

// happen sends a few messages, some of them late, some by visitors who become known.
func (w *world) happen() {
	var list []event.Message
	for range rapid.IntRange(1, 5).Draw(w.r, "n") {
		who := fmt.Sprint(w.tag, "-", rapid.IntRange(0, 2).Draw(w.r, "who"))
		m := event.Message{
			Kind: rapid.SampledFrom([]string{"page_view", "page_view", "inquiry_sent", "document_requested", "careers_view", "seminar_attended"}).Draw(w.r, "kind"),
			At:   w.now - rapid.Int64Range(0, 30*clock.Day).Draw(w.r, "late"),
		}
		switch rapid.IntRange(0, 3).Draw(w.r, "as") {
		case 0:
			m.Visitor = who
		case 1:
			m.Visitor, m.User = who, who
		default:
			m.User = who
		}
		if rapid.IntRange(0, 5).Draw(w.r, "class") == 0 {
			m.Class = event.Scanner
		}
		m.Standing = rapid.SampledFrom(w.keys).Draw(w.r, "by").standing
		if rapid.IntRange(0, 2).Draw(w.r, "tells") == 0 {
			field := rapid.SampledFrom([]string{"title", "name", "phone", "plan"}).Draw(w.r, "field")
			m.Traits = map[string]string{field: fmt.Sprint("03-1234-567", rapid.IntRange(0, 3).Draw(w.r, "value"))}
		}
		if m.Kind == "page_view" && rapid.IntRange(0, 2).Draw(w.r, "identifies") == 0 {
			m.Kind = ""
		}
		if m.Kind == "page_view" {
			m.Subject = rapid.SampledFrom([]string{"https://x.example/", "https://x.example/price"}).Draw(w.r, "page")
		}
		m.ID, m.Door = fmt.Sprint(w.tag, "-", len(w.sent)/2), w.keys[len(w.sent)%2].key
		list, w.sent = append(list, m), append(w.sent, m)
	}
	for _, a := range w.put(list...) {
		w.events = append(w.events, a.Event)
		if a.Lead != 0 {
			w.leads = append(w.leads, a.Lead)
		}
	}
}

// repeat sends all messages once more, but those that were taken back: none is new.
func (w *world) repeat() {
	there := map[id.ID]bool{}
	w.exec(func(tx *db.Tx) error {
		in, arg := tx.In("$1", w.events)
		return tx.Each(w.Context(), `SELECT id FROM event WHERE id`+in, []any{arg}, func(scan func(...any) error) error {
			var number id.ID
			err := scan(&number)
			there[number] = true
			return err
		})
	})
	var again []event.Message
	var first []id.ID
	for i, m := range w.sent {
		if there[w.events[i]] {
			again, first = append(again, m), append(first, w.events[i])
		}
	}
	if len(again) == 0 {
		return
	}
	for i, a := range w.put(again...) {
		if !a.Repeated || a.Event != first[i] {
			w.r.Fatalf("message %+v is taken as event %s, the first time as %s", again[i], a.Event, first[i])
		}
	}
}

func (w *world) some(list []id.ID) id.ID {
	if len(list) == 0 {
		return 0
	}
	return rapid.SampledFrom(list).Draw(w.r, "some")
}

func (w *world) reclassify() {
	class := rapid.SampledFrom([]event.Class{event.Human, event.Bot}).Draw(w.r, "becomes")
	err := w.Door.Write(w.Context(), func(tx *db.Tx) error {
		return w.Engine.Reclassify(w.Context(), tx, []id.ID{w.some(w.events)}, class)
	})
	if err != nil {
		w.r.Fatal(err)
	}
}

// attempt runs a command that may be refused for what happened before.
func (w *world) attempt(c act.Command) bool {
	err := w.Door.Run(w.Context(), act.Product, c)
	var refused *fault.Error
	if err != nil && (!errors.As(err, &refused) || refused.Kind == fault.Internal) {
		w.r.Fatal(err)
	}
	return err == nil
}

func (w *world) merge() {
	m := &lead.Merge{Winner: w.some(w.leads), Loser: w.some(w.leads)}
	if w.attempt(m) {
		w.merged = append(w.merged, m.Loser)
	}
}

func (w *world) unmerge() { w.attempt(&lead.Unmerge{Loser: w.some(w.merged)}) }

func (w *world) move() {
	to := rapid.SampledFrom([]string{stage.MQL, stage.TQL, stage.SQL, stage.Recycled, stage.Lead}).Draw(w.r, "to")
	w.attempt(&stage.Move{Lead: w.some(w.leads), To: to, Reason: "timing", Note: "x", Until: w.now + 10*clock.Day})
}

func (w *world) publish() {
	draft := &score.SaveDraft{Source: score.DefaultPack()}
	w.do(draft)
	w.do(&score.Publish{ID: draft.ID})
	w.work()
}

// X03's ground: with another model every lead is folded again in the background, and one that something
// happens to before its turn is folded at once.
func TestPublishedModelRefolds(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		h := open(t, url)
		first := h.put(did("a", "document_requested"))[0].Lead
		second := h.put(did("b", "document_requested"))[0].Lead
		pack := score.DefaultPack()
		draft := &score.SaveDraft{Source: replaced(t, pack, "on: document_requested, group: content, points: 30", "on: document_requested, group: content, points: 7")}
		h.do(draft)
		h.do(&score.Publish{ID: draft.ID})
		h.put(did("a", "newsletter_subscribed"))
		if got := len(h.explain(first).List); got != 2 || h.stored(first).State.Model != draft.ID {
			t.Errorf("%d lines", got)
		}
		if v, err := h.Engine.Verify(t.Context(), nil); err != nil || v.Behind != 1 {
			t.Errorf("%+v %v", v, err)
		}
		h.work()
		if row := h.stored(second); row.State.Model != draft.ID || row.State.Groups[0].V != 7 {
			t.Errorf("%+v", row.State)
		}
		h.clean()
	})
}

// L19 X02: a new segment is filled from the past, and then tells who comes and goes.
func TestSegmentFillsAndTells(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		old := h.put(did("old", "document_requested"))[0].Lead
		save := &segment.Save{Title: "資料請求から間もない", Rule: `did("document_requested", days(10))`}
		h.do(save)
		h.work()
		if got := h.members(save.ID); len(got) != 1 || got[0] != old {
			t.Fatalf("filled with %v", got)
		}
		h.pass(clock.Day)
		fresh := h.put(did("new", "document_requested"))[0].Lead
		h.pass(9 * clock.Day)
		if got := h.members(save.ID); len(got) != 1 || got[0] != fresh {
			t.Errorf("members %v", got)
		}
		var told []string
		err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Each(t.Context(), `SELECT kind, lead FROM reaction WHERE ref = $1 ORDER BY id`, []any{save.ID}, func(scan func(...any) error) error {
				var kind string
				var who id.ID
				err := scan(&kind, &who)
				told = append(told, fmt.Sprint(kind, " ", who == old))
				return err
			})
		})
		want := fmt.Sprint([]string{fold.ReactSegmentIn + " false", fold.ReactSegmentOut + " true"})
		if err != nil || fmt.Sprint(told) != want {
			t.Errorf("told %v, want %v (%v)", told, want, err)
		}
		h.clean()
	})
}

func (h *house) members(number id.ID) (leads []id.ID) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		leads, _, err = segment.Members(h.Context(), tx, number, 0, 100)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return leads
}

// S16: what a person decided stands until something new happens.
func TestGateDoesNotUndoAPerson(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		one := h.put(did("u", "quote_requested"))[0].Lead
		h.pass(clock.Minute)
		h.do(&stage.Move{Lead: one, To: stage.MQL, Reason: "timing", Note: "来期", Until: h.now + 90*clock.Day})
		h.pass(clock.Day)
		if got := h.stored(one).Stage; got != stage.MQL {
			t.Fatalf("the gate undid it: %s", got)
		}
		h.clean()
		h.put(did("u", "demo_requested"))
		if got := h.stored(one).Stage; got != stage.TQL {
			t.Errorf("a new request does not count: %s", got)
		}
		h.clean()
	})
}
