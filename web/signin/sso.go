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
}

const ticketSSO = "sso"

// client is this product, as the provider knows it.
func (p *providers) client(r *page.Request) (*oauth2.Config, *oidc.Provider, setting.SSO, error) {
	var sso setting.SSO
	var secret string
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
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
	t := trip{rand.Text(), rand.Text(), oauth2.GenerateVerifier(), nextOf(r.URL.Query())}
	data, err := json.Marshal(t)
	if err != nil {
		return err
	}
	token, err := member.SealTicket(r.Door().DB, member.Ticket{Kind: ticketSSO, Data: string(data)})
	if err != nil {
		return err
	}
	setTrip(r, token, int(member.TicketLife/1000))
	http.Redirect(r.W, r.Request, client.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), http.StatusSeeOther)
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
	account, next, err := p.arrive(r)
	setTrip(r, "", -1)
	if err != nil {
		return againSignIn(r, "", next, err)
	}
	return enter(r, account, "sso", next)
}

func (p *providers) arrive(r *page.Request) (a member.Account, next string, err error) {
	cookie, err := r.Cookie(tripCookie)
	if err != nil {
		return a, "", fault.New(fault.Conflict, "member.ticket", nil)
	}
	ticket, err := member.OpenTicket(r.Door().DB, ticketSSO, cookie.Value)
	if err != nil {
		return a, "", err
	}
	var t trip
	if err := json.Unmarshal([]byte(ticket.Data), &t); err != nil {
		return a, "", err
	}
	query := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(t.State)) != 1 {
		return a, t.Next, fault.New(fault.Conflict, "member.ticket", nil)
	}
	if said := query.Get("error"); said != "" {
		return a, t.Next, refused(errors.New(said + ": " + query.Get("error_description")))
	}
	client, provider, sso, err := p.client(r)
	if err != nil {
		return a, t.Next, err
	}
	who, err := ask(r.Context(), client, provider, query.Get("code"), t)
	if err != nil {
		return a, t.Next, refused(err)
	}
	admit := &member.Admit{Outsider: who, Rule: member.Admission{Domains: sso.Domains, Role: sso.Role}, Lang: r.Lang}
	err = r.Door().Run(r.Context(), act.Product, admit)
	return admit.Account, t.Next, err
}

// ask changes the code for what the provider says of the person, and checks its signature.
func ask(ctx context.Context, client *oauth2.Config, provider *oidc.Provider, code string, t trip) (who member.Outsider, err error) {
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
	return member.Outsider{Issuer: id.Issuer, Subject: id.Subject, Email: said.Email, Verified: said.Verified, Name: said.Name}, nil
}

// claims are what a provider says of a person (OpenID Connect Core, 5.1).
type claims struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Name     string `json:"name"`
}

func refused(err error) error {
	return fault.New(fault.Invalid, "signin.sso_refused", nil).Because(err)
}
