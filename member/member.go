// Package member holds the users of the product, their roles and their API keys.
package member

import (
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/act"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// Account is a person who signs in.
type Account struct {
	ID         id.ID     `json:"id"`
	Email      string    `json:"email"` // lower case, unique
	Name       string    `json:"name"`
	Role       act.Role  `json:"role"`
	Lang       i18n.Lang `json:"lang"` // "" until the person chooses: their browser's
	Team       id.ID     `json:"team"` // 0 = none
	CreatedAt  int64     `json:"created_at"`
	DisabledAt int64     `json:"disabled_at"` // 0 = may sign in
}

// Who is the account as an actor.
func (a Account) Who() act.Who { return act.Who{ID: a.ID, Name: a.Name, Role: a.Role, Lang: a.Lang} }

// MayOwn tells whether a lead or a step can be given to the account: one that is in use, and works on leads.
func (a Account) MayOwn() bool { return a.DisabledAt == 0 && a.Role != act.Viewer }

// Key is a key of the API or of a tracking tag. Its secret is not kept.
type Key struct {
	ID        id.ID    `json:"id"`
	Name      string   `json:"name"`
	Role      act.Role `json:"role"`
	CreatedAt int64    `json:"created_at"`
	RevokedAt int64    `json:"revoked_at"` // 0 = valid
	ExpiresAt int64    `json:"expires_at"` // 0 = never
	UsedAt    int64    `json:"used_at"`    // to the minute; 0 = never
}

// Off tells whether a key is worth nothing at a moment: revoked, or too old.
func (k Key) Off(now int64) bool { return k.RevokedAt != 0 || k.ExpiresAt != 0 && k.ExpiresAt <= now }

// AccountRoles are the roles a person may have, the most powerful first.
var AccountRoles = []act.Role{act.Admin, act.Marketing, act.Inside, act.Field, act.Viewer}

// KeyRoles are the roles a key may have.
var KeyRoles = append(slices.Clone(AccountRoles), act.Server, act.Track)

const (
	maxEmail = 254 // RFC 5321
	maxName  = 100 // characters
)

// NormalEmail is the address as it is kept and compared.
//
// Only ASCII letters change: the Kelvin sign or a dotted İ must not turn into a letter of somebody else's address.
func NormalEmail(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, strings.TrimSpace(s))
}

func checkEmail(email string) *fault.Error {
	parsed, err := mail.ParseAddress(email)
	foreign := strings.ContainsFunc(email, func(c rune) bool { return c <= ' ' || c >= 0x7f }) // looks like another's
	if err != nil || parsed.Address != email || len(email) > maxEmail || foreign {
		return fault.New(fault.Invalid, "member.email", nil).At("email")
	}
	return nil
}

func checkName(name string) *fault.Error {
	switch {
	case strings.TrimSpace(name) == "":
		return fault.New(fault.Invalid, "fault.required", nil).At("name")
	case utf8.RuneCountInString(name) > maxName:
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxName}).At("name")
	}
	return nil
}

func checkRole(role act.Role, known []act.Role) *fault.Error {
	if slices.Contains(known, role) {
		return nil
	}
	texts := make([]string, len(known))
	for i, r := range known {
		texts[i] = string(r)
	}
	return fault.New(fault.Invalid, "member.role", fault.Args{"roles": strings.Join(texts, ", ")}).At("role")
}

// all collects the mistakes that checks found.
func all(checks ...*fault.Error) error {
	var found fault.Many
	for _, c := range checks {
		if c != nil {
			found = append(found, c)
		}
	}
	return found.OrNil()
}
