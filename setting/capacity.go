package setting

import (
	"context"
	"encoding/json"
	"maps"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// SetOwnCapacity says how many leads a day the person who runs it can work on. Nobody sets another's by it.
type SetOwnCapacity struct {
	Leads *int `json:"leads"` // a day; nil = as usual

	Before *int `json:"-"` // the number of before
	who    id.ID
}

// Name says which command this is.
func (c *SetOwnCapacity) Name() string { return "setting.set_own_capacity" }

// Allow lets those set their own who work on leads.
func (c *SetOwnCapacity) Allow(w act.Who) bool { return act.Work.Holds(w) }

// Target is the account.
func (c *SetOwnCapacity) Target() id.ID { return c.who }

// Check bounds the number.
func (c *SetOwnCapacity) Check() error {
	if c.Leads != nil && (*c.Leads < 0 || *c.Leads > maxCapacity) {
		return fault.New(fault.Invalid, "setting.capacity", fault.Args{"limit": maxCapacity}).At("capacity")
	}
	return nil
}

// Do keeps it beside the numbers of the others.
func (c *SetOwnCapacity) Do(ctx context.Context, tx *db.Tx) error {
	c.who = act.By(ctx).ID
	all, err := LeadCapacity(ctx, tx)
	if err != nil {
		return err
	}
	accounts := map[string]int{}
	maps.Copy(accounts, all.Accounts) // what was read is shared
	c.Before = nil
	if was, ok := accounts[c.who.String()]; ok {
		c.Before = &was
	}
	if delete(accounts, c.who.String()); c.Leads != nil {
		accounts[c.who.String()] = *c.Leads
	}
	all.Accounts = accounts
	value, err := json.Marshal(all)
	if err != nil {
		return err
	}
	_, err = keep(ctx, tx, capacityName, value)
	return err
}
