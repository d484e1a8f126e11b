package lead

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Alter changes leads by a function. It is how other nouns change what is seen of a lead: the rows stay locked, what
// differs is written with the time of the change, so that an edit that was begun before is a conflict, and posted.
// Leads that are gone are left out. It gives the leads that are other than before.
func Alter(ctx context.Context, tx *db.Tx, leads []id.ID, f func(l *Lead)) (changed []id.ID, err error) {
	b := newBook(tx)
	if err := b.readLeads(ctx, leads); err != nil {
		return nil, err
	}
	for _, number := range leads {
		l := b.leads[number]
		if l == nil || l.Gone != "" {
			continue
		}
		b.touch(l)
		f(l)
		if !difference(b.before[number], l).empty() {
			l.UpdatedAt = tx.Now
			changed = append(changed, number)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return changed, b.write(ctx)
}

// AlterOne is Alter for one lead; it tells whether the lead is other than before.
func AlterOne(ctx context.Context, tx *db.Tx, number id.ID, f func(l *Lead)) (changed bool, err error) {
	list, err := Alter(ctx, tx, []id.ID{number}, f)
	return len(list) > 0, err
}
