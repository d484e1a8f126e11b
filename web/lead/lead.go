// Package lead is the page of one lead: who they are, why and how to contact them, what comes next, and
// everything that was ever known of them. Its summary stands beside the Today list, too.
package lead

import (
	"context"
	"embed"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the page of a lead with all that can be done on it.
func Screen() page.Screen {
	return page.Screen{
		Name: "lead", Files: files,
		Templates: []page.Template{showPage, gonePage, panelPage, timelinePage, stepPage, stagePage, returnPage,
			hearingPage, consentPage, editPage, historyPage, mergePage, erasePage, linesTemplate},
		Routes: []page.Route{
			{Pattern: "GET /leads/{id}", Right: act.See, Handle: show},
			{Pattern: "GET /leads/{id}/panel", Right: act.See, Handle: panel},
			{Pattern: "GET /leads/{id}/timeline", Right: act.See, Handle: showTimeline},
			{Pattern: "GET /leads/{id}/history", Right: act.See, Handle: showHistory},
			{Pattern: "GET /leads/{id}/score", Right: act.See, Handle: showLines},

			{Pattern: "POST /leads/{id}/activities", Right: act.Work, Handle: logActivity},
			{Pattern: "POST /leads/{id}/activities/{activity}/undo", Right: act.Work, Handle: unlogActivity},
			{Pattern: "POST /leads/{id}/events/{event}/class", Right: act.Curate, Handle: classify},

			{Pattern: "POST /leads/{id}/steps", Right: act.Work, Handle: planStep},
			{Pattern: "GET /leads/{id}/steps/{step}", Right: act.Work, Handle: showStep},
			{Pattern: "POST /leads/{id}/steps/{step}", Right: act.Work, Handle: changeStep},
			{Pattern: "POST /leads/{id}/steps/{step}/done", Right: act.Work, Handle: finishStep},
			{Pattern: "POST /leads/{id}/steps/{step}/cancel", Right: act.Work, Handle: cancelStep},
			{Pattern: "POST /leads/{id}/steps/{step}/reopen", Right: act.Work, Handle: reopenStep},

			{Pattern: "POST /leads/{id}/status", Right: act.Work, Handle: setStatus},
			{Pattern: "POST /leads/{id}/owner", Right: act.Work, Handle: setOwner},
			{Pattern: "GET /leads/{id}/edit", Right: act.Work, Handle: showEdit},
			{Pattern: "POST /leads/{id}/edit", Right: act.Work, Handle: edit},
			{Pattern: "POST /leads/{id}/undo", Right: act.Work, Handle: takeBack},
			{Pattern: "POST /leads/{id}/delete", Right: act.Market, Handle: remove},
			{Pattern: "POST /leads/{id}/restore", Right: act.Market, Handle: restore},
			{Pattern: "POST /leads/{id}/disclosure", Right: act.Market, Handle: disclose},
			{Pattern: "GET /leads/{id}/erase", Right: act.Administer, Handle: askErase},
			{Pattern: "POST /leads/{id}/erase", Right: act.Administer, Handle: erase},

			{Pattern: "GET /leads/{id}/stage", Right: act.Work, Handle: showStage},
			{Pattern: "POST /leads/{id}/stage", Right: act.Work, Handle: moveStage},
			{Pattern: "POST /leads/{id}/handovers/{handover}/accept", Right: act.Sell, Handle: acceptHandover},
			{Pattern: "GET /leads/{id}/handovers/{handover}/return", Right: act.Sell, Handle: showReturn},
			{Pattern: "POST /leads/{id}/handovers/{handover}/return", Right: act.Sell, Handle: returnHandover},

			{Pattern: "GET /leads/{id}/hearing", Right: act.See, Handle: showHearing},
			{Pattern: "POST /leads/{id}/hearing", Right: act.Work, Handle: answerHearing},
			{Pattern: "GET /leads/{id}/consent", Right: act.See, Handle: showConsent},
			{Pattern: "POST /leads/{id}/consent", Right: act.Work, Handle: recordConsent},

			{Pattern: "GET /leads/{id}/merge", Right: act.Work, Handle: showMerge},
			{Pattern: "POST /leads/{id}/merge", Right: act.Work, Handle: merge},
			{Pattern: "POST /leads/{id}/apart", Right: act.Work, Handle: keepApart},
			{Pattern: "POST /leads/{id}/unmerge", Right: act.Work, Handle: unmerge},
			{Pattern: "POST /leads/{id}/confirm", Right: act.Work, Handle: confirm},
			{Pattern: "POST /leads/{id}/claims", Right: act.Work, Handle: settle},
			{Pattern: "POST /leads/{id}/identities/{identity}/split", Right: act.Work, Handle: split},
		},
	}
}

// find reads the lead of the path, who is there; one that was merged away stands for the one it is now.
func find(ctx context.Context, tx *db.Tx, number id.ID) (*lead.Lead, error) {
	l, err := lead.ByID(ctx, tx, number)
	if err == nil && l.Gone != "" {
		err = gone(number)
	}
	return l, err
}

func gone(number id.ID) error {
	return fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": number})
}

// read reads the lead of the path, and then what a page wants to know of it.
func read(r *page.Request, f func(ctx context.Context, tx *db.Tx, l *lead.Lead) error) (*lead.Lead, error) {
	number, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	var l *lead.Lead
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if l, err = find(ctx, tx, number); err != nil || f == nil {
			return err
		}
		return f(ctx, tx, l)
	})
	return l, err
}

// pageOf is the address of a lead's page, or of something on it.
func pageOf(l id.ID, rest string) string { return "/leads/" + l.String() + rest }
