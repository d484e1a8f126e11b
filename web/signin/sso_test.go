package signin

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/member"
	"kizashi/setting"
	"kizashi/testkit"
)

// people are those whom the provider knows, by their names there.
type people map[string]*storage.User

func (p people) GetUserByID(id string) *storage.User         { return p[id] }
func (p people) GetUserByUsername(name string) *storage.User { return p[name] }
func (p people) ExampleClientID() string                     { return "service" }

var staff = people{
	"hanako":   {ID: "hanako", Username: "hanako", Password: "x", FirstName: "花子", LastName: "田中", Email: "hanako@example.jp", EmailVerified: true},
	"stranger": {ID: "stranger", Username: "stranger", Password: "x", Email: "stranger@example.org", EmailVerified: true},
	"unproved": {ID: "unproved", Username: "unproved", Password: "x", Email: "boss@example.jp"},
}

// provide starts a real provider, and tells the product of it.
func (h *house) provide() (issuer string) {
	h.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	h.Cleanup(server.Close)
	issuer = server.URL
	client := storage.WebClient("kizashi", "a secret", h.url+"/sign-in/sso/back")
	logger := slog.Default()
	store := storage.NewStorageWithClients(staff, map[string]*storage.Client{"kizashi": client})
	mux.Handle("/", exampleop.SetupServer(issuer, store, slog.New(slog.NewTextHandler(io.Discard, nil)), false))
	slog.SetDefault(logger)
	h.run(&setting.Set{Setting: "single_sign_on",
		Value: []byte(`{"name":"社内ID","issuer":"` + issuer + `","client_id":"kizashi","domains":["example.jp"],"role":"inside"}`)})
	h.run(&setting.SetSSOSecret{Secret: "a secret"})
	return issuer
}

// atProvider goes to the provider and through its pages as somebody, up to the address on which the
// browser comes back.
func (b *browser) atProvider(issuer, name, next string) (back string) {
	b.Helper()
	step := b.get("/sign-in/sso?next=" + url.QueryEscape(next))
	if step.status != http.StatusSeeOther || !strings.HasPrefix(step.to, issuer) {
		b.Fatalf("%d to %q: %s", step.status, step.to, text(step.body))
	}
	return b.through(issuer, name, step.to)
}

// through goes through the pages of the provider as somebody, from the address to which the product sent the browser.
func (b *browser) through(issuer, name, to string) (back string) {
	b.Helper()
	step := b.get(to)
	login, err := url.Parse(step.to)
	if err != nil {
		b.Fatal(err)
	}
	step = b.post(issuer+"/login/username", "username", name, "password", "x", "id", login.Query().Get("authRequestID"))
	step = b.get(step.to)
	if !strings.HasPrefix(step.to, b.url+"/sign-in/sso/back?") {
		b.Fatalf("%d to %q: %s", step.status, step.to, text(step.body))
	}
	return step.to
}

func TestSingleSignOn(t *testing.T) { // S18
	engines(t, func(h *house) {
		h.user("admin@example.jp", act.Admin)
		issuer := h.provide()
		b := h.browser()
		b.says(b.get("/sign-in"), http.StatusOK, "Sign in with 社内ID")
		back := b.atProvider(issuer, "hanako", "/me")
		b.goes(b.get(back), "/me")
		b.says(b.get("/me"), http.StatusOK, "hanako@example.jp")
		b.says(b.get("/me"), http.StatusOK, "there is no password")
		b.says(b.get(back), http.StatusUnprocessableEntity, "start again") // the same way back again

		for name, words := range map[string]string{"stranger": "has no account here", "unproved": "is verified"} {
			guest := h.browser()
			guest.says(guest.get(guest.atProvider(issuer, name, "")), http.StatusUnprocessableEntity, words)
			if guest.in() {
				b.Error(name, "is in")
			}
		}
		h.run(&member.Invite{Email: "stranger@example.org", Role: act.Field})
		guest := h.browser()
		guest.goes(guest.get(guest.atProvider(issuer, "stranger", "")), "/")
		guest.says(guest.get("/me"), http.StatusOK, "stranger@example.org")
	})
}

