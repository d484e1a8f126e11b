package page

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/member"
	"kizashi/rule"
)

// Request is a request to a screen: who asks, in which language, at what moment.
type Request struct {
	*http.Request
	W       http.ResponseWriter
	Who     act.Who
	Account member.Account
	Session member.Session
	Lang    i18n.Lang
	Now     int64 // ms UTC
	site    *Site
}

// enter finds out who asks, and whether they may.
func (r *Request) enter(right act.Right) error {
	r.Lang = r.language()
	if err := r.site.refreshZone(r.Context()); err != nil {
		return err
	}
	if token := r.token(); token != "" {
		account, session, err := r.site.FindSession(r.Context(), token)
		if err != nil && fault.KindOf(err) != fault.Unauthenticated {
			return err
		}
		if err == nil {
			r.Account, r.Session, r.Who = account, session, account.Who()
			r.Lang = r.chosen(account)
			r.Who.Lang = r.Lang
		}
	}
	switch {
	case right.Holds(r.Who):
		return nil
	case r.Who.Role == "":
		return fault.New(fault.Unauthenticated, "fault.unauthenticated", nil)
	}
	return fault.New(fault.Forbidden, "fault.forbidden", fault.Args{"role": r.Who.Role})
}

const langCookie = "lang"

// language is what the person chose, else what the browser says, else Japanese.
func (r *Request) language() i18n.Lang {
	if asked := r.URL.Query().Get("lang"); asked == string(i18n.English) || asked == string(i18n.Japanese) {
		http.SetCookie(r.W, &http.Cookie{Name: langCookie, Value: asked, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
			HttpOnly: true, Secure: r.secure(), SameSite: http.SameSiteLaxMode})
		return i18n.Lang(asked)
	}
	if c, err := r.Cookie(langCookie); err == nil {
		return i18n.Parse(c.Value)
	}
	return i18n.Parse(r.Header.Get("Accept-Language"))
}

// chosen is the language of somebody who has signed in: their account's, unless this browser has another.
func (r *Request) chosen(a member.Account) i18n.Lang {
	if _, err := r.Cookie(langCookie); err == nil || r.URL.Query().Has("lang") || a.Lang == "" {
		return r.Lang
	}
	return a.Lang
}

// Partial tells whether htmx asks for a part of the page.
func (r *Request) Partial() bool { return r.Header.Get("HX-Request") == "true" }

// Door is where commands go.
func (r *Request) Door() *act.Door { return r.site.Door }

// Engine folds and explains.
func (r *Request) Engine() *fold.Engine { return r.site.Engine }

// Live tells open pages what changed.
func (r *Request) Live() *Live { return r.site.Live }

// Site is the whole, for the screen that shows the table of rights.
func (r *Request) Site() *Site { return r.site }

// Zone is the time zone of the installation.
func (r *Request) Zone() *time.Location { return r.site.zone.Load() }

// Run carries out a command as the person who asks.
func (r *Request) Run(c act.Command) error { return r.site.Door.Run(r.Context(), r.Who, c) }

// Read reads from the database as of one moment.
func (r *Request) Read(f func(ctx context.Context, tx *db.Tx) error) error {
	return r.reading(r.Context(), r.site.Door.DB.Read, f)
}

// ReadBy reads leads by a rule, nil for all of them. One about events may take long: few of those run at once.
func (r *Request) ReadBy(ctx context.Context, by *rule.Rule, f func(ctx context.Context, tx *db.Tx) error) error {
	if by.AsksEvents() {
		return r.reading(ctx, r.site.Door.DB.ReadHeavy, f)
	}
	return r.reading(ctx, r.site.Door.DB.Read, f)
}

// ReadHeavy is Read for what takes a processor for long.
func (r *Request) ReadHeavy(f func(ctx context.Context, tx *db.Tx) error) error {
	return r.reading(r.Context(), r.site.Door.DB.ReadHeavy, f)
}

// Lookup reads what a page needs before anything else, as who somebody is: it never waits for lists.
func (r *Request) Lookup(f func(ctx context.Context, tx *db.Tx) error) error {
	return r.reading(r.Context(), r.site.Door.DB.Lookup, f)
}

func (r *Request) reading(ctx context.Context, read func(context.Context, func(*db.Tx) error) error,
	f func(ctx context.Context, tx *db.Tx) error) error {
	ctx = db.For(ctx, r.Who.ID)
	return read(ctx, func(tx *db.Tx) error { return f(ctx, tx) })
}

// ID is an id of the path; what is none is not found.
func (r *Request) ID(name string) (id.ID, error) {
	found, err := id.Parse(r.PathValue(name))
	if err != nil {
		return 0, notFound()
	}
	return found, nil
}

// maxForm bounds the body of a form without files, in bytes.
const maxForm = 1 << 20

// IDs are those that the address asks for under a name, repeated.
func (r *Request) IDs(name string) (list []id.ID, err error) {
	for _, text := range r.URL.Query()[name] {
		number, err := id.Parse(text)
		if err != nil {
			return nil, err
		}
		list = append(list, number)
	}
	return list, nil
}

// Form reads the fields of a form, without the spaces around them.
func (r *Request) Form() (url.Values, error) {
	r.Body = http.MaxBytesReader(r.W, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, malformed(err)
	}
	for _, values := range r.PostForm {
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
	}
	return r.PostForm, nil
}

// Number is a number of the query or the fallback, between low and high.
func (r *Request) Number(name string, fallback, low, high int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		n = fallback
	}
	return min(max(n, low), high)
}

// Go sends the browser to a page of the product.
func (r *Request) Go(to string) error {
	http.Redirect(r.W, r.Request, local(to), http.StatusSeeOther)
	return nil
}

// Back is the page that the browser came from, or another one.
func (r *Request) Back(otherwise string) string {
	came, err := url.Parse(r.Referer())
	if err != nil || came.Host != r.Host || came.Path == r.URL.Path {
		return otherwise
	}
	return local(came.RequestURI())
}

// local is an address within the product; anything else becomes its first page. Browsers take tabs and line
// ends out of an address before they read it, and a \ for a /: "/<tab>/elsewhere.example" leads elsewhere.
func local(to string) string {
	odd := strings.ContainsFunc(to, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f })
	if odd || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		return "/"
	}
	return to
}

// secure tells whether the browser came by https, here or at a trusted proxy, whose word stands in the request.
func (r *Request) secure() bool { return r.TLS != nil }

// Base is where this installation is, as the browser sees it: "https://kizashi.example".
func (r *Request) Base() string {
	if r.secure() {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
