package setting

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// SSO is the company's own provider of sign-in (OpenID Connect).
type SSO struct {
	Name     string   `json:"name"`      // on the button: "Google"
	Issuer   string   `json:"issuer"`    // "https://accounts.google.com"; "" for none
	ClientID string   `json:"client_id"` // as whom the provider knows this product
	Domains  []string `json:"domains"`   // of mail; who has an address there gets an account
	Role     act.Role `json:"role"`      // of such an account
}

// On tells whether there is a provider to ask.
func (s SSO) On() bool { return s.Issuer != "" }

// SingleSignOn is the provider; its secret is kept apart (SSOSecret).
var SingleSignOn = define("single_sign_on", SSO{Role: act.Viewer}, checkSSO, act.Administer)

// newcomers are the roles that people get without an invitation: an administrator is made by a person.
var newcomers = []act.Role{act.Viewer, act.Field, act.Inside, act.Marketing}

func checkSSO(s *SSO) error {
	s.Name, s.Issuer, s.ClientID = strings.TrimSpace(s.Name), strings.TrimSpace(s.Issuer), strings.TrimSpace(s.ClientID)
	if len(s.Name)+len(s.ClientID) > maxText {
		return tooLong("value.client_id")
	}
	if !s.On() {
		*s = SSO{Role: act.Viewer}
		return nil
	}
	var found fault.Many
	if u, err := url.Parse(s.Issuer); err != nil || !secureIssuer(u) {
		found = append(found, fault.New(fault.Invalid, "setting.issuer", nil).At("value.issuer"))
	}
	if s.ClientID == "" {
		found = append(found, fault.New(fault.Invalid, "fault.required", nil).At("value.client_id"))
	}
	if s.Role == "" {
		s.Role = act.Viewer
	}
	if !slices.Contains(newcomers, s.Role) {
		found = append(found, fault.New(fault.Invalid, "setting.sso_role", nil).At("value.role"))
	}
	if err := found.OrNil(); err != nil {
		return err
	}
	return checkDomains(&s.Domains)
}

// secureIssuer allows http for a provider on the same machine only.
func secureIssuer(u *url.URL) bool {
	loopback := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	return u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" && (u.Scheme == "https" || u.Scheme == "http" && loopback)
}

// ssoSecret is the row of the secret. It is no known setting: All does not show it, Set does not change it.
const ssoSecret = "single_sign_on_secret"

// SetSSOSecret keeps the secret that the provider gave with the client id. It stands in no audit log.
type SetSSOSecret struct {
	Secret string `json:"-"`
}

// Name says which command this is.
func (c *SetSSOSecret) Name() string { return "setting.set_sso_secret" }

// Allow lets administrators.
func (c *SetSSOSecret) Allow(w act.Who) bool { return act.Administer.Holds(w) }

// Target is nothing with an id.
func (c *SetSSOSecret) Target() id.ID { return 0 }

// Check takes the spaces off that copying left.
func (c *SetSSOSecret) Check() error {
	if c.Secret = strings.TrimSpace(c.Secret); len(c.Secret) > 2*maxText {
		return tooLong("secret")
	}
	return nil
}

// Do keeps it.
func (c *SetSSOSecret) Do(ctx context.Context, tx *db.Tx) error {
	if c.Secret == "" {
		return DropSSOSecret(ctx, tx)
	}
	sealed, err := tx.Seal().Seal(c.Secret, ssoSecret)
	if err != nil {
		return err
	}
	return Keep(ctx, tx, ssoSecret, sealed)
}

// SSOSecret is the secret; "" where there is none. Only who talks to the provider asks for it.
func SSOSecret(ctx context.Context, tx *db.Tx) (string, error) {
	sealed, err := read(ctx, tx, ssoSecret)
	if err != nil || sealed == "" {
		return "", err
	}
	return tx.Seal().Open(sealed, ssoSecret)
}

// HasSSOSecret tells whether there is one, and needs no key for it.
func HasSSOSecret(ctx context.Context, tx *db.Tx) (bool, error) {
	sealed, err := read(ctx, tx, ssoSecret)
	return sealed != "", err
}

// DropSSOSecret forgets the secret.
func DropSSOSecret(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM setting WHERE name = $1`, ssoSecret)
	return err
}

// sealName is the row that names the key with which secrets are sealed.
const sealName = "seal_key"

// SealedWith is the name of the key with which the secrets of this database are sealed, and what it becomes
// where there is none yet; of two nodes that begin at once, one is first.
func SealedWith(ctx context.Context, tx *db.Tx, first string) (string, error) {
	if first != "" {
		if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, sealName, first); err != nil {
			return "", err
		}
	}
	return read(ctx, tx, sealName)
}

// SealAnew notes another key.
func SealAnew(ctx context.Context, tx *db.Tx, name string) error {
	return Keep(ctx, tx, sealName, name)
}
