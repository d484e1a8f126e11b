package lead

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Merge makes two leads one. The winner keeps what it knows and gets what it lacks from the loser;
// of two exclusions the stricter holds. Nothing is lost: Unmerge brings both back.
type Merge struct {
	Winner id.ID `json:"winner"`
	Loser  id.ID `json:"loser"`
}

// Name is the command in the audit log.
func (c *Merge) Name() string { return "lead.merge" }

// Allow lets those merge who work with leads.
func (c *Merge) Allow(who act.Who) bool { return act.Work.Holds(who) }

// Target is the lead that stays.
func (c *Merge) Target() id.ID { return c.Winner }

// Check refuses a lead and itself.
func (c *Merge) Check() error {
	if c.Winner == c.Loser {
		return fault.New(fault.Invalid, "lead.same_twice", nil)
	}
	return nil
}

// merged is what a merge did, as lead_merge.before keeps it.
type merged struct {
	Winner, Loser *Lead              // as they were
	Filled        diff               // what the winner got
	Identities    []id.ID            // that the loser had
	Phones        []string           // that the winner got
	Rows          map[string][]id.ID // of what hangs on a lead, by table
	Under         []id.ID            // under what the loser's events come: its identities, itself, what it had absorbed
	Kept          []id.ID            // events of the winner under one of these: a shared browser's
	Moved         []id.ID            // events of the loser under none of these: the same
}

// Do merges.
func (c *Merge) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	identities, err := b.lock(ctx, c.Winner, c.Loser)
	if err != nil {
		return err
	}
	winner, loser := b.leads[c.Winner], b.leads[c.Loser]
	m := &merged{Winner: winner.clone(), Loser: loser.clone(), Identities: identities[c.Loser]}
	b.touch(winner)
	b.touch(loser)
	winner.absorb(loser)
	winner.UpdatedAt, loser.UpdatedAt = tx.Now, tx.Now
	m.Filled = difference(m.Winner, winner)
	loser.Gone, loser.MergedInto = GoneMerged, winner.ID
	if err := m.move(ctx, tx); err != nil {
		return err
	}
	if err := m.record(ctx, tx); err != nil {
		return err
	}
	tx.Post(Rewritten{Lead: winner.ID})
	if err := b.write(ctx); err != nil {
		return err
	}
	tx.Post(Moved{winner.ID}) // what senders said of the loser may outweigh what the winner knows
	return nil
}

// lock reads two leads, which must be there, and the ids of the identities of each. On PostgreSQL
// their rows stay locked, the identities before the leads, as in every other piece of work.
func (b *book) lock(ctx context.Context, one, two id.ID) (identities map[id.ID][]id.ID, err error) {
	if identities, err = b.lockIdentities(ctx, one, two); err != nil {
		return nil, err
	}
	if err := b.readLeads(ctx, []id.ID{one, two}); err != nil {
		return nil, err
	}
	for _, number := range []id.ID{one, two} {
		if err := b.there(number); err != nil {
			return nil, err
		}
	}
	return identities, nil
}

func (b *book) lockIdentities(ctx context.Context, leads ...id.ID) (map[id.ID][]id.ID, error) {
	identities := map[id.ID][]id.ID{}
	in, arg := b.tx.In("$1", leads)
	err := b.tx.Each(ctx, `SELECT id, lead FROM identity WHERE lead <> 0 AND lead`+in+` ORDER BY kind, value {postgres:FOR UPDATE}`,
		[]any{arg}, func(scan func(...any) error) error {
			var number, lead id.ID
			err := scan(&number, &lead)
			identities[lead] = append(identities[lead], number)
			return err
		})
	return identities, err
}

// there is nil if a lead that was read exists and is not gone.
func (b *book) there(number id.ID) error {
	switch l := b.leads[number]; {
	case l == nil:
		return fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": number})
	case l.Gone == GoneMerged:
		return fault.New(fault.Conflict, "lead.is_merged", fault.Args{"id": number, "into": l.MergedInto})
	case l.Gone == GoneErased:
		return erased(number)
	case l.Gone != "":
		return fault.New(fault.Conflict, "lead.is_deleted", fault.Args{"id": number})
	}
	return nil
}

// absorb completes a lead by what another one knows of the same person. What senders said counts for both as if
// they had always been one: the stronger source, of equal ones the newer.
func (l *Lead) absorb(o *Lead) {
	if l.takes(o, "name", l.Name, o.Name) {
		l.Name, l.LastName, l.FirstName = o.Name, o.LastName, o.FirstName
	}
	if l.takes(o, "email", l.Email, o.Email) {
		l.Email, l.CorporateMail = o.Email, o.CorporateMail
	}
	if l.takes(o, "title", l.Title, o.Title) {
		l.Title, l.Rank, l.RankSet = o.Title, o.Rank, o.RankSet
	}
	l.absorbTexts(o)
	if l.takes(o, "company", l.value("company"), o.value("company")) {
		l.Company = o.Company
	}
	if l.Status == Untouched {
		l.Status = o.Status
	}
	l.Source, l.Owner, l.WakeAt = cmp.Or(l.Source, o.Source), cmp.Or(l.Owner, o.Owner), cmp.Or(l.WakeAt, o.WakeAt)
	if stricter(l.Excluded, o.Excluded) != l.Excluded {
		l.Excluded, l.Listed = o.Excluded, o.Listed
	}
	l.BANT |= o.BANT
	l.Unproven = min(l.Unproven, o.Unproven)
	l.Tags = union(slices.Clip(l.Tags), o.Tags)
	for name, value := range o.Props {
		if l.takes(o, propField(name), l.Props[name], value) {
			l.setProp(name, value)
		}
	}
}

