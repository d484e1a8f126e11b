package member

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// InvitationLife is how long the link of an invitation is good, in ms.
const InvitationLife = 7 * clock.Day

// Invitation waits for somebody to come in. Its token is not kept.
type Invitation struct {
	ID        id.ID    `json:"id"`
	Email     string   `json:"email"`
	Role      act.Role `json:"role"`
	Team      id.ID    `json:"team"`
	Host      id.ID    `json:"host"` // who invited
	CreatedAt int64    `json:"created_at"`
	ExpiresAt int64    `json:"expires_at"`
}

// Invite makes the link with which somebody gets an account. A link to the same address that was
// not used yet is good no longer.
type Invite struct {
	Email      string   `json:"email"`
	Role       act.Role `json:"role"`
	Team       id.ID    `json:"team"`       // 0 = none
	Invitation id.ID    `json:"invitation"` // result
	Token      string   `json:"-"`          // result: stands in the link, shown once
}

func (c *Invite) Name() string         { return "member.invite" }
func (c *Invite) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *Invite) Target() id.ID        { return c.Invitation }

// Check also brings the address into the form in which it is kept.
func (c *Invite) Check() error {
	c.Email = NormalEmail(c.Email)
	return all(checkEmail(c.Email), checkRole(c.Role, AccountRoles))
}

// Do keeps the hash of the token.
func (c *Invite) Do(ctx context.Context, tx *db.Tx) error {
	switch _, err := accountWhere(ctx, tx, `a.email = $1`, c.Email); {
	case err == nil:
		return taken(c.Email)
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	if err := mustBeTeam(ctx, tx, c.Team); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE invitation SET ended_at = $2 WHERE email = $1 AND ended_at = 0`, c.Email, tx.Now); err != nil {
		return err
	}
	c.Invitation, c.Token = tx.NewID(), newToken()
	_, err := tx.Exec(ctx, `INSERT INTO invitation (id, hash, email, role, team, host, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, c.Invitation, hashToken(c.Token), c.Email, string(c.Role), c.Team,
		act.By(ctx).ID, tx.Now, tx.Now+InvitationLife)
	return err
}

// RevokeInvitation makes a link worthless.
type RevokeInvitation struct {
	Invitation id.ID `json:"invitation"`
}

func (c *RevokeInvitation) Name() string         { return "member.revoke_invitation" }
func (c *RevokeInvitation) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *RevokeInvitation) Check() error         { return nil }
func (c *RevokeInvitation) Target() id.ID        { return c.Invitation }

// Do ends it; one that was used or ended stays as it was.
func (c *RevokeInvitation) Do(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE invitation SET ended_at = $2 WHERE id = $1 AND ended_at = 0`, c.Invitation, tx.Now)
	return err
}

// Accept makes the account that an invitation is for. Whoever has the link may; Account says who it is now.
type Accept struct {
	FullName string    `json:"name"`
	Lang     i18n.Lang `json:"lang"`
	Password string    `json:"-"`
	Token    string    `json:"-"`
	Account  Account   `json:"account"` // result

	hash string // made by Check, as in AddUser
}

func (c *Accept) Name() string       { return "member.accept" }
func (c *Accept) Allow(act.Who) bool { return true } // the token is the right
func (c *Accept) Target() id.ID      { return c.Account.ID }

// Check knows name and password; Do looks at the link.
func (c *Accept) Check() error {
	err := all(checkName(c.FullName), checkPassword(c.Password, ""))
	if err == nil {
		c.hash = hashPassword(c.Password)
	}
	return err
}

// Do uses the link up and keeps the account.
func (c *Accept) Do(ctx context.Context, tx *db.Tx) error {
	i, err := FindInvitation(ctx, tx, c.Token)
	if err != nil {
		return err
	}
	if bad := checkPassword(c.Password, i.Email); bad != nil {
		return bad
	}
	a := Account{Email: i.Email, Name: c.FullName, Role: i.Role, Team: i.Team, Lang: c.Lang}
	if c.Account, err = insertAccount(ctx, tx, a, c.hash); err != nil {
		return err
	}
	return useInvitation(ctx, tx, i.ID, c.Account.ID)
}

// useInvitation is where two who click at once are told apart.
func useInvitation(ctx context.Context, tx *db.Tx, invitation, account id.ID) error {
	n, err := tx.Exec(ctx, `UPDATE invitation SET account = $2, ended_at = $3 WHERE id = $1 AND ended_at = 0`, invitation, account, tx.Now)
	if err == nil && n == 0 {
		err = noInvitation()
	}
	return err
}

const (
	invitationColumns = `id, email, role, team, host, created_at, expires_at`
	openInvitation    = `ended_at = 0 AND expires_at > $1`
)

func (i *Invitation) fields() []any {
	return []any{&i.ID, &i.Email, &i.Role, &i.Team, &i.Host, &i.CreatedAt, &i.ExpiresAt}
}

// FindInvitation is what a link is good for; NotFound if it was used, revoked, is too old or never was.
func FindInvitation(ctx context.Context, tx *db.Tx, token string) (Invitation, error) {
	return invitationWhere(ctx, tx, `hash = $2`, hashToken(token))
}

// invitationFor is the invitation that waits for an address; NotFound if there is none.
func invitationFor(ctx context.Context, tx *db.Tx, email string) (Invitation, error) {
	return invitationWhere(ctx, tx, `email = $2`, email)
}

func invitationWhere(ctx context.Context, tx *db.Tx, condition string, arg any) (i Invitation, err error) {
	err = tx.Row(ctx, `SELECT `+invitationColumns+` FROM invitation WHERE `+openInvitation+` AND `+condition, tx.Now, arg).Scan(i.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = noInvitation()
	}
	return i, err
}

// Invitations are those that wait, the newest first.
func Invitations(ctx context.Context, tx *db.Tx) (list []Invitation, err error) {
	err = tx.Each(ctx, `SELECT `+invitationColumns+` FROM invitation WHERE `+openInvitation+` ORDER BY id DESC`, []any{tx.Now},
		func(scan func(...any) error) error {
			var i Invitation
			err := scan(i.fields()...)
			list = append(list, i)
			return err
		})
	return list, err
}

func noInvitation() error { return fault.New(fault.NotFound, "member.no_invitation", nil) }
