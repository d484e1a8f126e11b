package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
)

// patience is how long the provider may take for one answer.
const patience = 10 * time.Second

// providers remembers what the provider said of itself, until another one is set.
type providers struct {
	mu    sync.Mutex
	known *oidc.Provider
	of    string // its issuer
}

// find asks a provider for its addresses and keys, once. The context of the first request must not end
// with it: the keys are asked for again when they change.
func (p *providers) find(issuer string) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == issuer {
		return p.known, nil
	}
	known, err := oidc.NewProvider(reach(context.Background()), issuer)
	if err != nil {
		return nil, fault.New(fault.Invalid, "signin.sso_down", nil).Because(err)
	}
	p.known, p.of = known, issuer
	return known, nil
}

// reach bounds what is asked of the provider.
func reach(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: patience})
}

// trip is what must be known again when the browser comes back from the provider.
type trip struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // PKCE, RFC 7636
	Next     string `json:"next"`
	Mode     string `json:"mode,omitempty"` // modeLink, modeProve; "" signs in
}

const ticketSSO = "sso"

// Why somebody who is signed in goes to the provider.
const (
	modeLink  = "link"  // to sign in there from now on
	modeProve = "prove" // to show that they are still the one who signed in
)

// client is this product, as the provider knows it.
func (p *providers) client(r *page.Request) (*oauth2.Config, *oidc.Provider, setting.SSO, error) {
	var sso setting.SSO
	var secret string
	err := r.Lookup(func(ctx context.Context, tx *db.Tx) error {
		var err1, err2 error
		sso, err1 = setting.SingleSignOn(ctx, tx)
		secret, err2 = setting.SSOSecret(ctx, tx)
		return errors.Join(err1, err2)
	})
	if err != nil {
		return nil, nil, sso, err
	}
	if !sso.On() {
		return nil, nil, sso, fault.New(fault.NotFound, "page.not_found", nil)
	}
	provider, err := p.find(sso.Issuer)
	if err != nil {
		return nil, nil, sso, err
	}
	return &oauth2.Config{ClientID: sso.ClientID, ClientSecret: secret, Endpoint: provider.Endpoint(),
		RedirectURL: r.Base() + "/sign-in/sso/back", Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}, provider, sso, nil
}

// begin sends the browser to the provider.
func (p *providers) begin(r *page.Request) error {
	client, _, _, err := p.client(r)
	if err != nil {
		return againSignIn(r, "", nextOf(r.URL.Query()), err)
	}
	return depart(r, client, trip{Next: nextOf(r.URL.Query())})
}

// depart sends the browser on a trip.
func depart(r *page.Request, client *oauth2.Config, t trip, more ...oauth2.AuthCodeOption) error {
	t.State, t.Nonce, t.Verifier = rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	data, err := json.Marshal(t)
	if err != nil {
		return err
	}
	token, err := member.SealTicket(r.Door().DB, member.Ticket{Kind: ticketSSO, Data: string(data)}, member.TicketLife)
	if err != nil {
		return err
	}
	setTrip(r, token, int(member.TicketLife/1000))
	http.Redirect(r.W, r.Request, client.AuthCodeURL(t.State, append(more, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier))...), http.StatusSeeOther)
	return nil
}

// tripCookie ties the way back to the browser that went.
const tripCookie = "sso"

func setTrip(r *page.Request, token string, age int) {
	http.SetCookie(r.W, &http.Cookie{Name: tripCookie, Value: token, Path: "/sign-in/sso", MaxAge: age,
		HttpOnly: true, Secure: r.Secure(), SameSite: http.SameSiteLaxMode}) // Lax: the way back begins at the provider
}

// back is where the provider sends the browser.
func (p *providers) back(r *page.Request) error {
	t, who, sso, err := p.arrive(r)
	setTrip(r, "", -1)
	if t.Mode != "" {
		return returned(r, t, who, err)
	}
	admit := &member.Admit{Outsider: who.Outsider, Rule: member.Admission{Domains: sso.Domains, Role: sso.Role}, Lang: r.Lang}
	if err == nil {
		err = r.Door().Run(r.Context(), act.Product, admit)
	}
	if err != nil {
		return againSignIn(r, "", t.Next, err)
	}
	return enter(r, admit.Account, "sso", t.Next)
}

// arrived is who comes back from the provider, and when they last signed in there.
type arrived struct {
	member.Outsider
	at int64 // ms UTC; 0 if the provider does not say
}

func (p *providers) arrive(r *page.Request) (t trip, who arrived, sso setting.SSO, err error) {
	cookie, err := r.Cookie(tripCookie)
	if err != nil {
		return t, who, sso, fault.New(fault.Conflict, "member.ticket", nil)
	}
	ticket, err := member.OpenTicket(r.Door().DB, ticketSSO, cookie.Value)
	if err != nil {
		return t, who, sso, err
	}
	if err := json.Unmarshal([]byte(ticket.Data), &t); err != nil {
		return t, who, sso, err
	}
	query := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(t.State)) != 1 {
		return t, who, sso, fault.New(fault.Conflict, "member.ticket", nil)
	}
	if said := query.Get("error"); said != "" {
		return t, who, sso, refused(errors.New(said + ": " + query.Get("error_description")))
	}
	client, provider, sso, err := p.client(r)
	if err != nil {
		return t, who, sso, err
	}
	if who, err = ask(r.Context(), client, provider, query.Get("code"), t); err != nil {
		err = refused(err)
	}
	return t, who, sso, err
}

// ask changes the code for what the provider says of the person, and checks its signature.
func ask(ctx context.Context, client *oauth2.Config, provider *oidc.Provider, code string, t trip) (who arrived, err error) {
	ctx = reach(ctx)
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return who, err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: client.ClientID}).Verify(ctx, raw)
	if err != nil {
		return who, err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(t.Nonce)) != 1 {
		return who, errors.New("the nonce is not ours")
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return who, err
	}
	if said.Email == "" { // the answer may leave out what a second question tells
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return who, err
		}
		if info.Subject != id.Subject {
			return who, errors.New("the provider speaks of somebody else")
		}
		if err := info.Claims(&said); err != nil {
			return who, err
		}
	}
	who.Outsider = member.Outsider{Issuer: id.Issuer, Subject: id.Subject, Email: said.Email, Verified: said.Verified, Name: said.Name}
	who.at = said.At * 1000
	return who, nil
}

// claims are what a provider says of a person (OpenID Connect Core, 5.1).
type claims struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Name     string `json:"name"`
	At       int64  `json:"auth_time"` // s since 1970
}

func refused(err error) error {
	return fault.New(fault.Invalid, "signin.sso_refused", nil).Because(err)
}
