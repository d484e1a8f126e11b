// Package signin is the door of the product: first set-up, signing in and out, invitations, and the page
// on which people look after their own account.
package signin

import (
	"context"
	"embed"
	"errors"
	"net"
	"net/url"

	"kizashi/act"
	"kizashi/db"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the door.
func Screen() page.Screen {
	providers, gate := &providers{}, newGate()
	return page.Screen{
		Name: "signin", Files: files,
		Templates: []page.Template{signInPage, codePage, joinPage, setupPage, setupCodePage, resetPage, mePage, totpPage, recoveryPage},
		Routes: []page.Route{
			{Pattern: "GET /sign-in", Right: act.Public, Handle: showSignIn},
			{Pattern: "POST /sign-in", Right: act.Public, Handle: signIn},
			{Pattern: "POST /sign-in/guest", Right: act.Public, Handle: gate.before(beGuest)},
			{Pattern: "POST /sign-in/code", Right: act.Public, Handle: gate.before(enterCode)},
			{Pattern: "POST /sign-in/passkey/begin", Right: act.Public, Handle: gate.beforeScript(beginPasskeySignIn)},
			{Pattern: "POST /sign-in/passkey", Right: act.Public, Handle: gate.beforeScript(finishPasskeySignIn)},
			{Pattern: "GET /sign-in/sso", Right: act.Public, Handle: gate.before(providers.begin)},
			{Pattern: "GET /sign-in/sso/back", Right: act.Public, Handle: gate.before(providers.back)},
			{Pattern: "POST /sign-out", Right: act.Public, Handle: signOut},

			{Pattern: "GET /setup", Right: act.Public, Handle: gate.before(showSetup)},
			{Pattern: "POST /setup", Right: act.Public, Handle: gate.before(setUp)},
			{Pattern: "GET /join/{token}", Right: act.Public, Handle: gate.before(showJoin)},
			{Pattern: "POST /join/{token}", Right: act.Public, Handle: gate.before(join)},
			{Pattern: "GET /reset/{token}", Right: act.Public, Handle: gate.before(showReset)},
			{Pattern: "POST /reset/{token}", Right: act.Public, Handle: gate.before(reset)},

			{Pattern: "POST /me/sso/link", Right: act.See, Handle: providers.link},
			{Pattern: "POST /me/sso/prove", Right: act.See, Handle: providers.prove},
			{Pattern: "GET /me", Right: act.See, Handle: showMe},
			{Pattern: "POST /me/profile", Right: act.See, Handle: changeProfile},
			{Pattern: "POST /me/capacity", Right: act.Work, Handle: changeCapacity},
			{Pattern: "POST /me/password", Right: act.See, Handle: changePassword},
			{Pattern: "POST /me/totp", Right: act.See, Handle: beginTOTP},
			{Pattern: "POST /me/totp/confirm", Right: act.See, Handle: confirmTOTP},
			{Pattern: "POST /me/totp/drop", Right: act.See, Handle: dropTOTP},
			{Pattern: "POST /me/passkeys/begin", Right: act.See, Handle: beginPasskey},
			{Pattern: "POST /me/passkeys", Right: act.See, Handle: finishPasskey},
			{Pattern: "POST /me/passkeys/{id}/remove", Right: act.See, Handle: removePasskey},
			{Pattern: "POST /me/sessions/{id}/end", Right: act.See, Handle: endSession},
			{Pattern: "POST /me/sessions/end-others", Right: act.See, Handle: endOtherSessions},
		},
	}
}

// door is the page to sign in.
type door struct {
	Email, Next string
	Provider    string // name of the company's own sign-in; "" for none
	Passkeys    bool   // false where they cannot work
	Guests      []member.Account
}

const signInPage = page.Of[door]("signin/signin.html")

// showSignIn sends who is in already to where they wanted to go, and the first of all to the set-up.
func showSignIn(r *page.Request) error {
	next := nextOf(r.URL.Query())
	if r.Who.Role != "" {
		return r.Go(next)
	}
	d, empty, err := newDoor(r, next)
	if err != nil {
		return err
	}
	if empty {
		return r.Go("/setup")
	}
	return signInPage.Show(r, d)
}

// newDoor also tells whether there is no account yet.
// maxNext is how long the address of the page to go to may be, bytes: it travels in a cookie.
const maxNext = 1000

// nextOf is where somebody wanted to go; nowhere in particular if that is longer than any address of ours.
func nextOf(form url.Values) string {
	if next := form.Get("next"); len(next) <= maxNext {
		return next
	}
	return ""
}

func newDoor(r *page.Request, next string) (d door, empty bool, err error) {
	d.Next, d.Passkeys = next, place(r).Named()
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) error {
		sso, err1 := setting.SingleSignOn(ctx, tx)
		if sso.On() {
			d.Provider = sso.Name
			if d.Provider == "" {
				d.Provider = "SSO"
			}
		}
		var err2, err3 error
		empty, err2 = member.Empty(ctx, tx)
		d.Guests, err3 = guests(ctx, tx, r)
		return errors.Join(err1, err2, err3)
	})
	return d, empty, err
}

