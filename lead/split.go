package lead

import (
	"context"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Split detaches an identity from a lead, with all that came under it: an address or a user id becomes a lead
// of its own, a browser an anonymous visitor. What senders said under it goes along; what people did with the
// lead stays. Refusals hold for both: nobody knows for whom they were meant.
type Split struct {
	ID       id.ID `json:"id"`
	Identity id.ID `json:"identity"`
	Into     id.ID `json:"into"` // result: the new lead; the identity itself if it is anonymous now

	act.Recorded
	Was *undo `json:"was,omitempty"` // what the lead lost by it; set by Do
}

// Name is the command in the audit log.
func (c *Split) Name() string { return "lead.split" }

// Allow lets those split who may merge.
func (c *Split) Allow(who act.Who) bool { return (&Merge{}).Allow(who) }

// Target is the lead that stays.
func (c *Split) Target() id.ID { return c.ID }

// Check has nothing to check without the database.
func (c *Split) Check() error { return nil }

// Do splits. A lead keeps its last identity: there would be nothing to split it from.
func (c *Split) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	identities, err := b.lock(ctx, c.ID, c.ID)
	if err != nil {
		return err
	}
	own, err := identitiesOf(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	detached, err := c.pick(own, len(identities[c.ID]))
	if err != nil {
		return err
	}
	was := b.leads[c.ID].clone()
	if err := c.make(ctx, b, detached, own); err != nil {
		return err
	}
	l := b.leads[c.ID]
	l.UpdatedAt = tx.Now
	c.Was = &undo{Diff: difference(was, l)}
	if err := moveUnder(ctx, tx, detached.id, c.ID, c.Into); err != nil {
		return err
	}
	tx.Post(Changed{c.ID})
	return b.write(ctx)
}

func (c *Split) pick(own []*identity, total int) (*identity, error) {
	for _, i := range own {
		if i.id == c.Identity {
			if total == 1 {
				return nil, fault.New(fault.Conflict, "lead.last_identity", nil)
			}
			return i, nil
		}
	}
	return nil, fault.New(fault.NotFound, "lead.no_identity", nil)
}

// make gives the identity its lead, and the lead that stays another address where it lost its first.
func (c *Split) make(ctx context.Context, b *book, detached *identity, own []*identity) error {
	l := b.leads[c.ID]
	b.touch(l)
	if detached.Kind == Visitor {
		c.Into = detached.id
		return nil
	}
	made := &Lead{}
	if !detached.stands.Vouched() {
		made.Unproven = Unproven
	}
	if detached.Kind == Mail {
		made.Email, made.CorporateMail = detached.Value, l.CorporateMail
		made.setSource("email", Source{Standing: detached.stands, At: b.tx.Now})
		if l.Known.Of("company").Standing == Guessed && l.Email == detached.Value {
			made.Company = l.Company
			made.setSource("company", l.Known.Of("company"))
		}
		l.loseMail(detached.Identity)
		for _, i := range own {
			if i.Kind == Mail && i.id != detached.id && l.Email == "" {
				l.Email = i.Value
				l.setSource("email", Source{Standing: i.stands, At: b.tx.Now})
			}
		}
	}
	c.Into = b.make(made).ID
	if err := copyRefusals(ctx, b.tx, c.ID, c.Into, 0); err != nil {
		return err
	}
	return decide(ctx, b.tx, c.ID, c.Into, DecidedApart)
}

// identitiesOf are the identities of a lead, the oldest first.
func identitiesOf(ctx context.Context, tx *db.Tx, lead id.ID) (list []*identity, err error) {
	err = tx.Each(ctx, `SELECT id, kind, value, via, standing FROM identity WHERE lead = $1 AND lead <> 0 ORDER BY id`,
		[]any{lead}, func(scan func(...any) error) error {
			i := &identity{lead: lead, stored: true}
			err := scan(&i.id, &i.Kind, &i.Value, &i.via, &i.stands)
			list = append(list, i)
			return err
		})
	return list, err
}

// moveUnder moves an identity, the browsers that it tied, and what came under them from one lead to another. A
// browser moves alone. Both leads are folded and taught anew.
func moveUnder(ctx context.Context, tx *db.Tx, identity, from, to id.ID) error {
	under := []id.ID{identity}
	if identity != to {
		tied, err := idsOf(ctx, tx, `SELECT id FROM identity WHERE lead = $1 AND lead <> 0 AND via = $2 AND kind = $3`,
			from, identity, Visitor)
		if err != nil {
			return err
		}
		under = append(under, tied...)
	}
	owner := to
	if identity == to {
		owner = 0
	}
	in, arg := tx.In("$2", under)
	if _, err := tx.Exec(ctx, `UPDATE identity SET lead = $1, via = CASE id WHEN $3 THEN 0 ELSE via END WHERE id`+in,
		owner, arg, identity); err != nil {
		return err
	}
	in, arg = tx.In("$3", under)
	moved, err := moveEvents(ctx, tx, `lead = $2 AND who`+in, to, from, arg)
	if err != nil || moved.n == 0 {
		return err
	}
	tx.Post(Rewritten{Lead: from, Since: moved.since})
	if owner != 0 {
		tx.Post(Rewritten{Lead: to, Since: moved.since})
	}
	if moved.told {
		tx.Post(Moved{from})
	}
	if moved.told && owner != 0 {
		tx.Post(Moved{to})
	}
	return nil
}

// Back takes the split back: the two are one again, and the lead has back what it lost.
func (c *Split) Back(ctx context.Context, tx *db.Tx) error {
	if c.Was == nil || c.Into == 0 {
		return errors.New("lead: a split that says nothing of itself")
	}
	if c.Into != c.Identity {
		if err := (&Merge{Winner: c.ID, Loser: c.Into}).Do(ctx, tx); err != nil {
			return err
		}
	}
	b := newBook(tx)
	l, err := b.change(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.Into == c.Identity {
		if err := moveBack(ctx, tx, c.Identity, c.ID); err != nil {
			return err
		}
	}
	c.Was.Diff.takeBack(l)
	l.UpdatedAt = tx.Now
	return b.write(ctx)
}

// moveBack gives an anonymous visitor its lead again. One that has become known as somebody else since stays.
func moveBack(ctx context.Context, tx *db.Tx, visitor, lead id.ID) error {
	n, err := tx.Exec(ctx, `UPDATE identity SET lead = $2 WHERE id = $1 AND lead = 0`, visitor, lead)
	if err != nil {
		return err
	}
	if n == 0 {
		return act.ChangedSince()
	}
	moved, err := moveEvents(ctx, tx, `lead = $2`, lead, visitor)
	tx.Post(Gone{visitor})
	tx.Post(Rewritten{Lead: lead, Since: moved.since})
	if moved.told {
		tx.Post(Moved{lead})
	}
	return err
}
