// Package model shows the scoring model as people read it, lets marketing change it as a draft while it
// shows on real leads who would change, and keeps its versions (P21, X03).
package model

import (
	"context"
	"embed"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/page"
	"kizashi/score"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the scoring model: everybody reads it, marketing changes it.
func Screen() page.Screen {
	return page.Screen{
		Name: "model", Files: files,
		Templates: []page.Template{showPage, versionsPage, changesPage, editPage, yamlPage, publishPage},
		Routes: []page.Route{
			{Pattern: "GET /model", Right: act.See, Handle: showLive},
			{Pattern: "GET /model/versions", Right: act.See, Handle: showVersions},
			{Pattern: "GET /model/{id}", Right: act.See, Handle: showVersion},
			{Pattern: "GET /model/{id}/changes", Right: act.See, Handle: showChanges},
			{Pattern: "GET /model/{id}/yaml", Right: act.See, Handle: showYAML},

			{Pattern: "POST /model/rule", Right: act.Market, Handle: readRule},
			{Pattern: "POST /model/drafts", Right: act.Market, Handle: draft},
			{Pattern: "GET /model/{id}/edit", Right: act.Market, Handle: showEdit},
			{Pattern: "POST /model/{id}/edit", Right: act.Market, Handle: edit},
			{Pattern: "POST /model/{id}/yaml", Right: act.Market, Handle: editYAML},
			{Pattern: "POST /model/{id}/discard", Right: act.Market, Handle: discard},
			{Pattern: "POST /model/{id}/restore", Right: act.Market, Handle: restore},
			{Pattern: "GET /model/{id}/publish", Right: act.Market, Handle: showPublish},
			{Pattern: "POST /model/{id}/publish", Right: act.Market, Handle: publish},
		},
	}
}

// version is a stored version with its rules read.
type version struct {
	score.Stored
	Hands score.Hands
	Model *score.Model
}

// Draft tells whether it can be changed.
func (v version) Draft() bool { return v.Status == score.Draft }

// Live tells whether it is in force.
func (v version) Live() bool { return v.Status == score.Live }

// pageOf is the address of a version's page, or of something on it.
func pageOf(model id.ID, rest string) string { return "/model/" + model.String() + rest }

// find reads a version.
func find(ctx context.Context, tx *db.Tx, number id.ID) (v version, err error) {
	if v.Stored, err = score.ByID(ctx, tx, number); err != nil {
		return v, err
	}
	if v.Model, err = v.Stored.Model(); err != nil {
		return v, err
	}
	hands, err := score.HandsOf(ctx, tx, []id.ID{number})
	v.Hands = hands[number]
	return v, err
}

// live reads the version in force.
func live(ctx context.Context, tx *db.Tx, r *page.Request) (version, error) {
	rules, err := r.Engine().Rules(ctx, tx)
	if err != nil {
		return version{}, err
	}
	return find(ctx, tx, rules.Model.ID)
}

// read reads the version of the path, and then what a page wants to know of it.
func read(r *page.Request, f func(ctx context.Context, tx *db.Tx, v version) error) (v version, err error) {
	number, err := r.ID("id")
	if err != nil {
		return v, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v, err = find(ctx, tx, number); err != nil || f == nil {
			return err
		}
		return f(ctx, tx, v)
	})
	return v, err
}