// signIn looks at address and password; who has set up codes is asked for one.
func signIn(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	account, err := member.SignIn(r.Context(), r.Door().DB, form.Get("email"), secret(r, "password"), visitor(r))
	if err != nil {
		return againSignIn(r, form.Get("email"), nextOf(form), err)
	}
	var totp bool
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) (err error) {
		totp, _, err = member.HasTOTP(ctx, tx, account.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !totp {
		return enter(r, account, "password", nextOf(form))
	}
	ticket, err := member.IssueTicket(r.Context(), r.Door().DB, member.Ticket{Kind: ticketCode, Account: account.ID, Data: nextOf(form)})
	if err != nil {
		return err
	}
	return codePage.Show(r, code{Ticket: ticket})
}

func againSignIn(r *page.Request, email, next string, wrong error) error {
	d, _, err := newDoor(r, next)
	if err != nil {
		return err
	}
	d.Email = email
	return signInPage.Again(r, d, mistake(r, wrong))
}

// enter opens a session and sends the browser to where it wanted to go.
func enter(r *page.Request, a member.Account, how, next string) error {
	if err := open(r, a, how); err != nil {
		return err
	}
	return r.Go(next)
}

func open(r *page.Request, a member.Account, how string) error {
	token, _, err := member.StartSession(r.Context(), r.Door(), a, how, visitor(r))
	if err == nil {
		r.SignIn(token)
	}
	return err
}

// signOut ends the session; who is in none is out.
func signOut(r *page.Request) error {
	if _, s, err := member.FindSession(r.Context(), r.Door().DB, r.Token()); err == nil {
		if err := r.Run(&member.EndSession{Account: s.Account, Session: s.ID}); err != nil {
			return err
		}
	}
	r.SignOut()
	return r.Go("/sign-in")
}

// ticketCode is between password and code; its data is where the browser wanted to go.
const ticketCode = "code"

type code struct{ Ticket string }

const codePage = page.Of[code]("signin/code.html")

// enterCode is the second step. A code may be mistyped; the ticket stays good for its ten minutes.
func enterCode(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	d, token := r.Door().DB, form.Get("ticket")
	ticket, err := member.FindTicket(r.Context(), d, ticketCode, token)
	if err != nil {
		return againSignIn(r, "", "", err)
	}
	if err := member.CheckCode(r.Context(), d, ticket.Account, form.Get("code")); err != nil {
		return codePage.Again(r, code{token}, mistake(r, err))
	}
	if _, err := member.TakeTicket(r.Context(), d, ticketCode, token); err != nil {
		return againSignIn(r, "", "", err)
	}
	var account member.Account
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) (err error) {
		account, err = member.FindAccount(ctx, tx, ticket.Account)
		return err
	})
	if err != nil {
		return err
	}
	return enter(r, account, "password+code", ticket.Data)
}

// visitor is where a request came from. What trusted proxies say stands in the request already.
func visitor(r *page.Request) member.Visitor {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return member.Visitor{Address: host, Agent: r.UserAgent()}
}

// secret is a field as it was typed: the spaces around a password belong to it.
func secret(r *page.Request, name string) string { return r.Request.Form.Get(name) }

// place is where the product stands, for passkeys.
func place(r *page.Request) member.Place {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return member.Place{Host: host, Origin: r.Base()}
}
