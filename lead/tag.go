package lead

import (
	"context"
	"strings"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// maxTagged bounds the leads of one Tag.
const maxTagged = 1000

// Tag adds tags to leads and removes others.
type Tag struct {
	Leads  []id.ID  `json:"leads"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// Name is the command in the audit log.
func (c *Tag) Name() string { return "lead.tag" }

// Allow lets those tag who work with leads.
func (c *Tag) Allow(who act.Who) bool { return workers(who) }

// Target is the lead, if it is one.
func (c *Tag) Target() id.ID {
	if len(c.Leads) == 1 {
		return c.Leads[0]
	}
	return 0
}

// Check refuses too many leads and tags that cannot be stored.
func (c *Tag) Check() error {
	if len(c.Leads) > maxTagged {
		return fault.New(fault.TooLarge, "lead.too_many", fault.Args{"limit": maxTagged}).At("leads")
	}
	for _, t := range c.Add {
		if tidy := tidyTags([]string{t}); len(tidy) != 1 || tidy[0] != company.Tidy(t) {
			return fault.New(fault.Invalid, "lead.bad_tag", fault.Args{"tag": clip(t), "limit": MaxTag}).At("add")
		}
	}
	return nil
}

// Do tags; a lead that is gone is left out.
func (c *Tag) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	if err := b.readLeads(ctx, c.Leads); err != nil {
		return err
	}
	for _, number := range c.Leads {
		l := b.leads[number]
		if l == nil || l.Gone != "" {
			continue
		}
		b.touch(l)
		if l.Tags = union(without(l.Tags, c.Remove), tidyTags(c.Add)); len(l.Tags) > MaxTags {
			return fault.New(fault.Invalid, "lead.too_many_tags", fault.Args{"limit": MaxTags}).At("add")
		}
		if !difference(b.before[number], l).empty() {
			l.UpdatedAt = tx.Now
		}
	}
	return b.write(ctx)
}

// Hear keeps what was heard about a deal to be: for Budget, Authority, Need and Timing it sets the
// bit, other items are kept as they are.
type Hear struct {
	Lead   id.ID  `json:"lead"`
	Item   string `json:"item"`   // "budget", "authority", "need", "timing", or any other
	Value  string `json:"value"`  // in the person's words; "" takes the item back
	Source string `json:"source"` // "call", "form", …
}

var bantBits = map[string]int{"budget": Budget, "authority": Authority, "need": Need, "timing": Timing}

// Name is the command in the audit log.
func (c *Hear) Name() string { return "lead.hear" }

// Allow lets those write who talk with leads.
func (c *Hear) Allow(who act.Who) bool { return workers(who) }

// Target is the lead.
func (c *Hear) Target() id.ID { return c.Lead }

// Check refuses an empty item.
func (c *Hear) Check() error {
	if company.Tidy(c.Item) == "" {
		return fault.New(fault.Invalid, "fault.required", nil).At("item")
	}
	return nil
}

// Do writes it down.
func (c *Hear) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	l, err := b.change(ctx, c.Lead)
	if err != nil {
		return err
	}
	item, value := strings.ToLower(company.Tidy(c.Item)), company.Tidy(c.Value)
	_, err = tx.Exec(ctx, `INSERT INTO hearing (id, lead, item, value, source, at, who) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.NewID(), l.ID, item, value, company.Tidy(c.Source), tx.Now, act.By(ctx).ID)
	if err != nil {
		return err
	}
	if value == "" {
		l.BANT &^= bantBits[item]
	} else {
		l.BANT |= bantBits[item]
	}
	if !difference(b.before[l.ID], l).empty() {
		l.UpdatedAt = tx.Now
	}
	return b.write(ctx)
}

// Heard is one answer of a hearing.
type Heard struct {
	ID                  id.ID
	Item, Value, Source string
	At                  int64 // ms UTC
	Who                 id.ID // account
}

// Hearing is all that was heard of a lead, the newest first.
func Hearing(ctx context.Context, tx *db.Tx, lead id.ID) ([]Heard, error) {
	var list []Heard
	err := tx.Each(ctx, `SELECT id, item, value, source, at, who FROM hearing WHERE lead = $1 ORDER BY id DESC`, []any{lead},
		func(scan func(...any) error) error {
			list = append(list, Heard{})
			h := &list[len(list)-1]
			return scan(&h.ID, &h.Item, &h.Value, &h.Source, &h.At, &h.Who)
		})
	return list, err
}
