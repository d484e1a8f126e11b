package fold_test

import (
	"testing"

	"kizashi/event"
	"kizashi/id"
)

// A message id counts for the key it came with and the person it names: a stranger who uses an id first, with the
// page's key or for another person, does not make a later message a repetition.
func TestMessageIDsCountByKeyAndPerson(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		const site, crm = id.ID(11), id.ID(12)
		send := func(door id.ID, user string) (a struct{ repeated bool }) {
			m := did(user, "quote_requested")
			m.ID, m.Door = "form-1", door
			a.repeated = h.put(m)[0].Repeated
			return a
		}
		for i, c := range []struct {
			door     id.ID
			user     string
			repeated bool
		}{
			{site, "stranger", false}, {site, "u", false}, {crm, "u", false}, // each is new
			{crm, "u", true}, {site, "u", true}, {site, "stranger", true}, // each is known
		} {
			if got := send(c.door, c.user); got.repeated != c.repeated {
				t.Errorf("%d: %+v is repeated: %v", i, c, got.repeated)
			}
		}
		// The same within one batch.
		one, other := did("a", "quote_requested"), did("b", "quote_requested")
		one.ID, other.ID = "form-2", "form-2"
		if got := h.put(one, other, one); got[0].Repeated || got[1].Repeated || !got[2].Repeated || got[2].Event != got[0].Event {
			t.Errorf("%+v", got)
		}
		h.clean()
	})
}

// What our own commands write nobody sends, in whatever spelling; the rest of a batch is taken.
func TestOurOwnKindsAreReserved(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		for _, kind := range []string{"call_logged", "Call Logged", "meeting-held", "VISIT_LOGGED", "mail_logged", "note_added", " contacted ", "Imported"} {
			answers, err := h.Intake.Put(t.Context(), []event.Message{did("u", kind), did("u", "page_view")})
			if err != nil || answers[0].Err == nil || answers[0].Err.Key != "intake.reserved" || answers[1].Err != nil {
				t.Errorf("%q: %+v %v", kind, answers, err)
			}
		}
		if answers, err := h.Intake.Put(t.Context(), []event.Message{did("u", "call_requested")}); err != nil || answers[0].Err != nil {
			t.Errorf("%+v %v", answers, err)
		}
	})
}
