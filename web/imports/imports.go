// Package imports is the way of a contact file into the product: it is dropped, its columns are looked
// at, it is taken, and what it held leads to whom to contact first. Each import can be taken back.
package imports

import (
	"context"
	"embed"

	"kizashi/act"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
	"kizashi/rule"
	"kizashi/score"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the history of imports and the way of a new one.
func Screen(importer *imports.Importer) page.Screen {
	s := screen{importer}
	return page.Screen{
		Name: "imports", Files: files,
		Templates: []page.Template{listPage, draftPage, importPage, undoPage},
		Routes: []page.Route{
			{Pattern: "GET /imports", Right: act.See, Handle: s.list},
			{Pattern: "POST /imports", Right: act.Curate, Handle: s.upload},

			{Pattern: "GET /uploads/{draft}", Right: act.Curate, Handle: s.showDraft},
			{Pattern: "POST /uploads/{draft}", Right: act.Curate, Handle: s.changeDraft},
			{Pattern: "POST /uploads/{draft}/table", Right: act.Curate, Handle: s.chooseTable},
			{Pattern: "POST /uploads/{draft}/start", Right: act.Curate, Handle: s.start},
			{Pattern: "POST /uploads/{draft}/drop", Right: act.Curate, Handle: s.dropDraft},
			{Pattern: "GET /uploads/{draft}/refused.csv", Right: act.Curate, Handle: s.draftRefused},

			{Pattern: "GET /imports/{id}", Right: act.See, Handle: s.show},
			{Pattern: "GET /imports/{id}/refused.csv", Right: act.Curate, Handle: s.refused},
			{Pattern: "POST /imports/{id}/resume", Right: act.Curate, Handle: s.resume},
			{Pattern: "POST /imports/{id}/sheet", Right: act.Curate, Handle: s.nextSheet},
			{Pattern: "GET /imports/{id}/undo", Right: act.Curate, Handle: s.askUndo},
			{Pattern: "POST /imports/{id}/undo", Right: act.Curate, Handle: s.undo},
		},
	}
}

type screen struct{ importer *imports.Importer }

const (
	shown        = 30 // imports on a page of the history
	shownExports = 20
)

type history struct {
	Drafts  []imports.Draft
	Imports []row
	Exports []exported
	Next    id.ID // of the next page; 0: there is none
	Limits  limits
}

// row is an import with the name of who brought it in.
type row struct {
	imports.Import
	By     string // "" for the product itself
	Failed bool   // its job gave up
}

// limits are what may be brought in, for people.
type limits struct{ Text, Excel, Rows int }

const listPage = page.Of[history]("imports/list.html")

func (s screen) list(r *page.Request) error {
	h, err := s.readHistory(r)
	if err != nil {
		return err
	}
	return listPage.Show(r, h)
}

func (s screen) readHistory(r *page.Request) (h history, err error) {
	after, _ := id.Parse(r.URL.Query().Get("after")) // what is no id begins at the beginning
	h.Limits = fileLimits
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		list, err := imports.List(ctx, tx, after, shown+1)
		if err != nil {
			return err
		}
		if len(list) > shown {
			list = list[:shown]
			h.Next = list[shown-1].ID
		}
		if h.Imports, err = named(ctx, tx, list); err != nil || !act.Curate.Holds(r.Who) {
			return err
		}
		if h.Drafts, err = imports.Drafts(ctx, tx, r.Who.ID); err != nil || after != 0 {
			return err
		}
		return h.readExports(ctx, tx, r.Lang)
	})
	return h, err
}

// exported is an export with its filter in words.
type exported struct {
	lead.Exported
	Says string
}

func (h *history) readExports(ctx context.Context, tx *db.Tx, lang i18n.Lang) error {
	list, err := lead.Exports(ctx, tx, shownExports)
	for _, e := range list {
		one := exported{Exported: e}
		if filter, bad := rule.Parse(score.Schema(), e.Rule); e.Rule != "" && bad == nil {
			one.Says = filter.Sentence(lang)
		}
		h.Exports = append(h.Exports, one)
	}
	return err
}

// named finds who brought imports in, and whether the work on them has stopped.
func named(ctx context.Context, tx *db.Tx, list []imports.Import) ([]row, error) {
	names := map[id.ID]string{}
	accounts, err := member.Accounts(ctx, tx)
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	if err != nil {
		return nil, err
	}
	keys, err := member.Keys(ctx, tx)
	for _, k := range keys {
		names[k.ID] = k.Name
	}
	rows := make([]row, len(list))
	for i, m := range list {
		rows[i] = row{Import: m, By: names[m.Who]}
		if err == nil {
			rows[i].Failed, err = stopped(ctx, tx, m)
		}
	}
	return rows, err
}

// stopped tells whether an unfinished import has nobody who works on it any more.
func stopped(ctx context.Context, tx *db.Tx, m imports.Import) (bool, error) {
	if m.State != imports.Running && m.State != imports.Undoing {
		return false, nil
	}
	j, err := job.FindKey(ctx, tx, m.JobKey())
	return j.State == job.Failed || j.State == job.Cancelled, missing(err)
}
