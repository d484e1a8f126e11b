package lead

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// Held are leads and anonymous visitors that events are taken from. On PostgreSQL their identities and rows stay
// locked, so that nothing comes to them meanwhile.
type Held struct {
	r   *removal
	own map[id.ID][]*identity
}

// Hold reads and locks whom events belong to: leads, and the identities of anonymous visitors.
func Hold(ctx context.Context, tx *db.Tx, owners []id.ID) (*Held, error) {
	h := &Held{&removal{book: newBook(tx), unphoned: map[id.ID][]string{}}, map[id.ID][]*identity{}}
	in, arg := tx.In("$1", owners)
	err := tx.Each(ctx, `SELECT id, kind, value, lead, via, standing, tied FROM identity
		WHERE lead <> 0 AND lead`+in+` OR id`+in+` ORDER BY kind, value {postgres:FOR UPDATE}`, []any{arg},
		func(scan func(...any) error) error {
			i := &identity{stored: true}
			err := scan(&i.id, &i.Kind, &i.Value, &i.lead, &i.via, &i.stands, &i.tied)
			h.own[i.lead] = append(h.own[i.lead], i)
			return err
		})
	if err != nil {
		return nil, err
	}
	return h, h.r.readLeads(ctx, owners)
}

// There are the leads that are neither deleted nor merged away, by id.
func (h *Held) There() map[id.ID]*Lead {
	there := map[id.ID]*Lead{}
	for number, l := range h.r.book.leads {
		if l.Gone == "" {
			there[number] = l
		}
	}
	return there
}

// Unmake lets leads go of which nothing is known any more: they are emptied, with whatever was said of them.
func (h *Held) Unmake(leads []id.ID) {
	for _, number := range leads {
		if l := h.r.book.leads[number]; l != nil && l.Gone == "" {
			h.r.remove(l)
		}
	}
}

// Untie takes from the leads that stay what only events had tied to them that are gone from the log: those from
// one id until before another, of senders who are believed at most so far. A browser becomes an anonymous visitor
// again, with what remains of it. An address or a user id under which more has come stays, and so does all of a
// lead that would be left without any, or that a member has made one with another.
func (h *Held) Untie(ctx context.Context, from, until id.ID, most Standing) error {
	loose, err := h.loose(ctx, from, until, most)
	if err != nil || len(loose) == 0 {
		return err
	}
	merged, err := h.merged(ctx)
	if err != nil {
		return err
	}
	for number, l := range h.There() {
		var off []*identity
		for _, i := range h.own[number] {
			if loose[i.id] {
				off = append(off, i)
			}
		}
		if len(off) < len(h.own[number]) && !slices.Contains(merged, number) {
			h.loosen(l, off)
		}
	}
	return nil
}

// loose are the identities that nothing in the log ties any more.
func (h *Held) loose(ctx context.Context, from, until id.ID, most Standing) (map[id.ID]bool, error) {
	var ties, owners []id.ID
	for number := range h.There() {
		for _, i := range h.own[number] {
			if i.tied >= from && i.tied < until && i.stands <= most {
				ties, owners = append(ties, i.tied), append(owners, number)
			}
		}
	}
	if len(ties) == 0 {
		return nil, nil
	}
	in, arg := h.r.tx.In("$1", ties)
	there, err := idsOf(ctx, h.r.tx, `SELECT id FROM event WHERE id`+in, arg)
	if err != nil {
		return nil, err
	}
	in, arg = h.r.tx.In("$1", owners)
	used, err := idsOf(ctx, h.r.tx, `SELECT DISTINCT who FROM event WHERE lead`+in, arg)
	if err != nil {
		return nil, err
	}
	loose := map[id.ID]bool{}
	for number := range h.There() {
		for _, i := range h.own[number] {
			loose[i.id] = slices.Contains(ties, i.tied) && !slices.Contains(there, i.tied) && i.stands <= most &&
				(i.Kind == Visitor || !slices.Contains(used, i.id))
		}
	}
	return loose, nil
}

// merged are the leads that a member has made one with another.
func (h *Held) merged(ctx context.Context) ([]id.ID, error) {
	var leads []id.ID
	for number := range h.There() {
		leads = append(leads, number)
	}
	in, arg := h.r.tx.In("$1", leads)
	return idsOf(ctx, h.r.tx, `SELECT DISTINCT winner FROM lead_merge WHERE undone_at = 0 AND winner`+in, arg)
}

// loosen takes identities from a lead, which gets another of its addresses where it loses its first.
func (h *Held) loosen(l *Lead, off []*identity) {
	for _, i := range off {
		h.r.identities = append(h.r.identities, i.id)
		if i.Kind == Mail && l.Email == i.Value {
			h.r.touch(l)
			l.loseMail(i.Identity)
			l.UpdatedAt = h.r.tx.Now
		}
	}
	for _, i := range h.own[l.ID] {
		if l.Email == "" && i.Kind == Mail && !slices.Contains(off, i) {
			h.r.touch(l)
			l.Email = i.Value
			l.setSource("email", Source{Standing: i.stands, At: h.r.tx.Now})
		}
	}
}

// Finish writes it all, forgets anonymous visitors of whom nothing is left, and has the leads that stay folded and
// taught anew.
func (h *Held) Finish(ctx context.Context) error {
	there := h.There()
	if err := h.r.finish(ctx); err != nil {
		return err
	}
	var visitors []id.ID
	for _, own := range h.own {
		for _, i := range own {
			visitors = append(visitors, i.id)
		}
	}
	in, arg := h.r.tx.In("$1", visitors)
	_, err := h.r.tx.Exec(ctx, `DELETE FROM identity WHERE lead = 0 AND id`+in+`
		AND NOT EXISTS (SELECT 1 FROM event e WHERE e.lead = identity.id)`, arg)
	for number := range there {
		h.r.tx.Post(Rewritten{Lead: number})
		h.r.tx.Post(Moved{number})
	}
	return err
}
