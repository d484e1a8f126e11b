package takeback

import (
	"context"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
)

// How much is read in one transaction.
const (
	readEvents = 5000
	readLeads  = 500
)

// Preview counts what taking a range back would do. It reads in many transactions, so that what comes meanwhile may
// or may not be among it. Invalid for a range that is none, NotFound without the key.
func Preview(ctx context.Context, d *db.DB, who act.Who, r Range) (c Counts, err error) {
	if !allowed(who) {
		return c, fault.New(fault.Forbidden, "fault.forbidden", fault.Args{"role": who.Role})
	}
	if err := r.check(); err != nil {
		return c, err
	}
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		r, _, err = r.fit(ctx, tx)
		return err
	})
	if err != nil {
		return c, err
	}
	c.People = map[Fate]int64{}
	owners := map[id.ID]bool{}
	for after := id.ID(0); ; {
		list, err := r.next(ctx, d, after, readEvents)
		if err != nil {
			return c, err
		}
		if len(list) == 0 {
			break
		}
		after = list[len(list)-1].Event
		c.Events += int64(len(list))
		for _, o := range list {
			owners[o.Owner] = true
		}
	}
	for chunk := range slices.Chunk(keys(owners), readLeads) {
		err := d.Read(ctx, func(tx *db.Tx) error { return r.count(ctx, tx, chunk, &c) })
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func keys(owners map[id.ID]bool) []id.ID {
	list := make([]id.ID, 0, len(owners))
	for number := range owners {
		list = append(list, number)
	}
	slices.Sort(list)
	return list
}

// fit keeps a range within the life of its key and the past, so that no time is sought in which nothing came.
func (r Range) fit(ctx context.Context, tx *db.Tx) (Range, member.Key, error) {
	key, err := member.KeyOf(ctx, tx, r.Key)
	r.From = max(r.From, key.CreatedAt)
	r.Until = max(min(r.Until, tx.Now+1), r.From)
	return r, key, err
}

// next are the first events of a range after one of them; none at its end.
func (r Range) next(ctx context.Context, d *db.DB, after id.ID, limit int) (list []event.Owned, err error) {
	for from := max(r.From, after.Time()); from < r.Until && len(list) == 0; from += window {
		part := r.span()
		part.Until = min(part.Until, id.First(from+window))
		err = d.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = part.Next(ctx, tx, max(after, id.First(from)-1), limit)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// count adds what becomes of some leads.
func (r Range) count(ctx context.Context, tx *db.Tx, owners []id.ID, c *Counts) error {
	leads, err := lead.ByIDs(ctx, tx, owners)
	if err != nil {
		return err
	}
	for number, l := range leads {
		if l.Gone != "" {
			delete(leads, number)
		}
	}
	fates, err := r.fates(ctx, tx, leads)
	if err != nil {
		return err
	}
	for _, fate := range fates {
		c.People[fate]++
	}
	n, err := r.values(ctx, tx, leads, fates)
	c.Values += n
	return err
}
