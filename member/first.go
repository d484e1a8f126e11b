package member

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// AddFirst makes the first account, an administrator, where there is none yet; Conflict where there is one.
type AddFirst struct {
	Email    string    `json:"email"`
	FullName string    `json:"name"`
	Lang     i18n.Lang `json:"lang"`
	Password string    `json:"-"`
	Account  Account   `json:"account"` // result

	hash string // made by Check, as in AddUser
}

func (c *AddFirst) Name() string       { return "member.add_first" }
func (c *AddFirst) Allow(act.Who) bool { return true } // Do lets only the first one in
func (c *AddFirst) Target() id.ID      { return c.Account.ID }

// Check also brings the address into the form in which it is kept.
func (c *AddFirst) Check() error {
	c.Email = NormalEmail(c.Email)
	err := all(checkEmail(c.Email), checkName(c.FullName), checkPassword(c.Password, c.Email))
	if err == nil {
		c.hash = hashPassword(c.Password)
	}
	return err
}

// Do looks under a lock: two who come first at the same moment are one too many.
func (c *AddFirst) Do(ctx context.Context, tx *db.Tx) error {
	if tx.Engine() == db.Postgres {
		if _, err := tx.Exec(ctx, `{postgres:LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE}`); err != nil {
			return err
		}
	}
	none, err := Empty(ctx, tx)
	if err != nil {
		return err
	}
	if !none {
		return fault.New(fault.Conflict, "member.set_up", nil)
	}
	c.Account, err = insertAccount(ctx, tx, Account{Email: c.Email, Name: c.FullName, Role: act.Admin, Lang: c.Lang}, c.hash)
	return err
}

// Empty tells whether there is no account at all.
func Empty(ctx context.Context, tx *db.Tx) (bool, error) {
	some := 0
	err := tx.Row(ctx, `SELECT count(*) FROM (SELECT 1 FROM account LIMIT 1) AS one`).Scan(&some)
	return some == 0, err
}
