package lead

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
)

// book holds what one piece of work knows of leads and identities. It is read with few queries,
// decided in memory and written with few statements.
type book struct {
	tx         *db.Tx
	identities map[Identity]*identity
	leads      map[id.ID]*Lead
	before     map[id.ID]*Lead // of leads that are touched, as they were; nil for made ones
	touched    []*Lead         // in the order of touching
	phones     [][]any
	suggested  []suggestion
	joins      []join
	companies  map[id.ID]*company.Company
	claims     []claim // what outweighed sources say
	settled    [][]any // lead and field of claims that are none any more
}

// join moves the events of an identity that had no lead.
type join struct{ identity, lead id.ID }

func newBook(tx *db.Tx) *book {
	return &book{
		tx: tx, identities: map[Identity]*identity{}, leads: map[id.ID]*Lead{}, before: map[id.ID]*Lead{},
		companies: map[id.ID]*company.Company{},
	}
}

// know reads the identities and makes those that do not exist yet. On PostgreSQL their rows stay
// locked, so that no other transaction joins them elsewhere meanwhile.
func (b *book) know(ctx context.Context, wanted []Identity) error {
	if b.tx.Engine() == db.SQLite {
		err := b.readIdentities(ctx, wanted)
		b.makeMissing(wanted)
		return err
	}
	if _, err := b.tx.Exec(ctx, `{postgres:SAVEPOINT unlocked}`); err != nil {
		return err
	}
	held := maps.Clone(b.identities)
	if err := b.readIdentities(ctx, wanted); err != nil {
		return err
	}
	missing := b.makeMissing(wanted)
	if len(missing) == 0 {
		_, err := b.tx.Exec(ctx, `{postgres:RELEASE SAVEPOINT unlocked}`)
		return err
	}
	// Whoever makes one waits for others who make the same, and must not hold those there are meanwhile.
	if _, err := b.tx.Exec(ctx, `{postgres:ROLLBACK TO SAVEPOINT unlocked}`); err != nil {
		return err
	}
	b.identities = held
	if err := b.insertMissing(ctx, missing); err != nil {
		return err
	}
	return b.readIdentities(ctx, wanted)
}

// insertMissing writes new identities. Another transaction may make the same one at this moment: the first
// to write it wins, and the other reads what it wrote. Sorted, so that two cannot wait for each other.
func (b *book) insertMissing(ctx context.Context, missing []*identity) error {
	slices.SortFunc(missing, func(x, y *identity) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Value, y.Value))
	})
	rows := make([][]any, len(missing))
	for i, m := range missing {
		rows[i], b.identities[m.Identity] = m.values(b.tx.Now), m
	}
	return b.tx.Many(ctx, insertIdentity+` ON CONFLICT DO NOTHING`, rows)
}

