package member

import (
	"context"
	"slices"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// Outsider is somebody as a provider of single sign-on (OpenID Connect) names them.
type Outsider struct {
	Issuer   string `json:"issuer"`
	Subject  string `json:"subject"` // never changes at its issuer, unlike the address
	Email    string `json:"email"`
	Verified bool   `json:"verified"` // the issuer says that the address is theirs
	Name     string `json:"name"`
}

// Admission is who gets an account by signing in from outside, without an invitation.
type Admission struct {
	Domains []string // of mail; none: nobody
	Role    act.Role
}

// admits tells whether an address is of one of the domains.
func (a Admission) admits(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return domain != "" && slices.Contains(a.Domains, domain)
}

// Admit tells whose account somebody from outside has: the one that they came to before, else the one
// with their verified address, else a new one, if an invitation waits for the address or Rule admits it.
// Forbidden for others, and for who is disabled.
type Admit struct {
	Outsider Outsider  `json:"outsider"`
	Rule     Admission `json:"-"`
	Lang     i18n.Lang `json:"lang"`    // of a new account
	Account  Account   `json:"account"` // result
}

func (c *Admit) Name() string         { return "member.admit" }
func (c *Admit) Allow(w act.Who) bool { return w.Role == act.System } // the product itself, which has asked the issuer
func (c *Admit) Target() id.ID        { return c.Account.ID }

// Check also brings the address into the form in which it is kept.
func (c *Admit) Check() error {
	c.Outsider.Email = NormalEmail(c.Outsider.Email)
	if c.Outsider.Issuer == "" || c.Outsider.Subject == "" {
		return fault.New(fault.Invalid, "fault.required", nil).At("subject")
	}
	return nil
}

// Do finds or makes the account.
func (c *Admit) Do(ctx context.Context, tx *db.Tx) error {
	o := c.Outsider
	a, err := accountWhere(ctx, tx, `a.id = (SELECT account FROM account_identity WHERE issuer = $1 AND subject = $2)`, o.Issuer, o.Subject)
	if fault.KindOf(err) == fault.NotFound {
		if a, err = c.first(ctx, tx); err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO account_identity (issuer, subject, account, created_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (issuer, subject) DO NOTHING`, o.Issuer, o.Subject, a.ID, tx.Now)
		}
	}
	if err == nil && a.DisabledAt != 0 {
		err = notAdmitted(o)
	}
	c.Account = a
	return err
}

// first is the account of who comes for the first time.
func (c *Admit) first(ctx context.Context, tx *db.Tx) (Account, error) {
	o := c.Outsider
	if bad := checkEmail(o.Email); bad != nil || !o.Verified {
		return Account{}, fault.New(fault.Forbidden, "member.sso.unverified", nil)
	}
	a, err := accountWhere(ctx, tx, `a.email = $1`, o.Email)
	if fault.KindOf(err) != fault.NotFound {
		if err == nil && a.DisabledAt == 0 && (a.Role == act.Admin || !c.Rule.admits(o.Email)) {
			// Whoever controls the provider must not become an administrator by an address alone.
			err = fault.New(fault.Forbidden, "member.sso.confirm", fault.Args{"email": o.Email})
		}
		return a, err
	}
	fresh := Account{Email: o.Email, Name: cut(strings.TrimSpace(o.Name), maxName), Lang: c.Lang, Role: c.Rule.Role}
	if fresh.Name == "" {
		fresh.Name, _, _ = strings.Cut(o.Email, "@")
	}
	invited, err := invitationFor(ctx, tx, o.Email)
	switch {
	case err == nil:
		fresh.Role, fresh.Team = invited.Role, invited.Team
		a, err = insertAccount(ctx, tx, fresh, "")
		if err == nil {
			err = useInvitation(ctx, tx, invited.ID, a.ID)
		}
		return a, err
	case fault.KindOf(err) != fault.NotFound:
		return a, err
	case !c.Rule.admits(o.Email) || checkRole(fresh.Role, AccountRoles) != nil:
		return a, notAdmitted(o)
	}
	return insertAccount(ctx, tx, fresh, "")
}

func notAdmitted(o Outsider) error {
	return fault.New(fault.Forbidden, "member.sso.unknown", fault.Args{"email": o.Email})
}
