package fold_test

import (
	"context"
	"slices"
	"testing"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
)

// again sends messages once more, at once and one by one, and wants each answered like the first time.
func (h *house) again(when string, sent []event.Message, first []id.ID) {
	h.Helper()
	check := func(i int, repeated bool, number id.ID) {
		if !repeated || number != first[i] {
			h.Errorf("%s: message %s is repeated: %v, as event %s instead of %s", when, sent[i].ID, repeated, number, first[i])
		}
	}
	for i, a := range h.put(slices.Clone(sent)...) {
		check(i, a.Repeated, a.Event)
	}
	for i, m := range sent {
		a := h.put(m)[0]
		check(i, a.Repeated, a.Event)
	}
}

// splitOff detaches an identity from the lead that has it.
func (h *house) splitOff(kind, value string) {
	h.Helper()
	c := &lead.Split{}
	h.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT lead, id FROM identity WHERE kind = $1 AND value = $2`, kind, value).Scan(&c.ID, &c.Identity)
	})
	h.do(c)
}

func (h *house) read(f func(ctx context.Context, tx *db.Tx) error) {
	h.Helper()
	if err := h.DB.Read(h.Context(), func(tx *db.Tx) error { return f(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

// A message that comes again is recognised whatever became of its person meanwhile: a merge, its undoing, a split, a
// browser that turned out to be somebody's.
func TestMessagesAreRecognisedAfterMergeAndSplit(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		const site, server, crm = id.ID(11), id.ID(12), id.ID(13)
		a := h.put(event.Message{User: "a", Email: "a@acme.example", Visitor: "va", Kind: "page_view", Standing: lead.Confirmed})[0].Lead
		b := h.put(event.Message{Email: "b@acme.example", Visitor: "vb", Kind: "page_view", Standing: lead.Confirmed})[0].Lead
		sent := []event.Message{
			{ID: "1", Door: site, User: "a"}, {ID: "1", Door: server, User: "a", Standing: lead.Confirmed},
			{ID: "1", Door: site, Email: "a@acme.example"}, {ID: "1", Door: site, Visitor: "va"},
			{ID: "1", Door: site, User: "a", Email: "a@acme.example", Visitor: "va"},
			{ID: "1", Door: site, Email: "b@acme.example"}, {ID: "1", Door: site, Visitor: "vb"},
			{ID: "1", Door: crm, Lead: a, Standing: lead.Confirmed}, {ID: "1", Door: crm, Lead: b, Standing: lead.Confirmed},
			{ID: "1", Door: site, Visitor: "nobody yet"}, {ID: "1", Door: site, User: "undefined"},
			{ID: "1", Door: site, User: "other", Email: "a@acme.example"}, // contradicts: a lead of its own
		}
		for i := range sent {
			sent[i].Kind = "price_view"
		}
		var first []id.ID
		for i, one := range h.put(slices.Clone(sent)...) {
			if one.Repeated || one.Err != nil {
				t.Fatalf("message %d: %+v", i, one)
			}
			first = append(first, one.Event)
		}
		h.again("at once", sent, first)
		h.do(&lead.Merge{Winner: b, Loser: a})
		h.again("merged", sent, first)
		h.do(&lead.Unmerge{Loser: a})
		h.again("unmerged", sent, first)
		h.do(&lead.Merge{Winner: a, Loser: b})
		for _, off := range []lead.Identity{{Kind: lead.User, Value: "a"}, {Kind: lead.Mail, Value: "b@acme.example"}, {Kind: lead.Visitor, Value: "va"}} {
			h.splitOff(off.Kind, off.Value)
			h.again("split off "+off.Value, sent, first)
		}
		h.put(event.Message{User: "c", Visitor: "nobody yet", Kind: "page_view"})
		h.again("known", sent, first)
		other := sent[0]
		other.ID = "2"
		if h.put(other)[0].Repeated {
			t.Error("another message is taken for a repetition")
		}
		h.clean()
	})
}
