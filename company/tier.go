package company

import (
	"context"
	"maps"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// maxTiered is how many companies get their tier at once.
const maxTiered = 500

// SetTiers puts companies on the target list, or takes them off it: each gets its tier, 0 is none.
type SetTiers struct {
	Tiers map[id.ID]int `json:"tiers"`
	Was   map[id.ID]int `json:"was"` // those that changed, with their former tier; set by Do
}

// Name is the command in the audit log.
func (c *SetTiers) Name() string { return "company.tiers" }

// Allow lets those who work with leads.
func (c *SetTiers) Allow(who act.Who) bool { return (&Change{}).Allow(who) }

// Target is no single company.
func (c *SetTiers) Target() id.ID { return 0 }

// Check refuses tiers that there are not, and nobody and too many at once.
func (c *SetTiers) Check() error {
	if len(c.Tiers) == 0 {
		return fault.New(fault.Invalid, "company.none_chosen", nil).At("company")
	}
	if len(c.Tiers) > maxTiered {
		return fault.New(fault.Invalid, "company.too_many_chosen", fault.Args{"max": maxTiered}).At("company")
	}
	for _, tier := range c.Tiers {
		if tier < 0 || tier > MaxTier {
			return fault.New(fault.Invalid, "company.tier_range", fault.Args{"max": MaxTier}).At("tier")
		}
	}
	return nil
}

// Do sets the tiers of those that are one of their own, and tells their people what they are judged by anew.
func (c *SetTiers) Do(ctx context.Context, tx *db.Tx) error {
	list := slices.Sorted(maps.Keys(c.Tiers))
	companies, err := ByIDs(ctx, tx, list)
	if err != nil {
		return err
	}
	c.Was = map[id.ID]int{}
	var rows [][]any
	for _, number := range list {
		found, tier := companies[number], c.Tiers[number]
		if found == nil || found.MergedInto != 0 || found.Tier == tier {
			continue
		}
		c.Was[number] = found.Tier
		rows = append(rows, []any{int64(number), int64(tier), tx.Now})
		tx.Post(Changed{Company: number})
	}
	return tx.Many(ctx, `UPDATE company SET tier = $2, updated_at = $3 WHERE id = $1`, rows)
}
