package member

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// maxPreference bounds a preference, in bytes.
const maxPreference = 2000

// Prefer keeps how somebody likes to see a thing, for whenever they come back; "" forgets it.
type Prefer struct {
	What  string `json:"what"` // "leads.columns"
	Value string `json:"value"`
	who   id.ID
}

// Name says which command this is.
func (c *Prefer) Name() string { return "member.prefer" }

// Allow lets everybody with an account have their own ways.
func (c *Prefer) Allow(w act.Who) bool {
	return act.See.Holds(w)
}

// Check bounds the value.
func (c *Prefer) Check() error {
	if len(c.Value) > maxPreference {
		return fault.New(fault.TooLarge, "fault.too_long", fault.Args{"limit": maxPreference})
	}
	return nil
}

// Target is the account.
func (c *Prefer) Target() id.ID { return c.who }

// Do keeps it.
func (c *Prefer) Do(ctx context.Context, tx *db.Tx) error {
	c.who = act.By(ctx).ID
	_, err := tx.Exec(ctx, `INSERT INTO preference (account, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (account, name) DO UPDATE SET value = excluded.value`, c.who, c.What, c.Value)
	return err
}

// Preference is what an account prefers; "" if it never said.
func Preference(ctx context.Context, tx *db.Tx, account id.ID, what string) (value string, err error) {
	err = tx.Row(ctx, `SELECT value FROM preference WHERE account = $1 AND name = $2`, account, what).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}
