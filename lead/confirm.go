package lead

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// typed notes that a member wrote what differs from before: no sender overwrites it, not even where it was
// emptied.
func (l *Lead) typed(before *Lead, now int64) {
	for field := range sourced(difference(before, l)) {
		l.setSource(field, Source{Standing: Typed, At: now})
		l.Unproven = Vouched
	}
}

// sourced are the fields of a difference whose source is kept.
func sourced(d diff) map[string]bool {
	changed := map[string]bool{}
	for column := range d.Fields {
		switch column {
		case "last_name", "first_name":
			changed["name"] = true
		case "name", "kana", "email", "phone", "mobile", "department", "title", "postal", "prefecture", "address", "company":
			changed[column] = true
		}
	}
	for name := range d.Props {
		changed[propField(name)] = true
	}
	return changed
}

// Unconfirmed are the fields of a lead whose value nobody vouches for, in order.
func (l *Lead) Unconfirmed() []string {
	var list []string
	for field, s := range l.Known {
		if field != everythingElse && !s.Standing.Vouched() && s.Standing != Guessed && l.value(field) != "" {
			list = append(list, field)
		}
	}
	slices.Sort(list)
	return list
}

// Value is the value of a field of Known as a text; of a company as CompanyOf reads it.
func (l *Lead) Value(field string) string { return l.value(field) }

// CompanyOf reads the company of a Value or a Claim.
func CompanyOf(value string) (id.ID, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("lead: a company is a number: %w", err)
	}
	return id.ID(n), nil
}

func (l *Lead) value(field string) string {
	if name, is := propOf(field); is {
		return l.Props[name]
	}
	for _, f := range fields {
		if f.column == field {
			return f.get(l)
		}
	}
	return ""
}

// Confirm says that a member vouches for a person, and for values that only a public claim gave. It ends what
// is unproven about the lead.
type Confirm struct {
	ID     id.ID    `json:"id"`
	Fields []string `json:"fields,omitempty"` // of Lead.Unconfirmed; none means all

	act.Recorded
	Was *undo `json:"was,omitempty"` // what it did, to take it back; set by Do
}

// Name is the command in the audit log.
func (c *Confirm) Name() string { return "lead.confirm" }

// Allow lets those confirm who work with leads.
func (c *Confirm) Allow(who act.Who) bool { return workers(who) }

// Target is the lead.
func (c *Confirm) Target() id.ID { return c.ID }

// Check has nothing to check without the database.
func (c *Confirm) Check() error { return nil }

// Do confirms. A field that is not unconfirmed any more is left alone: somebody was faster.
func (c *Confirm) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	l, err := b.change(ctx, c.ID)
	if err != nil {
		return err
	}
	l.Unproven = Vouched
	for _, field := range l.Unconfirmed() {
		if len(c.Fields) == 0 || slices.Contains(c.Fields, field) {
			l.setSource(field, Source{Standing: Typed, At: tx.Now})
		}
	}
	if d := difference(b.before[l.ID], l); !d.empty() {
		c.Was, l.UpdatedAt = &undo{Diff: d}, tx.Now
		tx.Post(Changed{l.ID}) // also where the sources alone changed: screens show them
	}
	return b.write(ctx)
}

// Back takes the confirmation back.
func (c *Confirm) Back(ctx context.Context, tx *db.Tx) error {
	return takeDiffBack(ctx, tx, c.ID, c.Was)
}

// takeDiffBack takes back what a command changed on a lead, as far as nobody changed the same since.
func takeDiffBack(ctx context.Context, tx *db.Tx, lead id.ID, was *undo) error {
	if was == nil {
		return nil // it changed nothing
	}
	b := newBook(tx)
	l, err := b.change(ctx, lead)
	if err != nil {
		return err
	}
	if !was.Diff.stands(l) {
		return act.ChangedSince()
	}
	was.Diff.takeBack(l)
	l.UpdatedAt = tx.Now
	tx.Post(Moved{lead}) // what senders said meanwhile was outweighed until now
	return b.write(ctx)
}

// Settle ends a claim that stands beside a lead's value: taken, it becomes the value, as if a member had typed
// it; else it goes.
type Settle struct {
	ID    id.ID  `json:"id"`
	Field string `json:"field"`
	Take  bool   `json:"take"`

	act.Recorded
	Claim *Claim `json:"claim,omitempty"` // what it ended; set by Do
	Was   *undo  `json:"was,omitempty"`
}

// Name is the command in the audit log.
func (c *Settle) Name() string { return "lead.settle_claim" }

// Allow lets those settle who work with leads.
func (c *Settle) Allow(who act.Who) bool { return workers(who) }

// Target is the lead.
func (c *Settle) Target() id.ID { return c.ID }

// Check has nothing to check without the database.
func (c *Settle) Check() error { return nil }

// Do settles; a claim that is not there any more is a conflict.
func (c *Settle) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	l, err := b.change(ctx, c.ID)
	if err != nil {
		return err
	}
	claims, err := Claims(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(claims, func(one Claim) bool { return one.Field == c.Field })
	if n < 0 {
		return fault.New(fault.Conflict, "lead.no_claim", nil)
	}
	c.Claim = &claims[n]
	if _, err := tx.Exec(ctx, `DELETE FROM lead_claim WHERE lead = $1 AND field = $2`, c.ID, c.Field); err != nil {
		return err
	}
	if c.Take {
		l.set(c.Field, c.Claim.Value)
		l.setSource(c.Field, Source{Standing: Typed, At: tx.Now})
	}
	if d := difference(b.before[l.ID], l); !d.empty() {
		c.Was = &undo{Diff: d}
	}
	l.UpdatedAt = tx.Now
	return b.write(ctx)
}

// set gives a field of Known a value as Lead.value writes it.
func (l *Lead) set(field, value string) {
	if name, is := propOf(field); is {
		l.setProp(name, value)
		return
	}
	switch field {
	case "name":
		l.Name = value
		l.LastName, l.FirstName = SplitName(value)
	case "title":
		l.Title, l.RankSet = value, false
	default:
		for _, f := range fields {
			if f.column == field {
				f.set(l, value)
			}
		}
	}
}

// Back brings the claim back, and what was the value before.
func (c *Settle) Back(ctx context.Context, tx *db.Tx) error {
	if err := takeDiffBack(ctx, tx, c.ID, c.Was); err != nil || c.Claim == nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO lead_claim (lead, field, standing, value, at, event) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, c.ID, c.Claim.Field, int64(c.Claim.Source.Standing), c.Claim.Value, c.Claim.Source.At,
		int64(c.Claim.Source.Event))
	return err
}

// Sources are the sources of a lead's values, without those that everything else has.
func (l *Lead) Sources() map[string]Source {
	list := maps.Clone(l.Known)
	delete(list, everythingElse)
	return list
}
