package lead

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// Unlearn empties the values of leads whose event is not theirs any more, and gives the leads that are there:
// merged and deleted ones are left alone. The caller teaches them again what the log says.
func Unlearn(ctx context.Context, tx *db.Tx, leads []id.ID) (there []id.ID, err error) {
	b := newBook(tx)
	leads = slices.Compact(slices.Sorted(slices.Values(leads)))
	if err := b.readLeads(ctx, leads); err != nil {
		return nil, err
	}
	for _, number := range leads {
		l := b.leads[number]
		if l == nil || l.Gone != "" {
			continue
		}
		there = append(there, number)
		if err := b.unlearn(ctx, l); err != nil {
			return nil, err
		}
	}
	return there, b.write(ctx)
}

func (b *book) unlearn(ctx context.Context, l *Lead) error {
	var events []id.ID
	for _, s := range l.Known {
		if s.Event != 0 {
			events = append(events, s.Event)
		}
	}
	if len(events) == 0 {
		return nil
	}
	in, arg := b.tx.In("$2", events)
	own, err := idsOf(ctx, b.tx, `SELECT id FROM event WHERE lead = $1 AND id`+in, l.ID, arg)
	if err != nil {
		return err
	}
	b.touch(l)
	for field, s := range l.Known {
		if s.Event != 0 && !slices.Contains(own, s.Event) {
			l.forget(field)
		}
	}
	if !difference(b.before[l.ID], l).empty() {
		l.UpdatedAt = b.tx.Now
	}
	if err := b.forgetPhones(ctx, l); err != nil {
		return err
	}
	_, err = b.tx.Exec(ctx, `DELETE FROM lead_claim WHERE lead = $1 AND event <> 0
		AND event NOT IN (SELECT id FROM event WHERE lead = $1)`, l.ID)
	return err
}

// forgetPhones lets a lead not be found any more by numbers that it has lost.
func (b *book) forgetPhones(ctx context.Context, l *Lead) error {
	var lost [][]any
	for _, digits := range []string{b.before[l.ID].Phone, b.before[l.ID].Mobile} {
		if digits != "" && digits != l.Phone && digits != l.Mobile {
			lost = append(lost, []any{int64(l.ID), digits})
		}
	}
	return b.tx.Many(ctx, `DELETE FROM lead_phone WHERE lead = $1 AND phone = $2`, lost)
}

// forget empties a field and its source.
func (l *Lead) forget(field string) {
	delete(l.Known, field)
	if name, is := propOf(field); is {
		l.setProp(name, "")
		return
	}
	switch field {
	case "name":
		l.Name, l.LastName, l.FirstName = "", "", ""
	case "company":
		l.Company = 0
	case "email": // the identity says whose it is
	default:
		for _, f := range fields {
			if f.column == field {
				f.set(l, "")
			}
		}
	}
}
