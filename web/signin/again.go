package signin

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
)

// provedFor is how long somebody who has signed in again, here or at the provider, may change how they sign in, ms.
const provedFor = 5 * clock.Minute

const (
	ticketProved = "proved"
	provedCookie = "proved"
)

// link sends somebody who is signed in, and has shown it, to the provider: they sign in there from now on.
func (p *providers) link(r *page.Request) error {
	if err := proven(r); err != nil {
		return again(r, err)
	}
	client, _, _, err := p.client(r)
	if err != nil {
		return again(r, err)
	}
	return depart(r, client, trip{Mode: modeLink})
}

// prove sends somebody to sign in at the provider again.
func (p *providers) prove(r *page.Request) error {
	client, _, _, err := p.client(r)
	if err != nil {
		return again(r, err)
	}
	return depart(r, client, trip{Mode: modeProve}, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
}

// returned ends a trip of somebody who was signed in when it began.
func returned(r *page.Request, t trip, who arrived, err error) error {
	if r.Who.Role == "" {
		return againSignIn(r, "", "/me", fault.New(fault.Conflict, "member.ticket", nil))
	}
	if err == nil && t.Mode == modeLink {
		return done(r, &member.Link{Account: r.Account.ID, Outsider: who.Outsider}, "signin.sso_linked")
	}
	if err == nil {
		err = keepProof(r, who)
	}
	if err != nil {
		return again(r, err)
	}
	return r.Done("/me", "signin.sso_proved", nil, "")
}

// keepProof remembers in the browser that the account of this session signed in at the provider just now.
func keepProof(r *page.Request, who arrived) error {
	var same bool
	err := r.Lookup(func(ctx context.Context, tx *db.Tx) (err error) {
		same, err = member.IsLinked(ctx, tx, r.Account.ID, who.Issuer, who.Subject)
		return err
	})
	if err != nil {
		return err
	}
	if !same || who.at < r.Now-provedFor {
		return fault.New(fault.Forbidden, "signin.sso_not_proved", nil)
	}
	token, err := member.SealTicket(r.Door().DB, member.Ticket{Kind: ticketProved, Data: r.Session.ID.String()}, provedFor)
	if err != nil {
		return err
	}
	http.SetCookie(r.W, &http.Cookie{Name: provedCookie, Value: token, Path: "/me", MaxAge: int(provedFor / clock.Second),
		HttpOnly: true, Secure: r.Secure(), SameSite: http.SameSiteStrictMode})
	return nil
}

// proved tells whether the account of this session has signed in at the provider again.
func proved(r *page.Request) bool {
	cookie, err := r.Cookie(provedCookie)
	if err != nil {
		return false
	}
	t, err := member.OpenTicket(r.Door().DB, ticketProved, cookie.Value)
	return err == nil && t.Data == r.Session.ID.String()
}

// provenBySignIn is for accounts without a password. Who signs in at the provider does so again there; others have
// signed in here just now, with a passkey.
func provenBySignIn(r *page.Request) error {
	linked, err := linked(r)
	switch {
	case err != nil:
		return err
	case linked && !proved(r):
		return fault.New(fault.Forbidden, "signin.prove_first", nil)
	case !linked && !justSignedIn(r):
		return fault.New(fault.Forbidden, "signin.sign_in_again", fault.Args{"minutes": provedFor / clock.Minute})
	}
	return nil
}

// justSignedIn tells whether the session is so young that it shows who sits at the browser.
func justSignedIn(r *page.Request) bool { return r.Session.CreatedAt >= r.Now-provedFor }

// linked tells whether the account signs in at the provider that there is now.
func linked(r *page.Request) (linked bool, err error) {
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) error {
		sso, err := setting.SingleSignOn(ctx, tx)
		if err != nil || !sso.On() {
			return err
		}
		linked, err = member.HasLink(ctx, tx, r.Account.ID, sso.Issuer)
		return err
	})
	return linked, err
}
