package lead

import (
	"context"

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
