package member

import (
	"context"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// AddUser makes an account.
type AddUser struct {
	Email    string   `json:"email"`
	FullName string   `json:"name"` // the part of the address before the @ if empty
	Role     act.Role `json:"role"`
	Password string   `json:"-"`
	Account  id.ID    `json:"account"` // result

	hash string // made by Check: hashing is slow, and must not hold up other writers
}

func (c *AddUser) Name() string         { return "member.add_user" }
func (c *AddUser) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *AddUser) Target() id.ID        { return c.Account }

// Check also brings the address into the form in which it is kept.
func (c *AddUser) Check() error {
	c.Email = NormalEmail(c.Email)
	if c.FullName == "" {
		c.FullName, _, _ = strings.Cut(c.Email, "@")
	}
	err := all(checkEmail(c.Email), checkName(c.FullName), checkRole(c.Role, AccountRoles), checkPassword(c.Password, c.Email))
	if err == nil {
		c.hash = hashPassword(c.Password)
	}
	return err
}

// Do keeps the account.
func (c *AddUser) Do(ctx context.Context, tx *db.Tx) error {
	a, err := insertAccount(ctx, tx, Account{Email: c.Email, Name: c.FullName, Role: c.Role}, c.hash)
	c.Account = a.ID
	return err
}

// insertAccount keeps a new account; Conflict if the address has one. An empty hash fits no password.
func insertAccount(ctx context.Context, tx *db.Tx, a Account, hash string) (Account, error) {
	a.ID, a.CreatedAt = tx.NewID(), tx.Now
	if a.Lang != "" {
		a.Lang = i18n.Parse(string(a.Lang))
	}
	n, err := tx.Exec(ctx, `INSERT INTO account (id, email, name, role, password, lang, team, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING`,
		a.ID, a.Email, a.Name, string(a.Role), hash, string(a.Lang), a.Team, a.CreatedAt)
	if err == nil && n == 0 {
		err = taken(a.Email)
	}
	return a, err
}

func taken(email string) error {
	return fault.New(fault.Conflict, "member.taken", fault.Args{"email": email}).At("email")
}

// SetPassword gives an account a new password: an administrator to anybody, everybody to themselves.
// It signs the account out everywhere but in the session to keep.
type SetPassword struct {
	Account  id.ID  `json:"account"`
	Password string `json:"-"`
	Keep     id.ID  `json:"-"` // the session in which it is changed; 0 for none

	hash string // made by Check, as in AddUser
}

func (c *SetPassword) Name() string  { return "member.set_password" }
func (c *SetPassword) Target() id.ID { return c.Account }

// Allow lets everybody change their own.
func (c *SetPassword) Allow(w act.Who) bool {
	return act.Administer.Holds(w) || w.ID != 0 && w.ID == c.Account
}

// Check knows the password only; Do looks at whose it is.
func (c *SetPassword) Check() error {
	err := all(checkPassword(c.Password, ""))
	if err == nil {
		c.hash = hashPassword(c.Password)
	}
	return err
}

// Do checks against the account's own address, then keeps the hash.
func (c *SetPassword) Do(ctx context.Context, tx *db.Tx) error {
	a, err := FindAccount(ctx, tx, c.Account)
	if err != nil {
		return err
	}
	if bad := checkPassword(c.Password, a.Email); bad != nil {
		return bad
	}
	return keepPassword(ctx, tx, c.Account, c.hash, c.Keep)
}

// ChangeUser gives an account another name or role.
type ChangeUser struct {
	Account  id.ID    `json:"account"`
	FullName string   `json:"name"`
	Role     act.Role `json:"role"`
}

func (c *ChangeUser) Name() string         { return "member.change_user" }
func (c *ChangeUser) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *ChangeUser) Target() id.ID        { return c.Account }
func (c *ChangeUser) Check() error {
	return all(checkName(c.FullName), checkRole(c.Role, AccountRoles))
}

// Do changes both; the last administrator stays one.
func (c *ChangeUser) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE account SET name = $2, role = $3 WHERE id = $1`, c.Account, c.FullName, string(c.Role))
	return settled(ctx, tx, n, err)
}

// ChangeProfile is what people change of themselves.
type ChangeProfile struct {
	Account  id.ID     `json:"account"`
	FullName string    `json:"name"`
	Lang     i18n.Lang `json:"lang"`
}

func (c *ChangeProfile) Name() string         { return "member.change_profile" }
func (c *ChangeProfile) Allow(w act.Who) bool { return w.ID != 0 && w.ID == c.Account }
func (c *ChangeProfile) Target() id.ID        { return c.Account }

// Check takes what is not English for Japanese.
func (c *ChangeProfile) Check() error {
	c.FullName, c.Lang = strings.TrimSpace(c.FullName), i18n.Parse(string(c.Lang))
	return all(checkName(c.FullName))
}

// Do changes both.
func (c *ChangeProfile) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE account SET name = $2, lang = $3 WHERE id = $1`, c.Account, c.FullName, string(c.Lang))
	if err == nil && n == 0 {
		err = noAccount()
	}
	return err
}

// DisableUser shuts an account out, at once; what it did stays under its name.
type DisableUser struct {
	Account id.ID `json:"account"`
}

func (c *DisableUser) Name() string         { return "member.disable_user" }
func (c *DisableUser) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *DisableUser) Check() error         { return nil }
func (c *DisableUser) Target() id.ID        { return c.Account }

// Do shuts out all but the last administrator.
func (c *DisableUser) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE account SET disabled_at = $2 WHERE id = $1 AND disabled_at = 0`, c.Account, tx.Now)
	if err := settled(ctx, tx, n, err); err != nil {
		return err
	}
	if err := dropTickets(ctx, tx, ticketReset, c.Account); err != nil {
		return err
	}
	return endSessions(ctx, tx, c.Account, 0)
}

// EnableUser lets an account in again.
type EnableUser struct {
	Account id.ID `json:"account"`
}

func (c *EnableUser) Name() string         { return "member.enable_user" }
func (c *EnableUser) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *EnableUser) Check() error         { return nil }
func (c *EnableUser) Target() id.ID        { return c.Account }

// Do lets in; who is in already stays in.
func (c *EnableUser) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE account SET disabled_at = 0 WHERE id = $1`, c.Account)
	if err == nil && n == 0 {
		err = noAccount()
	}
	return err
}

// settled refuses a change of n accounts that found none, or left nobody to administrate.
func settled(ctx context.Context, tx *db.Tx, n int64, err error) error {
	if err != nil {
		return err
	}
	if n == 0 {
		return noAccount()
	}
	admins := 0
	// Locked, so that two administrators cannot shut each other out at the same moment.
	err = tx.Each(ctx, `SELECT id FROM account WHERE role = 'admin' AND disabled_at = 0 ORDER BY id {postgres:FOR UPDATE}`,
		nil, func(func(...any) error) error { admins++; return nil })
	if err == nil && admins == 0 {
		err = fault.New(fault.Conflict, "member.last_admin", nil)
	}
	return err
}
