// Package start leads through the first day: a file, the tag, colleagues, the pages that matter, the
// scoring model.
package start

import (
	"context"
	"embed"
	"encoding/json"
	"slices"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/setting"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the checklist of the first day.
func Screen() page.Screen {
	return page.Screen{
		Name: "start", Files: files,
		Templates: []page.Template{listPage, tagPage},
		Routes: []page.Route{
			{Pattern: "GET /start", Right: act.See, Handle: show},
			{Pattern: "POST /start/over", Right: act.Market, Handle: setOver(true)},
			{Pattern: "POST /start/again", Right: act.Market, Handle: setOver(false)},
			{Pattern: "GET /start/tag", Right: act.See, Handle: showTag},
			{Pattern: "POST /start/tag", Right: act.Administer, Handle: makeTag},
		},
	}
}

type list struct {
	report.FirstDay
	Steps []step
}

// step is something to do on the first day.
type step struct {
	Name string // of its words
	Done bool
	To   string // where it is done
	Need string // the pattern of a route that one must be allowed
	Next bool   // the first that is left
}

const listPage = page.Of[list]("start/list.html")

func show(r *page.Request) error {
	var l list
	err := r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		l.FirstDay, err = report.ReadFirstDay(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	l.Steps = []step{
		{Name: "import", Done: l.Imported, To: "/imports", Need: "POST /imports"},
		{Name: "tag", Done: l.Tracked, To: "/start/tag", Need: "GET /start/tag"},
		{Name: "invite", Done: l.Invited, To: "/settings/people", Need: "GET /settings/people"},
		{Name: "pages", Done: l.Pages, To: "/settings/pages", Need: "GET /settings/pages"},
		{Name: "model", Done: l.Model, To: "/model", Need: "GET /model"},
	}
	if i := slices.IndexFunc(l.Steps, func(s step) bool { return !s.Done }); i >= 0 {
		l.Steps[i].Next = true
	}
	return listPage.Show(r, l)
}

// setOver ends the reminder, or begins it again.
func setOver(over bool) func(*page.Request) error {
	return func(r *page.Request) error {
		value, err := json.Marshal(over)
		if err != nil {
			return err
		}
		if err := r.Run(&setting.Set{Setting: "first_day_over", Value: value}); err != nil {
			return err
		}
		if over {
			return r.Done("/start", "start.over", nil, "/start/again")
		}
		return r.Go("/start")
	}
}

// tag is the page on which the first hit arrives.
type tag struct {
	Form   form
	Secret string // of the key made just now; it is shown once
	Base   string // where this installation is
	Since  int64  // hits after this count, ms UTC
	Hits   []report.Hit
}

// form is what a new key is made of.
type form struct {
	Site    string
	Consent bool // no cookie and no hit before the visitor agreed
}

const tagPage = page.Of[tag]("start/tag.html")

// shownHits is how many pages stand under the snippet.
const shownHits = 5

func showTag(r *page.Request) error {
	t := tag{Base: r.Base(), Since: since(r)}
	if err := t.read(r); err != nil {
		return err
	}
	return tagPage.Show(r, t)
}

// since is from when on hits count: what the page asks for, else the last day.
func since(r *page.Request) int64 {
	var asked int64
	if json.Unmarshal([]byte(r.URL.Query().Get("since")), &asked) == nil && asked > r.Now-clock.Day && asked <= r.Now {
		return asked
	}
	return r.Now - clock.Day
}

func (t *tag) read(r *page.Request) error {
	return r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		t.Hits, err = report.Hits(ctx, tx, t.Since, shownHits)
		return err
	})
}

// makeTag makes a write key and shows the snippet with it. The secret is kept nowhere, so the answer is
// the page itself.
func makeTag(r *page.Request) error {
	values, err := r.Form()
	if err != nil {
		return err
	}
	t := tag{Form: form{values.Get("site"), values.Get("consent") != ""}, Base: r.Base(), Since: r.Now}
	if t.Form.Site == "" {
		err = fault.New(fault.Invalid, "start.tag.no_site", nil).At("site")
	} else {
		key := &member.AddKey{Label: i18n.T(r.Lang, "start.tag.key", fault.Args{"site": t.Form.Site}), Role: act.Track}
		err = r.Run(key)
		t.Secret = key.Secret
	}
	if err != nil {
		t.Since = since(r)
		if bad := t.read(r); bad != nil {
			return bad
		}
		return tagPage.Again(r, t, err)
	}
	return tagPage.Show(r, t)
}
