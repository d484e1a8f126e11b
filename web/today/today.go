// Package today is the plain page of whom to contact today.
package today

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/report"
)

//go:embed today.html today.css
var files embed.FS

// shown is how many leads the page holds.
const shown = 50

// Screen serves the page to people with an account.
type Screen struct {
	DB     *db.DB
	Engine *fold.Engine
}

// Mount adds the routes.
func (s *Screen) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /today.css", style)
}

type view struct {
	Lang  i18n.Lang
	Base  string
	Items []report.TodayItem
}

var templates = map[i18n.Lang]*template.Template{i18n.Japanese: parse(i18n.Japanese), i18n.English: parse(i18n.English)}

func parse(lang i18n.Lang) *template.Template {
	words := template.FuncMap{"t": func(key string) string { return i18n.T(lang, key, nil) }}
	return template.Must(template.New("today.html").Funcs(words).ParseFS(files, "today.html"))
}

func (s *Screen) page(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	lang := language(r)
	who, err := s.signIn(r)
	if err != nil || who.Role == act.Track {
		w.Header().Set("WWW-Authenticate", `Basic realm="Kizashi", charset="UTF-8"`)
		http.Error(w, i18n.T(lang, "fault.unauthenticated", nil), http.StatusUnauthorized)
		return
	}
	v := view{Lang: lang, Base: "https://" + r.Host}
	err = s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Items, err = report.Today(r.Context(), tx, s.Engine, report.TodayFilter{Limit: shown}, lang)
		return err
	})
	var page bytes.Buffer
	if err == nil {
		err = templates[lang].Execute(&page, v)
	}
	if err != nil {
		slog.Error("today", "error", err)
		http.Error(w, i18n.T(lang, "fault.internal", nil), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes())
}

// signIn asks for mail address and password of an account in the way every browser knows.
func (s *Screen) signIn(r *http.Request) (act.Who, error) {
	email, password, ok := r.BasicAuth()
	if !ok {
		return act.Who{}, fault.New(fault.Unauthenticated, "fault.unauthenticated", nil)
	}
	return member.SignIn(r.Context(), s.DB, email, password)
}

func language(r *http.Request) i18n.Lang {
	if asked := r.URL.Query().Get("lang"); asked != "" {
		return i18n.Parse(asked)
	}
	return i18n.Parse(r.Header.Get("Accept-Language"))
}

func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

func style(w http.ResponseWriter, _ *http.Request) {
	css, err := files.ReadFile("today.css")
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(css)
}