// absorbTexts takes over what stands for itself; an address comes whole or not at all, unless senders gave it.
func (l *Lead) absorbTexts(o *Lead) {
	located := l.Postal+l.Prefecture+l.Address != ""
	for _, t := range []struct {
		field    string
		to, from *string
		place    bool
	}{
		{"kana", &l.Kana, &o.Kana, false}, {"phone", &l.Phone, &o.Phone, false}, {"mobile", &l.Mobile, &o.Mobile, false},
		{"department", &l.Department, &o.Department, false}, {"postal", &l.Postal, &o.Postal, true},
		{"prefecture", &l.Prefecture, &o.Prefecture, true}, {"address", &l.Address, &o.Address, true},
	} {
		if t.place && located && o.Known.Of(t.field).Event == 0 {
			continue
		}
		if l.takes(o, t.field, *t.to, *t.from) {
			*t.to = *t.from
		}
	}
}

// takes decides whether a merge takes a value of the other lead, and then keeps its source. Where a sender said
// one of the two, the stronger source wins; what files and members said of the winner stays.
func (l *Lead) takes(o *Lead, field, has, value string) bool {
	from, of := o.Known.Of(field), l.Known.Of(field)
	sent := from.Event != 0 || of.Event != 0 || of.Standing < Imported
	if value == "" || value == has || has != "" && !(sent && from.outweighs(of)) {
		return false
	}
	l.setSource(field, from)
	return true
}

// move brings all that stands under the loser to the winner, and notes what it was.
func (m *merged) move(ctx context.Context, tx *db.Tx) error {
	winner, loser := m.Winner.ID, m.Loser.ID
	if _, err := tx.Exec(ctx, `UPDATE identity SET lead = $1 WHERE lead = $2`, winner, loser); err != nil {
		return err
	}
	if err := m.moveEvents(ctx, tx); err != nil {
		return err
	}
	var err error
	if m.Rows, err = Attached.Follow(ctx, tx, loser, winner); err != nil {
		return err
	}
	return tx.Each(ctx, `INSERT INTO lead_phone (phone, lead) SELECT p.phone, CAST($1 AS {int}) FROM lead_phone p WHERE p.lead = $2
		ON CONFLICT DO NOTHING RETURNING phone`, []any{winner, loser}, func(scan func(...any) error) error {
		m.Phones = append(m.Phones, "")
		return scan(&m.Phones[len(m.Phones)-1])
	})
}

func (m *merged) moveEvents(ctx context.Context, tx *db.Tx) error {
	winner, loser := m.Winner.ID, m.Loser.ID
	absorbed, err := mergedInto(ctx, tx, loser)
	if err != nil {
		return err
	}
	m.Under = slices.Concat(m.Identities, absorbed)
	in, arg := tx.In("$2", m.Under)
	if m.Kept, err = idsOf(ctx, tx, `SELECT id FROM event WHERE lead = $1 AND who`+in, winner, arg); err != nil {
		return err
	}
	if m.Moved, err = idsOf(ctx, tx, `SELECT id FROM event WHERE lead = $1 AND NOT (who`+in+`)`, loser, arg); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE event SET lead = $1 WHERE lead = $2`, winner, loser)
	return err
}

// mergedInto are a lead and all that are merged into it, at any depth: events may still come under
// their ids.
func mergedInto(ctx context.Context, tx *db.Tx, lead id.ID) ([]id.ID, error) {
	all := []id.ID{lead}
	for wave := all; len(wave) > 0; {
		in, arg := tx.In("$1", wave)
		next, err := idsOf(ctx, tx, `SELECT loser FROM lead_merge WHERE undone_at = 0 AND winner`+in, arg)
		if err != nil {
			return nil, err
		}
		all, wave = append(all, next...), next
	}
	return all, nil
}

func (m *merged) record(ctx context.Context, tx *db.Tx) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO lead_merge (id, winner, loser, at, before) VALUES ($1, $2, $3, $4, $5)`,
		tx.NewID(), m.Winner.ID, m.Loser.ID, tx.Now, string(raw))
	if err != nil {
		return err
	}
	return decide(ctx, tx, m.Winner.ID, m.Loser.ID, DecidedMerged)
}

// idsOf runs a query for one column of ids.
func idsOf(ctx context.Context, tx *db.Tx, query string, args ...any) ([]id.ID, error) {
	var ids []id.ID
	err := tx.Each(ctx, query, args, func(scan func(...any) error) error {
		ids = append(ids, 0)
		return scan(&ids[len(ids)-1])
	})
	return ids, err
}
