package lead

import (
	"context"
	"encoding/json"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
)

// undo is what takes an Upsert of a lead back that was there before.
type undo struct {
	Diff       diff     `json:"diff"`
	Identities []id.ID  `json:"identities,omitempty"`
	Phones     []string `json:"phones,omitempty"`
}

// Undone is one Upsert to take back: the lead and Before of its Result.
type Undone struct {
	Lead   id.ID
	Before string
}

// Undo takes Upserts back; they come newest first. A field that was changed since stays as it is. A
// lead that an Upsert made is emptied and gone, and what its visitors did is anonymous again; if it was
// changed or merged since, it stays and is among the kept.
func Undo(ctx context.Context, tx *db.Tx, list []Undone) (kept []id.ID, err error) {
	b := newBook(tx)
	ids := make([]id.ID, len(list))
	for i, u := range list {
		ids[i] = u.Lead
	}
	if err := b.readLeads(ctx, ids); err != nil {
		return nil, err
	}
	gone := &removal{book: b, unphoned: map[id.ID][]string{}}
	for _, u := range list {
		l := b.leads[u.Lead]
		switch {
		case l == nil || l.Gone == GoneDeleted || l.Gone == GoneErased:
		case l.Gone == GoneMerged:
			kept = append(kept, u.Lead)
		case u.Before != "":
			err = gone.takeBack(l, u.Before)
		case l.UpdatedAt != l.CreatedAt:
			kept = append(kept, u.Lead)
		default:
			gone.remove(l)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept), gone.finish(ctx)
}

// removal collects what an Undo takes away.
type removal struct {
	*book
	leads      []id.ID // emptied
	companies  []id.ID // of emptied leads
	identities []id.ID // of leads that stay
	unphoned   map[id.ID][]string
	since      int64 // ms UTC: the oldest of the emptied leads
}

func (r *removal) takeBack(l *Lead, before string) error {
	var u undo
	if err := json.Unmarshal([]byte(before), &u); err != nil {
		return err
	}
	r.restore(l, &u)
	return nil
}

func (r *removal) restore(l *Lead, u *undo) {
	r.touch(l)
	u.Diff.takeBack(l)
	r.identities = append(r.identities, u.Identities...)
	r.unphoned[l.ID] = append(r.unphoned[l.ID], u.Phones...)
	r.tx.Post(Moved{l.ID}) // what senders said meanwhile was outweighed until now
}

func (r *removal) remove(l *Lead) {
	r.touch(l)
	if r.since == 0 || l.CreatedAt < r.since {
		r.since = l.CreatedAt
	}
	r.leads = append(r.leads, l.ID)
	if l.Company != 0 {
		r.companies = append(r.companies, l.Company)
	}
	*l = Lead{ID: l.ID, Status: Untouched, Gone: GoneDeleted, CreatedAt: l.CreatedAt, UpdatedAt: r.tx.Now}
}

func (r *removal) finish(ctx context.Context) error {
	if err := r.release(ctx, `id`, r.identities); err != nil {
		return err
	}
	if err := r.release(ctx, `lead`, r.leads); err != nil {
		return err
	}
	var phones [][]any
	for lead, numbers := range r.unphoned {
		for _, n := range numbers {
			phones = append(phones, []any{int64(lead), n})
		}
	}
	if err := r.tx.Many(ctx, `DELETE FROM lead_phone WHERE lead = $1 AND phone = $2`, phones); err != nil {
		return err
	}
	if err := Attached.Unmake(ctx, r.tx, r.leads); err != nil {
		return err
	}
	if err := r.write(ctx); err != nil {
		return err
	}
	return r.removeCompanies(ctx)
}

// release takes identities from their leads: what came under them is anonymous again. Addresses and
// user ids under which nothing came are forgotten.
func (r *removal) release(ctx context.Context, column string, ids []id.ID) error {
	if len(ids) == 0 {
		return nil
	}
	in, arg := r.tx.In("$1", ids)
	theirs := ` FROM identity i WHERE i.lead <> 0 AND i.` + column + in
	_, err := r.tx.Exec(ctx, `UPDATE event SET lead = who WHERE lead IN (SELECT i.lead`+theirs+`)
		AND lead <> who AND who IN (SELECT i.id`+theirs+`)`, arg)
	if err != nil {
		return err
	}
	_, err = r.tx.Exec(ctx, `DELETE FROM identity WHERE kind <> '`+Visitor+`' AND lead <> 0 AND `+column+in+`
		AND NOT EXISTS (SELECT 1 FROM event e WHERE e.lead = identity.id)`, arg)
	if err != nil {
		return err
	}
	_, err = r.tx.Exec(ctx, `UPDATE identity SET lead = 0, via = 0, tied = 0 WHERE lead <> 0 AND `+column+in, arg)
	return err
}

// removeCompanies deletes the companies that came with the leads, for which nobody works any more and about which
// no person of ours has done anything.
func (r *removal) removeCompanies(ctx context.Context) error {
	if len(r.companies) == 0 {
		return nil
	}
	in, arg := r.tx.In("$1", r.companies)
	unused, err := idsOf(ctx, r.tx, `SELECT c.id FROM company c WHERE c.id`+in+` AND c.created_at >= $2
		AND NOT EXISTS (SELECT 1 FROM lead l WHERE l.company = c.id AND l.company <> 0)`, arg, r.since)
	if err != nil {
		return err
	}
	worked, err := company.Attached.Worked(ctx, r.tx, unused)
	if err != nil {
		return err
	}
	return company.Remove(ctx, r.tx, slices.DeleteFunc(unused, func(c id.ID) bool { return worked[c] != "" }))
}
