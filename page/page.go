// Package page is what the screens share: the frame around them, routes with their rights, templates
// with the types of what they show, sessions, notices, and the one place where errors become pages.
package page

import (
	"context"
	"html/template"
	"io/fs"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/setting"
)

// Screen is a folder of web/: its routes, its templates and its style.
type Screen struct {
	Name      string // the folder: "leads"
	Files     fs.FS  // *.html and *.css; files that begin with _ are parts for the others
	Templates []Template
	Routes    []Route
}

// Route is an address of the product, who may ask for it, and what answers.
type Route struct {
	Pattern string // as net/http has it: "GET /leads/{id}"
	Right   act.Right
	Handle  func(*Request) error
}

// Deps are what the screens work with.
type Deps struct {
	Door   *act.Door
	Engine *fold.Engine
	// FindSession tells whose session a token is; Unauthenticated if nobody's.
	FindSession func(ctx context.Context, token string) (member.Account, member.Session, error)
}

// Site is all screens, ready to be mounted.
type Site struct {
	Deps
	Live    *Live
	Guests  []string // mail addresses of accounts without a password: only where all data is made up
	screens []Screen
	rights  map[string]act.Right // by pattern
	pages   map[i18n.Lang]map[string]func() *template.Template
	assets  *assets
	zone    atomic.Pointer[time.Location]
}

// New makes the site of these screens.
func New(deps Deps, screens ...Screen) *Site {
	s := &Site{Deps: deps, Live: newLive(), screens: screens, rights: map[string]act.Right{}, assets: collect(screens)}
	for _, screen := range screens {
		for _, r := range screen.Routes {
			s.rights[r.Pattern] = r.Right
		}
	}
	s.pages = map[i18n.Lang]map[string]func() *template.Template{}
	for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
		s.pages[lang] = s.parse(lang)
	}
	return s
}

// Screens are those the site was made of.
func (s *Site) Screens() []Screen { return s.screens }

// Mount adds the routes of all screens.
func (s *Site) Mount(mux *http.ServeMux) {
	inner := http.NewServeMux()
	for _, screen := range s.screens {
		for _, r := range screen.Routes {
			inner.HandleFunc(r.Pattern, s.handler(r))
		}
	}
	inner.HandleFunc("GET /live", s.handler(Route{"GET /live", act.See, s.live}))
	inner.HandleFunc("/", s.handler(Route{"/", act.Public, func(*Request) error { return notFound() }}))
	outer := gzhttp.GzipHandler(http.NewCrossOriginProtection().Handler(inner))
	mux.Handle("GET /assets/", gzhttp.GzipHandler(s.assets))
	mux.Handle("/", outer)
}

func (s *Site) handler(route Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		req := &Request{Request: r, W: w, site: s, Now: s.Door.DB.Clock.Now()}
		if req.secure() {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000") // a year: who came by https comes so again
		}
		err := req.enter(route.Right)
		if err == nil {
			err = route.Handle(req)
		}
		if err != nil {
			req.fail(err)
		}
	}
}

// secure are the headers of every page. Styles and scripts are files of the product, nothing is inline.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// refreshZone reads the time zone of the installation, in which every page writes its dates.
func (s *Site) refreshZone(ctx context.Context) error {
	var name string
	err := s.Door.DB.Lookup(ctx, func(tx *db.Tx) (err error) {
		name, err = setting.TimeZone(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	if known := s.zone.Load(); known != nil && known.String() == name {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		s.zone.Store(zone)
	}
	return err
}
