package lead

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// MarkFlood says of leads for whom nobody vouches that they came with many others in a short time, and gives those
// for whom that is new.
func MarkFlood(ctx context.Context, tx *db.Tx, leads []id.ID) (marked []id.ID, err error) {
	b := newBook(tx)
	leads = slices.Compact(slices.Sorted(slices.Values(leads)))
	if err := b.readLeads(ctx, leads); err != nil {
		return nil, err
	}
	for _, number := range leads {
		if l := b.leads[number]; l != nil && l.Gone == "" && l.Unproven == Unproven {
			b.touch(l)
			marked = append(marked, number)
			l.Unproven = FromAFlood
			if l.CreatedAt != tx.Now {
				l.UpdatedAt = tx.Now
			}
		}
	}
	return marked, b.write(ctx)
}