const insertIdentity = `INSERT INTO identity (id, kind, value, lead, via, created_at, standing, tied)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

func (i *identity) values(now int64) []any {
	return []any{int64(i.id), i.Kind, i.Value, int64(i.lead), int64(i.via), now, int64(i.stands), int64(i.tied)}
}

func (b *book) readIdentities(ctx context.Context, wanted []Identity) error {
	byKind := map[string][]string{}
	for _, w := range wanted {
		byKind[w.Kind] = append(byKind[w.Kind], w.Value)
	}
	for _, kind := range []string{Mail, User, Visitor} {
		if len(byKind[kind]) == 0 {
			continue
		}
		// PostgreSQL locks them in one order, each found by itself: without statistics, as in the first
		// import, its planner would rather compare the whole kind with all values.
		slices.Sort(byKind[kind])
		in, arg := b.tx.InTexts("$2", slices.Compact(byKind[kind]))
		err := b.tx.Each(ctx, `{postgres:SELECT i.id, i.value, i.lead, i.via, i.standing, i.tied FROM unnest($2::text[]) AS asked(value) CROSS JOIN LATERAL
			(SELECT id, value, lead, via, standing, tied FROM identity WHERE kind = $1 AND identity.value = asked.value FOR UPDATE) i}
			{sqlite:SELECT id, value, lead, via, standing, tied FROM identity WHERE kind = $1 AND value`+in+`}`, []any{kind, arg}, func(scan func(...any) error) error {
			i := &identity{Identity: Identity{Kind: kind}, stored: true}
			if err := scan(&i.id, &i.Value, &i.lead, &i.via, &i.stands, &i.tied); err != nil {
				return err
			}
			if mine := b.identities[i.Identity]; mine != nil && mine.id == i.id {
				mine.stored = true
				return nil
			}
			b.identities[i.Identity] = i
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *book) makeMissing(wanted []Identity) []*identity {
	var missing []*identity
	for _, w := range wanted {
		if b.identities[w] == nil {
			i := &identity{Identity: w, id: b.tx.NewID(), fresh: true, dirty: true}
			b.identities[w] = i
			missing = append(missing, i)
		}
	}
	return missing
}

// readLeads reads leads by their ids, those merged away too; known ones are not read again.
func (b *book) readLeads(ctx context.Context, ids []id.ID) error {
	var missing []id.ID
	for _, i := range ids {
		if i != 0 && b.leads[i] == nil {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	in, arg := b.tx.In("$1", missing)
	return b.tx.Each(ctx, `SELECT `+columns+` FROM lead l WHERE l.id`+in+`{postgres: ORDER BY l.id FOR UPDATE}`, []any{arg},
		func(scan func(...any) error) error {
			l := &Lead{}
			if err := scan(l.places()...); err != nil {
				return err
			}
			b.leads[l.ID] = l
			return nil
		})
}

// follow reads leads and where they were merged to, and gives for each id the lead it is now; ids of
// no lead are left out.
func (b *book) follow(ctx context.Context, ids []id.ID) (map[id.ID]*Lead, error) {
	now := map[id.ID]*Lead{}
	for wanted := ids; len(wanted) > 0; {
		if err := b.readLeads(ctx, wanted); err != nil {
			return nil, err
		}
		var next []id.ID
		for _, w := range wanted {
			if l := b.leads[w]; l != nil && l.Gone == GoneMerged && b.leads[l.MergedInto] == nil {
				next = append(next, l.MergedInto)
			}
		}
		wanted = next
	}
	for _, i := range ids {
		l := b.leads[i]
		for l != nil && l.Gone == GoneMerged {
			l = b.leads[l.MergedInto]
		}
		if l != nil {
			now[i] = l
		}
	}
	return now, nil
}

// touch remembers a lead as it is before its first change.
func (b *book) touch(l *Lead) {
	if _, done := b.before[l.ID]; !done {
		b.before[l.ID] = l.clone()
		b.touched = append(b.touched, l)
	}
}

// make makes a lead that is written later.
func (b *book) make(l *Lead) *Lead {
	l.ID, l.Status, l.CreatedAt, l.UpdatedAt = b.tx.NewID(), cmp.Or(l.Status, Untouched), b.tx.Now, b.tx.Now
	b.leads[l.ID], b.before[l.ID] = l, nil
	b.touched = append(b.touched, l)
	return l
}

func (b *book) made(l *Lead) bool {
	was, touched := b.before[l.ID]
	return touched && was == nil
}

// tie gives an identity to a lead. Without a lead before, its events follow; with another, they stay
// where they are, and only what comes from now on is the new lead's.
func (b *book) tie(i *identity, lead, via id.ID) {
	if i.lead == lead {
		return
	}
	if i.lead == 0 && !i.fresh {
		b.joins = append(b.joins, join{i.id, lead})
	}
	if via == i.id {
		via = 0
	}
	i.lead, i.via, i.tied, i.dirty = lead, via, 0, true
}

// write writes all that changed and posts what follows from it.
func (b *book) write(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		b.refuseSuppressed, b.writeLeads, b.writeIdentities, b.moveEvents, b.writePhones, b.writeClaims, b.writeSuggestions, b.remeasure,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) writeLeads(ctx context.Context) error {
	var inserts, updates, unsearch [][]any
	var made, changed []*Lead
	if err := b.readCompanies(ctx); err != nil {
		return err
	}
	if err := b.conform(ctx); err != nil {
		return err
	}
	for _, l := range b.touched {
		was := b.before[l.ID]
		switch d := change(was, l); {
		case was == nil:
			inserts, made = append(inserts, l.values()), append(made, l)
		case d.empty():
			continue
		case d.sourcesOnly(): // nothing that anybody sees or judges by
			updates = append(updates, l.values())
			continue
		case l.Gone != "":
			updates, unsearch = append(updates, l.values()), append(unsearch, []any{int64(l.ID)})
		default:
			updates, changed = append(updates, l.values()), append(changed, l)
		}
		b.tell(was, l)
	}
	search, again := b.searchRows(made), b.searchRows(changed)
	if err := b.tx.Many(ctx, deleteSearch, unsearch); err != nil {
		return err
	}
	if err := b.tx.Many(ctx, insert, inserts); err != nil {
		return err
	}
	if err := b.tx.Many(ctx, update, updates); err != nil {
		return err
	}
	if err := b.tx.Many(ctx, insertSearch, <-search); err != nil {
		return err
	}
	return b.tx.Many(ctx, replaceSearch, <-again)
}

// change is the difference to what a lead was; all of a new one is.
func change(was, is *Lead) diff {
	if was == nil {
		return diff{}
	}
	return difference(was, is)
}

// tell posts what became of a lead.
func (b *book) tell(was, l *Lead) {
	if was == nil && l.Owner != 0 || was != nil && was.Owner != l.Owner {
		b.tx.Post(Owned{l.ID})
	}
	switch {
	case l.Gone != "":
		b.tx.Post(Gone{l.ID})
	case was != nil && was.Gone != "":
		b.tx.Post(Rewritten{Lead: l.ID})
	default:
		b.tx.Post(Changed{l.ID})
	}
}

// readCompanies reads the companies of touched leads, whose names are searched.
func (b *book) readCompanies(ctx context.Context) error {
	var missing []id.ID
	for _, l := range b.touched {
		if l.Company != 0 && b.companies[l.Company] == nil {
			missing = append(missing, l.Company)
		}
	}
	found, err := company.ByIDs(ctx, b.tx, missing)
	for number, c := range found {
		b.companies[number] = c
	}
	return err
}

func (b *book) writeIdentities(ctx context.Context) error {
	var inserts, updates [][]any
	for _, i := range b.identities {
		switch {
		case !i.dirty:
		case !i.stored:
			inserts = append(inserts, i.values(b.tx.Now))
		case i.lead != 0 || !i.fresh:
			updates = append(updates, []any{int64(i.id), int64(i.lead), int64(i.via), int64(i.stands), int64(i.tied)})
		}
		i.dirty, i.stored = false, true
	}
	byID := func(x, y []any) int { return cmp.Compare(x[0].(int64), y[0].(int64)) }
	slices.SortFunc(inserts, byID)
	slices.SortFunc(updates, byID)
	if err := b.tx.Many(ctx, insertIdentity, inserts); err != nil {
		return err
	}
	return b.tx.Many(ctx, `UPDATE identity SET lead = $2, via = $3, standing = $4, tied = $5 WHERE id = $1`, updates)
}

// moveEvents brings what visitors did before they were known to their leads.
func (b *book) moveEvents(ctx context.Context) error {
	for _, j := range b.joins {
		moved, err := moveEvents(ctx, b.tx, `lead = $2`, j.lead, j.identity)
		if err != nil {
			return err
		}
		if moved.n > 0 {
			b.tx.Post(Gone{j.identity})
			b.tx.Post(Rewritten{Lead: j.lead, Since: moved.since})
		}
		if moved.told {
			b.tx.Post(Moved{j.lead})
		}
	}
	b.joins = nil
	return nil
}

// traitsMark is event.MarkTraits: the log stands above this package.
const traitsMark = 8

// movedEvents is what went from one lead to another.
type movedEvents struct {
	n     int
	told  bool  // some of them tell something of the person
	since int64 // when the first of them happened, ms UTC
}

// moveEvents gives events to a lead.
func moveEvents(ctx context.Context, tx *db.Tx, where string, lead id.ID, args ...any) (moved movedEvents, err error) {
	err = tx.Each(ctx, `UPDATE event SET lead = $1 WHERE `+where+` RETURNING marks, at`, append([]any{lead}, args...),
		func(scan func(...any) error) error {
			var marks, at int64
			err := scan(&marks, &at)
			if moved.n == 0 || at < moved.since {
				moved.since = at
			}
			moved.n, moved.told = moved.n+1, moved.told || marks&traitsMark != 0
			return err
		})
	return moved, err
}

func (b *book) writePhones(ctx context.Context) error {
	return b.tx.Many(ctx, `INSERT INTO lead_phone (phone, lead) VALUES ($1, $2) ON CONFLICT DO NOTHING`, b.phones)
}
