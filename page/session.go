package page

import (
	"net/http"
	"time"
)

// The name of the cookie says to the browser that only this host may set it; plain http knows no such names.
const (
	secureCookie = "__Host-kizashi"
	plainCookie  = "kizashi"
)

// sessionAge is how long a browser keeps the cookie; the session itself may end before.
const sessionAge = 30 * 24 * time.Hour

// SignIn gives the browser the token of a session.
func (r *Request) SignIn(token string) { r.setToken(token, int(sessionAge.Seconds())) }

// SignOut takes it away.
func (r *Request) SignOut() { r.setToken("", -1) }

// Token is the token of the session the browser is in; "" if it is in none.
func (r *Request) Token() string { return r.token() }

// Secure tells whether the browser came by https.
func (r *Request) Secure() bool { return r.secure() }

func (r *Request) setToken(token string, age int) {
	http.SetCookie(r.W, &http.Cookie{Name: r.cookieName(), Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: r.secure(), SameSite: http.SameSiteLaxMode})
}

func (r *Request) token() string {
	c, err := r.Cookie(r.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

func (r *Request) cookieName() string {
	if r.secure() {
		return secureCookie
	}
	return plainCookie
}
