// Package desk is a whole installation for tests of screens: an account of every role, signed in, and a
// client for each that asks as a browser does.
package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/app"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/testkit"
)

// Password is that of every account.
const Password = "correct-horse-3"

// patient is the context of what a test itself does: however short the limits are that it sets.
var patient = db.Patience(context.Background(), 1e6)

// Desk is a running installation.
type Desk struct {
	testing.TB
	App *app.App
	URL string

	accounts map[act.Role]member.Account
	clients  map[act.Role]*http.Client
}

// Engines runs a test with a desk on each database.
func Engines(t *testing.T, test func(d *Desk)) {
	testkit.Engines(t, func(t *testing.T, url string) { test(New(t, url)) })
}

// New starts an installation on a database. It ends with the test.
func New(t testing.TB, database string) *Desk {
	t.Helper()
	d := Empty(t, database)
	d.SignAllIn()
	return d
}

// SignAllIn makes an account of every role and signs it in.
func (d *Desk) SignAllIn() {
	d.Helper()
	for _, role := range member.AccountRoles {
		add := &member.AddUser{Email: string(role) + "@kizashi.example", FullName: "人 " + string(role), Role: role, Password: Password}
		d.Run(add)
		d.signIn(role, add.Target())
	}
}

// Empty starts an installation in which nobody has an account.
func Empty(t testing.TB, database string) *Desk {
	t.Helper()
	return Within(t, database, db.Limits{})
}

// Within is Empty with other limits of the database.
func Within(t testing.TB, database string, limits db.Limits) *Desk {
	t.Helper()
	a, err := app.Open(patient, app.Config{Data: t.TempDir(), Database: database, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		a.Site.Live.End()
		server.Close()
		a.Stop()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Desk{TB: t, App: a, URL: server.URL, accounts: map[act.Role]member.Account{}, clients: map[act.Role]*http.Client{}}
}

func (d *Desk) signIn(role act.Role, account id.ID) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		d.accounts[role], err = member.FindAccount(ctx, tx, account)
		return err
	})
	token, _, err := member.StartSession(patient, d.App.Door, d.accounts[role], "password", member.Visitor{Address: "127.0.0.1"})
	if err != nil {
		d.Fatal(err)
	}
	d.clients[role] = d.Stranger()
	home, _ := url.Parse(d.URL)
	d.clients[role].Jar.SetCookies(home, []*http.Cookie{{Name: "kizashi", Value: token, Path: "/"}})
}

// Stranger is a browser in which nobody is signed in. It does not follow redirects.
func (d *Desk) Stranger() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Browser is the browser in which a role is signed in.
func (d *Desk) Browser(role act.Role) *http.Client { return d.clients[role] }

// Who is the account of a role.
func (d *Desk) Who(role act.Role) act.Who { return d.accounts[role].Who() }

// Run carries out a command as the product.
func (d *Desk) Run(c act.Command) {
	d.Helper()
	if err := d.App.Door.Run(patient, act.Product, c); err != nil {
		d.Fatalf("%s: %v", c.Name(), err)
	}
}

// Read reads from the database.
func (d *Desk) Read(f func(ctx context.Context, tx *db.Tx) error) {
	d.Helper()
	ctx := patient
	if err := d.App.DB.Read(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		d.Fatal(err)
	}
}

// Lead makes a lead, with a company if one is named.
func (d *Desk) Lead(f lead.Fields) id.ID {
	d.Helper()
	c := &lead.Create{Fields: f}
	d.Run(c)
	return c.Target()
}

// Did tells the intake what leads did, and waits until it counts.
func (d *Desk) Did(messages ...event.Message) {
	d.Helper()
	answers, err := d.App.Intake.Put(context.Background(), messages)
	if err != nil {
		d.Fatal(err)
	}
	for _, a := range answers {
		if a.Err != nil {
			d.Fatal(a.Err)
		}
	}
}

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Has tells whether the page holds a text.
func (a Answer) Has(text string) bool { return strings.Contains(a.Body, text) }

// To is where a redirect leads, without the host.
func (a Answer) To() string { return a.Header.Get("Location") }

// Get asks for a page as a role; "" is a stranger.
func (d *Desk) Get(role act.Role, path string) Answer { return d.Ask(role, http.MethodGet, path, nil) }

// Part asks for a part of a page, as htmx does.
func (d *Desk) Part(role act.Role, path string) Answer {
	d.Helper()
	return d.send(role, http.MethodGet, path, "", nil, "HX-Request", "true")
}

// Post sends a form as a role.
func (d *Desk) Post(role act.Role, path string, form url.Values) Answer {
	if form == nil {
		form = url.Values{}
	}
	return d.Ask(role, http.MethodPost, path, form)
}

// Follow sends a form and asks for the page that it leads to.
func (d *Desk) Follow(role act.Role, path string, form url.Values) Answer {
	d.Helper()
	a := d.Post(role, path, form)
	if a.Status != http.StatusSeeOther {
		d.Fatalf("POST %s: %d, no redirect: %s", path, a.Status, a.Body)
	}
	return d.Get(role, a.To())
}

// Ask sends a request as a role; a form becomes its body.
func (d *Desk) Ask(role act.Role, method, path string, form url.Values) Answer {
	d.Helper()
	if form == nil {
		return d.send(role, method, path, "", nil)
	}
	return d.send(role, method, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// PostJSON sends what a script of a page sends.
func (d *Desk) PostJSON(role act.Role, path string, value any) Answer {
	d.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		d.Fatal(err)
	}
	return d.send(role, http.MethodPost, path, "application/json", bytes.NewReader(body))
}

// send sends a request; headers are pairs.
func (d *Desk) send(role act.Role, method, path, kind string, body io.Reader, headers ...string) Answer {
	d.Helper()
	client := d.clients[role]
	if client == nil {
		client = d.Stranger()
	}
	r, err := http.NewRequest(method, d.URL+path, body)
	if err != nil {
		d.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept-Language", "ja")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header, string(raw)}
}
