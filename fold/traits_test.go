package fold_test

import (
	"fmt"
	"sync"
	"testing"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
)

func (h *house) lead(number id.ID) (l *lead.Lead) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		l, err = lead.ByID(h.Context(), tx, number)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return l
}

// identify says something of somebody, as the SDKs' calls of that name do.
func identify(user string, traits map[string]string) event.Message {
	return event.Message{User: user, Traits: traits}
}

// Every trait that was acknowledged is kept: of two calls in a batch, of identify and then group, and of clients
// whose requests share a commit.
func TestEveryAcknowledgedTraitIsKept(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		one := h.put(
			identify("u", map[string]string{"name": "山田 太郎", "phone": "03-1234-5678", "title": "部長"}),
			identify("u", map[string]string{"plan": "gold"}),
			identify("u", map[string]string{"company": "アクメ株式会社", "company_size": "120"}),
		)[0].Lead
		l := h.lead(one)
		if l.Name != "山田 太郎" || l.Phone == "" || l.Title != "部長" || l.Props["plan"] != "gold" || l.CompanyName != "アクメ株式会社" {
			t.Errorf("%+v", l)
		}
		h.clean()

		const clients, people = 8, 25
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for p := range people {
					m := identify(fmt.Sprint("p", p), map[string]string{fmt.Sprint("trait", c): fmt.Sprint(c)})
					m.ID = fmt.Sprint(c, "-", p)
					if _, err := h.Intake.Put(h.Context(), []event.Message{m}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for p := range people {
			who := h.put(event.Message{User: fmt.Sprint("p", p), Kind: "page_view"})[0].Lead
			if got := len(h.lead(who).Props); got != clients {
				t.Errorf("of person %d stand %d of %d traits", p, got, clients)
			}
		}
		h.clean()
	})
}

// What a visitor said before it was known counts when it joins, and the log alone brings it all back.
func TestTraitsOfAVisitorJoinWithIt(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(event.Message{Visitor: "v", Traits: map[string]string{"title": "課長"}})
		who := h.put(event.Message{Visitor: "v", Email: "a@acme.example", Kind: "page_view"})[0].Lead
		if got := h.lead(who).Title; got != "課長" {
			t.Errorf("title %q", got)
		}
		h.clean()
		// verify sees an attribute that is not what the log says.
		err := h.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE lead SET title = '' WHERE id = $1`, who)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.Engine.Verify(t.Context(), nil)
		if err != nil || len(v.Differences) == 0 || v.Differences[0].Field != "title" {
			t.Errorf("%+v %v", v, err)
		}
		err = h.Door.Write(t.Context(), func(tx *db.Tx) error { return h.Engine.Relearn(t.Context(), tx, []id.ID{who}) })
		if got := h.lead(who).Title; err != nil || got != "課長" {
			t.Errorf("title %q %v", got, err)
		}
		h.clean()
	})
}

// Traits of an event of another kind stand in it, too, and a split takes along what was said under an identity.
func TestSplitTakesItsTraitsAlong(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		vouched := event.Message{User: "7", Email: "a@acme.example", Kind: "page_view", Standing: lead.Confirmed}
		who := h.put(vouched)[0].Lead
		h.put(event.Message{User: "7", Kind: "page_view", Traits: map[string]string{"title": "課長"}})
		h.put(event.Message{Email: "a@acme.example", Traits: map[string]string{"department": "総務部"}})
		if l := h.lead(who); l.Title != "課長" || l.Department != "総務部" {
			t.Fatalf("%+v", l)
		}
		h.clean()
		var user id.ID
		err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Row(t.Context(), `SELECT id FROM identity WHERE kind = 'user' AND value = '7'`).Scan(&user)
		})
		if err != nil {
			t.Fatal(err)
		}
		split := &lead.Split{ID: who, Identity: user}
		h.do(split)
		if l := h.lead(who); l.Title != "" || l.Department != "総務部" {
			t.Errorf("what stays: %+v", l)
		}
		if l := h.lead(split.Into); l.Title != "課長" || l.Department != "" {
			t.Errorf("what went: %+v", l)
		}
		h.clean()
	})
}

// An id that names nobody is kept with its event and ties nobody.
func TestPlaceholderIsKeptAndMarked(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		a := h.put(event.Message{User: "undefined", Kind: "quote_requested"})[0]
		b := h.put(event.Message{User: "undefined", Email: "b@acme.example", Kind: "quote_requested"})[0]
		if a.Lead != 0 || b.Lead == 0 {
			t.Fatalf("%+v %+v", a, b)
		}
		err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			e, err := event.ByID(t.Context(), tx, h.Engine.Kinds, a.Event)
			if err == nil && (e.Marks&event.MarkPlaceholder == 0 || string(e.Props) != `{"$user_id":"undefined"}`) {
				t.Errorf("%+v %s", e, e.Props)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
