package member

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"testing"

	"github.com/descope/virtualwebauthn"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/testkit"
)

var (
	office = Place{Host: "kizashi.example.jp", Origin: "https://kizashi.example.jp"}
	party  = virtualwebauthn.RelyingParty{ID: office.Host, Name: "Kizashi", Origin: office.Origin}
)

// telephone is an authenticator with one passkey of an account.
type telephone struct {
	virtualwebauthn.Authenticator
	key virtualwebauthn.Credential
}

func newTelephone(account id.ID) telephone {
	h := holder{Account: Account{ID: account}}
	return telephone{
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: h.WebAuthnID()}),
		newCredential(),
	}
}

// newCredential makes a key whose coordinates have no leading zero: the library leaves such a zero out, and no key
// of a real telephone does.
func newCredential() virtualwebauthn.Credential {
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		private, err := x509.ParsePKCS8PrivateKey(c.Key.Data)
		if key, is := private.(*ecdsa.PrivateKey); err != nil || !is || key.X.BitLen() > 248 && key.Y.BitLen() > 248 {
			return c
		}
	}
}

func (p telephone) register(door *act.Door, who act.Who, name string) error {
	ctx := context.Background()
	options, ticket, err := BeginPasskey(ctx, door.DB, office, who.ID)
	if err != nil {
		return err
	}
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		return err
	}
	answer := virtualwebauthn.CreateAttestationResponse(party, p.Authenticator, p.key, *asked)
	return FinishPasskey(ctx, door, who, office, ticket, name, []byte(answer))
}

// answer is what the browser sends after BeginPasskeySignIn, with the ticket for it.
func (p *telephone) answer(t *testing.T, d *db.DB, from virtualwebauthn.RelyingParty) (ticket string, answer []byte) {
	t.Helper()
	options, ticket, err := BeginPasskeySignIn(context.Background(), d, office)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	p.key.Counter++
	return ticket, []byte(virtualwebauthn.CreateAssertionResponse(from, p.Authenticator, p.key, *asked))
}

func TestPasskeysSignIn(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
		addUser(t, door, "admin@example.jp", act.Admin)
		me, phone := act.Who{ID: hanako, Role: act.Viewer}, newTelephone(hanako)
		if err := phone.register(door, me, "電話"); err != nil {
			t.Fatal(err)
		}
		wantKey(t, phone.register(door, me, "電話 2"), "member.passkey.there")
		ticket, answer := phone.answer(t, door.DB, party)
		a, err := FinishPasskeySignIn(ctx, door.DB, office, ticket, answer)
		if err != nil || a.ID != hanako {
			t.Fatal(a, err)
		}
		_, err = FinishPasskeySignIn(ctx, door.DB, office, ticket, answer) // the same again
		wantKey(t, err, "member.ticket")

		phone.key.Counter -= 2 // a copy that has signed in less often
		ticket, answer = phone.answer(t, door.DB, party)
		_, err = FinishPasskeySignIn(ctx, door.DB, office, ticket, answer)
		wantKey(t, err, "member.passkey.wrong")
		phone.key.Counter += 5

		run(t, door, act.Product, &DisableUser{hanako})
		ticket, answer = phone.answer(t, door.DB, party)
		_, err = FinishPasskeySignIn(ctx, door.DB, office, ticket, answer)
		wantKey(t, err, "member.passkey.wrong")
		run(t, door, act.Product, &EnableUser{hanako})

		var list []Passkey
		err = door.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = Passkeys(ctx, tx, hanako); return err })
		if err != nil || len(list) != 1 || list[0].Name != "電話" || list[0].UsedAt == 0 {
			t.Fatal(list, err)
		}
		run(t, door, me, &RemovePasskey{hanako, list[0].ID})
		ticket, answer = phone.answer(t, door.DB, party)
		_, err = FinishPasskeySignIn(ctx, door.DB, office, ticket, answer)
		wantKey(t, err, "member.passkey.wrong")
	})
}

func TestForgedPasskeysAreRefused(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	hanako, taro := addUser(t, door, "hanako@example.jp", act.Viewer), addUser(t, door, "taro@example.jp", act.Viewer)
	phone := newTelephone(hanako)
	if err := phone.register(door, act.Who{ID: hanako, Role: act.Viewer}, "電話"); err != nil {
		t.Fatal(err)
	}
	refused := func(why string, p telephone, from virtualwebauthn.RelyingParty) {
		t.Helper()
		ticket, answer := p.answer(t, door.DB, from)
		if _, err := FinishPasskeySignIn(ctx, door.DB, office, ticket, answer); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", why, err)
		}
	}
	refused("a page elsewhere asked", phone, virtualwebauthn.RelyingParty{ID: office.Host, Origin: "https://kizashi.example.com"})
	refused("a key of another place", phone, virtualwebauthn.RelyingParty{ID: "example.com", Origin: office.Origin})
	other := phone
	other.key.Key = newCredential().Key
	refused("signed by another key", other, party)
	other = phone
	other.Options.UserHandle = holder{Account: Account{ID: taro}}.WebAuthnID()
	refused("in another's name", other, party)
	other = phone
	other.Options.UserNotVerified = true
	refused("nobody showed a finger or a PIN", other, party)
	refused("unknown", newTelephone(hanako), party)

	// What hanako began, taro cannot finish; nor is a ticket of one kind good for the other.
	options, ticket, err := BeginPasskey(ctx, door.DB, office, hanako)
	if err != nil || len(options) == 0 {
		t.Fatal(err)
	}
	err = FinishPasskey(ctx, door, act.Who{ID: taro, Role: act.Viewer}, office, ticket, "x", []byte("{}"))
	wantKey(t, err, "member.ticket")
	_, ticket, err = BeginPasskeySignIn(ctx, door.DB, office)
	if err != nil {
		t.Fatal(err)
	}
	err = FinishPasskey(ctx, door, act.Who{ID: taro, Role: act.Viewer}, office, ticket, "x", []byte("{}"))
	wantKey(t, err, "member.ticket")
}

func FuzzPasskeyAnswers(f *testing.F) {
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`))
	f.Add([]byte(`{`))
	door := open(f, testkit.SQLiteURL(f))
	f.Fuzz(func(t *testing.T, answer []byte) {
		ctx := context.Background()
		_, ticket, err := BeginPasskeySignIn(ctx, door.DB, office)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := FinishPasskeySignIn(ctx, door.DB, office, ticket, answer); fault.KindOf(err) != fault.Unauthenticated {
			t.Error(err)
		}
	})
}
