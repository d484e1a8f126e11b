package signin

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/page"
	"kizashi/seal"
	"kizashi/testkit"
)

const good = "shinjuku-3-chome-tram"

// house is the door alone, on a database.
type house struct {
	*testing.T
	door *act.Door
	site *page.Site
	url  string
}

func newHouse(t *testing.T, database string) *house {
	t.Helper()
	d, err := db.Open(context.Background(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if d.Seal, err = seal.Parse(seal.NewText()); err != nil {
		t.Fatal(err)
	}
	door := act.NewDoor(d)
	find := func(ctx context.Context, token string) (member.Account, member.Session, error) {
		return member.FindSession(ctx, d, token)
	}
	site := page.New(page.Deps{Door: door, Engine: fold.NewEngine(door), FindSession: find}, Screen())
	mux := http.NewServeMux()
	site.Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &house{t, door, site, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)}
}

func engines(t *testing.T, test func(h *house)) {
	testkit.Engines(t, func(t *testing.T, url string) { test(newHouse(t, url)) })
}

func (h *house) run(c act.Command) {
	h.Helper()
	if err := h.door.Run(context.Background(), act.Product, c); err != nil {
		h.Fatal(err)
	}
}

func (h *house) user(email string, role act.Role) member.Account {
	h.Helper()
	c := &member.AddUser{Email: email, Role: role, Password: good}
	h.run(c)
	var a member.Account
	err := h.door.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
		a, err = member.FindAccount(context.Background(), tx, c.Account)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return a
}

// browser asks as one does: with its cookies, following no redirect.
type browser struct {
	*house
	client *http.Client
	lang   string
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{h, &http.Client{Jar: jar, CheckRedirect: stay}, "en"}
}

type reply struct {
	status int
	to     string // of a redirect
	body   string
	header http.Header
}

func (b *browser) ask(method, path string, fields ...string) reply {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.url + path
	}
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Language", b.lang)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	if response.StatusCode >= 500 {
		b.Errorf("%s %s: %d", method, path, response.StatusCode)
	}
	return reply{response.StatusCode, response.Header.Get("Location"), string(body), response.Header}
}

func (b *browser) get(path string) reply { b.Helper(); return b.ask(http.MethodGet, path) }
func (b *browser) post(path string, fields ...string) reply {
	b.Helper()
	return b.ask(http.MethodPost, path, fields...)
}

// goes wants a redirect.
func (b *browser) goes(a reply, to string) {
	b.Helper()
	if a.status != http.StatusSeeOther || a.to != to {
		b.Fatalf("%d to %q, want %q: %s", a.status, a.to, to, text(a.body))
	}
}

// says wants a page with a text.
func (b *browser) says(a reply, status int, words string) {
	b.Helper()
	if a.status != status || !strings.Contains(a.body, words) {
		b.Fatalf("%d, want %d with %q: %s", a.status, status, words, text(a.body))
	}
}

func (b *browser) signIn(email string) {
	b.Helper()
	b.goes(b.post("/sign-in", "email", email, "password", good), "/")
}

func (b *browser) in() bool { b.Helper(); return b.get("/me").status == http.StatusOK }

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

func text(html string) string { return tags.ReplaceAllString(html, " ") }

// hidden is the value of a hidden field.
func hidden(a reply, name string) string {
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.body)
	if found == nil {
		return ""
	}
	return found[1]
}

func TestTemplatesFitWhatTheyShow(t *testing.T) {
	h := newHouse(t, testkit.SQLiteURL(t))
	for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
		for _, one := range Screen().Templates {
			if err := templatecheck.CheckHTML(h.site.Parsed(lang, one.File()).Lookup("page"), one.Sample()); err != nil {
				t.Errorf("%s: %v", one.File(), err)
			}
		}
	}
}

func TestSigningInAndOut(t *testing.T) { // S18
	engines(t, func(h *house) {
		b := h.browser()
		b.goes(b.get("/sign-in"), "/setup") // nobody has an account yet
		h.user("hanako@example.jp", act.Viewer)
		b.goes(b.get("/setup"), "/sign-in")
		b.goes(b.get("/me"), "/sign-in?next=%2Fme")
		if page := b.get("/sign-in?next=%2Fme"); hidden(page, "next") != "/me" {
			b.Fatal(text(page.body))
		}
		b.says(b.post("/sign-in", "email", "hanako@example.jp", "password", "wrong"), http.StatusUnprocessableEntity, "is wrong")
		b.says(b.post("/sign-in", "email", "<b>x", "password", "wrong"), http.StatusUnprocessableEntity, "&lt;b&gt;x")
		a := b.post("/sign-in", "email", "Hanako@example.jp", "password", good, "next", "/me?x=1")
		b.goes(a, "/me?x=1")
		cookie := a.header.Get("Set-Cookie")
		if !strings.HasPrefix(cookie, "kizashi=") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
			b.Error(cookie)
		}
		b.says(b.get("/me"), http.StatusOK, "hanako@example.jp")
		b.goes(b.get("/sign-in?next=/me"), "/me")
		other := h.browser()
		other.signIn("hanako@example.jp")
		b.goes(b.post("/sign-out"), "/sign-in")
		if b.in() || !other.in() {
			b.Error("one browser was to be signed out, and one only")
		}
		b.goes(b.post("/sign-out"), "/sign-in")
	})
}

func TestNobodyIsSentElsewhere(t *testing.T) {
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("hanako@example.jp", act.Viewer)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", "/\r\nX: y", "/\t/evil.example", "/\x00/evil.example"} {
		b := h.browser()
		b.goes(b.post("/sign-in", "email", "hanako@example.jp", "password", good, "next", next), "/")
		b.goes(b.get("/sign-in?next="+url.QueryEscape(next)), "/")
	}
}

func TestGuessingIsToldToWait(t *testing.T) { // S18
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("hanako@example.jp", act.Viewer)
	b := h.browser()
	for range 10 {
		if a := b.post("/sign-in", "email", "hanako@example.jp", "password", "wrong"); a.header.Get("Retry-After") != "" {
			if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 || wait > 2 {
				t.Errorf("Retry-After: %q", a.header.Get("Retry-After"))
			}
			b.says(a, http.StatusUnprocessableEntity, "Too many failed attempts")
			return
		}
	}
	t.Error("ten guesses, and no wait")
}

func TestOtherSitesCannotPost(t *testing.T) { // CSRF
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("hanako@example.jp", act.Viewer)
	b := h.browser()
	b.signIn("hanako@example.jp")
	for _, route := range Screen().Routes {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if method != http.MethodPost {
			continue
		}
		r, err := http.NewRequest(method, h.url+strings.NewReplacer("{id}", "0000000000001", "{token}", "x").Replace(path), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		response, err := b.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s from another site: %d", route.Pattern, response.StatusCode)
		}
	}
	if !b.in() {
		t.Error("signed out from elsewhere")
	}
}

func TestTheCookieOfHTTPSIsForHTTPSOnly(t *testing.T) {
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("hanako@example.jp", act.Viewer)
	form := url.Values{"email": {"hanako@example.jp"}, "password": {good}}
	r := httptest.NewRequest(http.MethodPost, "https://localhost/sign-in", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	mux, w := http.NewServeMux(), httptest.NewRecorder()
	h.site.Mount(mux)
	mux.ServeHTTP(w, r)
	cookie := w.Header().Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-kizashi=") || !strings.Contains(cookie, "; Secure") || !strings.Contains(cookie, "; Path=/;") || strings.Contains(cookie, "Domain") {
		t.Error(cookie)
	}
}
