package member

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Passkey is a key of a telephone, a computer or a stick, with which its owner signs in without a
// password. It asks for a finger or a PIN itself, so no code is asked for besides.
type Passkey struct {
	ID        id.ID
	Name      string
	CreatedAt int64
	UsedAt    int64 // 0 = never
}

// maxPasskeys is how many an account may have.
const maxPasskeys = 20

// The kinds of tickets between the challenge and the answer.
const (
	ticketAddPasskey = "passkey-add"
	ticketUsePasskey = "passkey-use"
)

// Place is where the product stands, as the browser sees it: a passkey belongs to it.
type Place struct {
	Host   string // without a port
	Origin string // "https://kizashi.example.co.jp"
}

// Named tells whether the place has a name: passkeys belong to names, not to the numbers of a network.
func (p Place) Named() bool {
	_, err := netip.ParseAddr(strings.Trim(p.Host, "[]"))
	return err != nil
}

func (p Place) party() (*webauthn.WebAuthn, error) {
	if !p.Named() {
		return nil, fault.New(fault.Invalid, "member.passkey.place", fault.Args{"host": p.Host})
	}
	return webauthn.New(&webauthn.Config{
		RPID: p.Host, RPDisplayName: "Kizashi", RPOrigins: []string{p.Origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
}

// holder is an account as the library wants to see it.
type holder struct {
	Account
	credentials []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return binary.BigEndian.AppendUint64(nil, uint64(h.ID)) }
func (h holder) WebAuthnName() string                       { return h.Email }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// BeginPasskey is the first half of adding a passkey: options for the browser, as JSON, and the token
// of the ticket that AddPasskey takes back.
func BeginPasskey(ctx context.Context, d *db.DB, at Place, account id.ID) (options []byte, ticket string, err error) {
	var h holder
	if err := d.Lookup(ctx, func(tx *db.Tx) (err error) { h, err = findHolder(ctx, tx, account); return err }); err != nil {
		return nil, "", err
	}
	if len(h.credentials) >= maxPasskeys {
		return nil, "", fault.New(fault.Conflict, "member.passkey.many", fault.Args{"limit": maxPasskeys})
	}
	party, err := at.party()
	if err != nil {
		return nil, "", err
	}
	creation, session, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	return ceremony(ctx, d, Ticket{Kind: ticketAddPasskey, Account: account}, creation, session)
}

// ceremony writes the options, and keeps what must be known again when the browser answers.
func ceremony(ctx context.Context, d *db.DB, t Ticket, options any, session *webauthn.SessionData) (text []byte, token string, err error) {
	kept, err1 := json.Marshal(session)
	text, err2 := json.Marshal(options)
	if err := errors.Join(err1, err2); err != nil {
		return nil, "", err
	}
	t.Data = string(kept)
	if t.Account == 0 {
		token, err = SealTicket(d, t, TicketLife)
	} else {
		token, err = IssueTicket(ctx, d, t)
	}
	return text, token, err
}

// takeCeremony takes the ticket back; it is good for one answer.
func takeCeremony(ctx context.Context, d *db.DB, kind, token string) (t Ticket, session webauthn.SessionData, err error) {
	if t, err = TakeTicket(ctx, d, kind, token); err == nil {
		err = json.Unmarshal([]byte(t.Data), &session)
	}
	return t, session, err
}

// FinishPasskey checks what the browser answered to BeginPasskey, as JSON, and keeps the key under a name.
func FinishPasskey(ctx context.Context, door *act.Door, who act.Who, at Place, ticket, name string, answer []byte) error {
	t, session, err := takeCeremony(ctx, door.DB, ticketAddPasskey, ticket)
	if err != nil {
		return err
	}
	if t.Account != who.ID {
		return fault.New(fault.Conflict, "member.ticket", nil)
	}
	party, err := at.party()
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return wrongPasskey(err)
	}
	credential, err := party.CreateCredential(holder{Account: Account{ID: t.Account}}, session, parsed)
	if err != nil {
		return wrongPasskey(err)
	}
	return door.Run(ctx, who, &addPasskey{Account: t.Account, Label: strings.TrimSpace(name), credential: credential})
}

// addPasskey keeps a passkey that has been checked.
type addPasskey struct {
	Account id.ID  `json:"account"`
	Label   string `json:"name"`

	credential *webauthn.Credential
}

func (c *addPasskey) Name() string         { return "member.add_passkey" }
func (c *addPasskey) Allow(w act.Who) bool { return w.ID != 0 && w.ID == c.Account }
func (c *addPasskey) Check() error         { return all(checkName(c.Label)) }
func (c *addPasskey) Target() id.ID        { return c.Account }

// Do keeps it; one that is there already is a conflict.
func (c *addPasskey) Do(ctx context.Context, tx *db.Tx) error {
	data, err := json.Marshal(c.credential)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO passkey (id, account, credential, name, data, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (credential) DO NOTHING`, tx.NewID(), c.Account, c.credential.ID, c.Label, string(data), tx.Now)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "member.passkey.there", nil)
	}
	return err
}

// BeginPasskeySignIn is the first half of signing in with a passkey: options for the browser, as JSON,
// and the token of the ticket that FinishPasskeySignIn takes back. Who it will be is not known yet.
func BeginPasskeySignIn(ctx context.Context, d *db.DB, at Place) (options []byte, ticket string, err error) {
	party, err := at.party()
	if err != nil {
		return nil, "", err
	}
	assertion, session, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	return ceremony(ctx, d, Ticket{Kind: ticketUsePasskey}, assertion, session) // sealed: who asks is not known
}

// FinishPasskeySignIn tells whose passkey gave the answer to BeginPasskeySignIn; Unauthenticated if it is
// nobody's, its account is disabled, or its counter shows that it is a copy.
func FinishPasskeySignIn(ctx context.Context, d *db.DB, at Place, ticket string, answer []byte) (a Account, err error) {
	t, err := OpenTicket(d, ticketUsePasskey, ticket)
	if err != nil {
		return a, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(t.Data), &session); err != nil {
		return a, err
	}
	party, err := at.party()
	if err != nil {
		return a, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return a, wrongPasskey(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		find := func(credential, handle []byte) (webauthn.User, error) { return holderOf(ctx, tx, credential, handle) }
		user, credential, err := party.ValidatePasskeyLogin(find, session, parsed)
		if err != nil {
			return wrongPasskey(err)
		}
		if err := useSealed(ctx, tx, ticket); err != nil {
			return err
		}
		if credential.Authenticator.CloneWarning {
			return wrongPasskey(errors.New("the counter went back: there is a copy"))
		}
		a = user.(holder).Account
		return usedPasskey(ctx, tx, credential)
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// usedPasskey keeps the counter of a passkey.
func usedPasskey(ctx context.Context, tx *db.Tx, c *webauthn.Credential) error {
	data, err := json.Marshal(c)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE passkey SET data = $2, used_at = $3 WHERE credential = $1`, c.ID, string(data), tx.Now)
	}
	return err
}

// holderOf is whose credential it is, if the browser names the same account and it may sign in. The row
// is locked: two answers with one counter come one after the other.
func holderOf(ctx context.Context, tx *db.Tx, credential, handle []byte) (holder, error) {
	var account id.ID
	err := tx.Row(ctx, `SELECT p.account FROM passkey p JOIN account a ON a.id = p.account
		WHERE p.credential = $1 AND a.disabled_at = 0 {postgres:FOR UPDATE OF p}`, credential).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		return holder{}, noAccount()
	}
	if err != nil {
		return holder{}, err
	}
	h, err := findHolder(ctx, tx, account)
	if err == nil && string(h.WebAuthnID()) != string(handle) {
		err = noAccount()
	}
	return h, err
}

