package lead

import (
	"context"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Back takes the change back, if all of it is still as the change left it.
func (c *Change) Back(ctx context.Context, tx *db.Tx) error {
	if c.Was == nil {
		return nil // it changed nothing
	}
	b := newBook(tx)
	address, mailed := c.Was.Diff.Fields["email"]
	if mailed && address[0] != "" {
		if err := b.know(ctx, []Identity{{Mail, address[0]}}); err != nil {
			return err
		}
	}
	l, err := b.change(ctx, c.ID)
	if err != nil {
		return err
	}
	if !c.Was.Diff.stands(l) {
		return act.ChangedSince()
	}
	if mailed && address[0] != "" {
		i := b.identities[Identity{Mail, address[0]}]
		if i.lead != 0 && i.lead != l.ID {
			return fault.New(fault.Conflict, "lead.mail_taken", fault.Args{"email": address[0], "lead": i.lead})
		}
		b.tie(i, l.ID, 0)
	}
	r := &removal{book: b, unphoned: map[id.ID][]string{}}
	r.restore(l, c.Was)
	l.UpdatedAt = tx.Now
	if err := b.employ(ctx, l); err != nil {
		return err
	}
	return r.finish(ctx)
}

// employ follows the company of a lead to what it was merged into.
func (b *book) employ(ctx context.Context, l *Lead) error {
	if l.Company == b.before[l.ID].Company || l.Company == 0 {
		return nil
	}
	found, err := company.ByID(ctx, b.tx, l.Company)
	if fault.KindOf(err) == fault.NotFound {
		l.Company = 0
		return nil
	}
	if err == nil {
		l.Company, b.companies[found.ID] = found.ID, found
	}
	return err
}

// stands tells whether all of a change is still as it left it.
func (d diff) stands(l *Lead) bool {
	for _, f := range fields {
		if change, ok := d.Fields[f.column]; ok && f.column != "updated_at" && f.get(l) != change[1] {
			return false
		}
	}
	for name, change := range d.Props {
		if l.Props[name] != change[1] {
			return false
		}
	}
	return len(without(d.Tagged, l.Tags)) == 0 && len(without(d.Untagged, l.Tags)) == len(d.Untagged)
}
