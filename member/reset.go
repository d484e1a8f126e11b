package member

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// ResetLife is how long the link for a new password is good, in ms.
const ResetLife = clock.Day

const ticketReset = "reset"

// OfferReset makes the link with which somebody chooses a new password. A link of before is good no longer;
// the present password and sessions stay until the link is used.
type OfferReset struct {
	Account id.ID  `json:"account"`
	Token   string `json:"-"` // result: stands in the link, shown once
}

func (c *OfferReset) Name() string         { return "member.offer_reset" }
func (c *OfferReset) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *OfferReset) Check() error         { return nil }
func (c *OfferReset) Target() id.ID        { return c.Account }

// Do keeps the hash of the token.
func (c *OfferReset) Do(ctx context.Context, tx *db.Tx) error {
	if _, err := accountWhere(ctx, tx, `a.id = $1 AND a.disabled_at = 0`, c.Account); err != nil {
		return err
	}
	if err := dropTickets(ctx, tx, ticketReset, c.Account); err != nil {
		return err
	}
	c.Token = newToken()
	return keepTicket(ctx, tx, c.Token, Ticket{Kind: ticketReset, Account: c.Account}, tx.Now+ResetLife)
}

// FindReset is whose password a link changes; NotFound if it was used or replaced, is too old or never was.
func FindReset(ctx context.Context, tx *db.Tx, token string) (Account, error) {
	a, err := accountWhere(ctx, tx, `a.disabled_at = 0 AND a.id = (SELECT account FROM ticket
		WHERE hash = $1 AND kind = $2 AND expires_at >= $3)`, hashToken(token), ticketReset, tx.Now)
	if fault.KindOf(err) == fault.NotFound {
		err = noReset()
	}
	return a, err
}

func noReset() error { return fault.New(fault.NotFound, "member.no_reset", nil) }

// ResetPassword gives the account of a link a new password and signs it out everywhere. A second factor
// stays: the link stands for the password only.
type ResetPassword struct {
	Token    string `json:"-"`
	Password string `json:"-"`
	Account  id.ID  `json:"account"` // result

	hash string // made by Check, as in AddUser
}

func (c *ResetPassword) Name() string       { return "member.reset_password" }
func (c *ResetPassword) Allow(act.Who) bool { return true } // the token is the right
func (c *ResetPassword) Target() id.ID      { return c.Account }

// Check knows the password only; Do looks at the link.
func (c *ResetPassword) Check() error {
	err := all(checkPassword(c.Password, ""))
	if err == nil {
		c.hash = hashPassword(c.Password)
	}
	return err
}

// Do uses the link up. Failures to sign in that were counted against the account count no longer.
func (c *ResetPassword) Do(ctx context.Context, tx *db.Tx) error {
	a, err := FindReset(ctx, tx, c.Token)
	if err != nil {
		return err
	}
	if bad := checkPassword(c.Password, a.Email); bad != nil {
		return bad
	}
	if _, err = takeTicket(ctx, tx, ticketReset, c.Token); errors.Is(err, sql.ErrNoRows) {
		err = noReset() // somebody else was faster
	}
	if err != nil {
		return err
	}
	c.Account = a.ID
	if err := forgiveAccount(ctx, tx, a.Email); err != nil {
		return err
	}
	return keepPassword(ctx, tx, a.ID, c.hash, 0)
}

// keepPassword replaces the password of an account, and ends what was begun with the former one: sessions
// but one, sign-ins that wait for a code, links for a new password.
func keepPassword(ctx context.Context, tx *db.Tx, account id.ID, hash string, keep id.ID) error {
	if _, err := tx.Exec(ctx, `UPDATE account SET password = $2 WHERE id = $1`, account, hash); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM ticket WHERE account = $1`, account); err != nil {
		return err
	}
	return endSessions(ctx, tx, account, keep)
}
