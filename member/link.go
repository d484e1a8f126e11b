package member

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Link lets an account sign in by single sign-on from now on. Its owner has signed in by other means and then at
// the provider.
type Link struct {
	Account  id.ID    `json:"account"`
	Outsider Outsider `json:"outsider"`
}

func (c *Link) Name() string         { return "member.link" }
func (c *Link) Allow(w act.Who) bool { return w.ID != 0 && w.ID == c.Account }
func (c *Link) Target() id.ID        { return c.Account }

// Check refuses an answer that names nobody.
func (c *Link) Check() error {
	if c.Outsider.Issuer == "" || c.Outsider.Subject == "" {
		return fault.New(fault.Invalid, "fault.required", nil).At("subject")
	}
	return nil
}

// Do links; Conflict if that person is another account already.
func (c *Link) Do(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_identity (issuer, subject, account, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (issuer, subject) DO NOTHING`, c.Outsider.Issuer, c.Outsider.Subject, c.Account, tx.Now)
	if err != nil {
		return err
	}
	ours, err := IsLinked(ctx, tx, c.Account, c.Outsider.Issuer, c.Outsider.Subject)
	if err == nil && !ours {
		err = fault.New(fault.Conflict, "member.sso.taken", nil)
	}
	return err
}

// IsLinked tells whether a person at a provider is an account.
func IsLinked(ctx context.Context, tx *db.Tx, account id.ID, issuer, subject string) (bool, error) {
	var n int
	err := tx.Row(ctx, `SELECT COUNT(*) FROM account_identity WHERE issuer = $1 AND subject = $2 AND account = $3`,
		issuer, subject, account).Scan(&n)
	return n > 0, err
}

// HasLink tells whether an account signs in at a provider.
func HasLink(ctx context.Context, tx *db.Tx, account id.ID, issuer string) (bool, error) {
	var n int
	err := tx.Row(ctx, `SELECT COUNT(*) FROM account_identity WHERE issuer = $1 AND account = $2`, issuer, account).Scan(&n)
	return n > 0, err
}