func TestForgedWaysBackFromTheProvider(t *testing.T) { // S18
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("admin@example.jp", act.Admin)
	issuer := h.provide()
	victim, attacker := h.browser(), h.browser()
	victim.says(victim.get(attacker.atProvider(issuer, "hanako", "")), http.StatusUnprocessableEntity, "start again") // went nowhere
	victim.atProvider(issuer, "hanako", "")
	victim.says(victim.get(attacker.atProvider(issuer, "hanako", "")), http.StatusUnprocessableEntity, "start again") // another's way
	back := victim.atProvider(issuer, "hanako", "")
	victim.says(victim.get(strings.Replace(back, "code=", "code=x", 1)), http.StatusUnprocessableEntity, "did not confirm")
	back, _, _ = strings.Cut(victim.atProvider(issuer, "hanako", ""), "?")
	victim.says(victim.get(back+"?error=access_denied"), http.StatusUnprocessableEntity, "start again")
	if victim.in() {
		t.Error("a forged way back leads in")
	}
	h.run(&setting.SetSSOSecret{Secret: "another"})
	victim.says(victim.get(victim.atProvider(issuer, "hanako", "")), http.StatusUnprocessableEntity, "did not confirm")
}

func TestAProviderThatIsDownIsNoDeadEnd(t *testing.T) {
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("hanako@example.jp", act.Viewer)
	b := h.browser()
	b.says(b.get("/sign-in/sso"), http.StatusUnprocessableEntity, "no such page") // none is set
	gone := httptest.NewServer(nil)
	gone.Close()
	h.run(&setting.Set{Setting: "single_sign_on", Value: []byte(`{"issuer":"` + gone.URL + `","client_id":"kizashi"}`)})
	b.says(b.get("/sign-in/sso"), http.StatusUnprocessableEntity, "cannot be reached")
	b.signIn("hanako@example.jp")
}

// Whoever signs in only elsewhere does so again before adding a passkey; an administrator links the account first.
func TestSingleSignOnProvesItselfAgain(t *testing.T) { // S18
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("admin@example.jp", act.Admin)
	issuer := h.provide()
	b := h.browser()
	b.get(b.atProvider(issuer, "hanako", "/me"))
	b.says(b.get("/me"), http.StatusOK, "Sign in once more")
	if step := b.post("/me/passkeys/begin"); step.status != http.StatusUnprocessableEntity || !strings.Contains(step.body, "First show that it is you") {
		t.Errorf("%d %s", step.status, step.body)
	}
	step := b.post("/me/sso/prove")
	if step.status != http.StatusSeeOther || !strings.Contains(step.to, "max_age=0") || !strings.Contains(step.to, "prompt=login") {
		t.Fatalf("%d to %q", step.status, step.to)
	}
	b.goes(b.get(b.through(issuer, "hanako", step.to)), "/me")
	b.says(b.get("/me"), http.StatusOK, "It is you")
	other := h.browser()
	other.get(other.atProvider(issuer, "hanako", "/me"))
	other.says(other.get("/me"), http.StatusOK, "Sign in once more") // the proof is of one browser
}

// The proof ends after five minutes to the moment, whatever the browser keeps.
func TestAProofEnds(t *testing.T) { // S18
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("admin@example.jp", act.Admin)
	issuer := h.provide()
	b := h.browser()
	b.get(b.atProvider(issuer, "hanako", "/me"))
	now := h.door.DB.Clock.Now()
	h.door.DB.Clock.Set(now)
	step := b.post("/me/sso/prove")
	b.goes(b.get(b.through(issuer, "hanako", step.to)), "/me")
	h.door.DB.Clock.Set(now + 5*clock.Minute)
	b.says(b.get("/me"), http.StatusOK, "It is you")
	h.door.DB.Clock.Set(now + 5*clock.Minute + 1)
	b.says(b.get("/me"), http.StatusOK, "Sign in once more")
}

// An account without a password that the provider does not know yet, as after a change of the provider, links itself
// soon after it has signed in, and is told how to when that is too long ago.
func TestLinkWithoutAPassword(t *testing.T) { // S18
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("admin@example.jp", act.Admin)
	b := h.browser()
	b.get(b.atProvider(h.provide(), "hanako", "/me"))
	issuer := h.provide()
	now := h.door.DB.Clock.Now()
	h.door.DB.Clock.Set(now + 6*clock.Minute)
	b.says(b.get("/me"), http.StatusOK, "sign out, sign in again")
	if step := b.post("/me/sso/link"); step.status != http.StatusUnprocessableEntity || !strings.Contains(step.body, "within 5 minutes") {
		t.Errorf("%d %s", step.status, step.body)
	}
	h.door.DB.Clock.Set(now)
	b.says(b.get("/me"), http.StatusOK, "Link this account")
	step := b.post("/me/sso/link")
	b.goes(b.get(b.through(issuer, "hanako", step.to)), "/me")
	b.says(b.get("/me"), http.StatusOK, "Sign in once more")
}