func findHolder(ctx context.Context, tx *db.Tx, account id.ID) (h holder, err error) {
	if h.Account, err = FindAccount(ctx, tx, account); err != nil {
		return h, err
	}
	return h, tx.Each(ctx, `SELECT data FROM passkey WHERE account = $1 ORDER BY id`, []any{account}, func(scan func(...any) error) error {
		var data string
		var c webauthn.Credential
		if err := scan(&data); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(data), &c)
		h.credentials = append(h.credentials, c)
		return err
	})
}

// Passkeys are those of an account, the oldest first.
func Passkeys(ctx context.Context, tx *db.Tx, account id.ID) (list []Passkey, err error) {
	err = tx.Each(ctx, `SELECT id, name, created_at, used_at FROM passkey WHERE account = $1 ORDER BY id`, []any{account},
		func(scan func(...any) error) error {
			var p Passkey
			err := scan(&p.ID, &p.Name, &p.CreatedAt, &p.UsedAt)
			list = append(list, p)
			return err
		})
	return list, err
}

// RemovePasskey makes a passkey worthless: everybody their own, an administrator anybody's.
type RemovePasskey struct {
	Account id.ID `json:"account"`
	Passkey id.ID `json:"passkey"`
}

func (c *RemovePasskey) Name() string { return "member.remove_passkey" }
func (c *RemovePasskey) Allow(w act.Who) bool {
	return act.Administer.Holds(w) || w.ID != 0 && w.ID == c.Account
}
func (c *RemovePasskey) Check() error  { return nil }
func (c *RemovePasskey) Target() id.ID { return c.Account }

// Do removes it; what is gone stays gone.
func (c *RemovePasskey) Do(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM passkey WHERE id = $1 AND account = $2`, c.Passkey, c.Account)
	return err
}

// wrongPasskey is what people read; the log has what the library found.
func wrongPasskey(err error) error {
	var found *protocol.Error
	if errors.As(err, &found) {
		err = errors.New(found.Error() + ": " + found.DevInfo)
	}
	return fault.New(fault.Unauthenticated, "member.passkey.wrong", nil).Because(err)
}
