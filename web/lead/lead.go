// Package lead is the page of one lead: who they are, why and how to contact them, what comes next, and
// everything that was ever known of them. Its summary stands beside the Today list, too.
package lead

import (
	"context"
	"embed"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
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
			{Pattern: "GET /leads/{id}", Right: member.See, Handle: show},
			{Pattern: "GET /leads/{id}/panel", Right: member.See, Handle: panel},
			{Pattern: "GET /leads/{id}/timeline", Right: member.See, Handle: showTimeline},
			{Pattern: "GET /leads/{id}/history", Right: member.See, Handle: showHistory},
			{Pattern: "GET /leads/{id}/score", Right: member.See, Handle: showLines},

			{Pattern: "POST /leads/{id}/activities", Right: member.Work, Handle: logActivity},
			{Pattern: "POST /leads/{id}/activities/{activity}/undo", Right: member.Work, Handle: unlogActivity},
			{Pattern: "POST /leads/{id}/events/{event}/class", Right: member.Curate, Handle: classify},

			{Pattern: "POST /leads/{id}/steps", Right: member.Work, Handle: planStep},
			{Pattern: "GET /leads/{id}/steps/{step}", Right: member.Work, Handle: showStep},
			{Pattern: "POST /leads/{id}/steps/{step}", Right: member.Work, Handle: changeStep},
			{Pattern: "POST /leads/{id}/steps/{step}/done", Right: member.Work, Handle: finishStep},
			{Pattern: "POST /leads/{id}/steps/{step}/cancel", Right: member.Work, Handle: cancelStep},
			{Pattern: "POST /leads/{id}/steps/{step}/reopen", Right: member.Work, Handle: reopenStep},

			{Pattern: "POST /leads/{id}/status", Right: member.Work, Handle: setStatus},
			{Pattern: "POST /leads/{id}/owner", Right: member.Work, Handle: setOwner},
			{Pattern: "GET /leads/{id}/edit", Right: member.Work, Handle: showEdit},
			{Pattern: "POST /leads/{id}/edit", Right: member.Work, Handle: edit},
			{Pattern: "POST /leads/{id}/undo", Right: member.Work, Handle: takeBack},
			{Pattern: "POST /leads/{id}/delete", Right: member.Market, Handle: remove},
			{Pattern: "POST /leads/{id}/restore", Right: member.Market, Handle: restore},
			{Pattern: "POST /leads/{id}/disclosure", Right: member.Market, Handle: disclose},
			{Pattern: "GET /leads/{id}/erase", Right: member.Administer, Handle: askErase},
			{Pattern: "POST /leads/{id}/erase", Right: member.Administer, Handle: erase},

			{Pattern: "GET /leads/{id}/stage", Right: member.Work, Handle: showStage},
			{Pattern: "POST /leads/{id}/stage", Right: member.Work, Handle: moveStage},
			{Pattern: "POST /leads/{id}/handovers/{handover}/accept", Right: member.Sell, Handle: acceptHandover},
			{Pattern: "GET /leads/{id}/handovers/{handover}/return", Right: member.Sell, Handle: showReturn},
			{Pattern: "POST /leads/{id}/handovers/{handover}/return", Right: member.Sell, Handle: returnHandover},

			{Pattern: "GET /leads/{id}/hearing", Right: member.See, Handle: showHearing},
			{Pattern: "POST /leads/{id}/hearing", Right: member.Work, Handle: answerHearing},
			{Pattern: "GET /leads/{id}/consent", Right: member.See, Handle: showConsent},
			{Pattern: "POST /leads/{id}/consent", Right: member.Work, Handle: recordConsent},

			{Pattern: "GET /leads/{id}/merge", Right: member.Work, Handle: showMerge},
			{Pattern: "POST /leads/{id}/merge", Right: member.Work, Handle: merge},
			{Pattern: "POST /leads/{id}/apart", Right: member.Work, Handle: keepApart},
			{Pattern: "POST /leads/{id}/unmerge", Right: member.Work, Handle: unmerge},
			{Pattern: "POST /leads/{id}/confirm", Right: member.Work, Handle: confirm},
			{Pattern: "POST /leads/{id}/claims", Right: member.Work, Handle: settle},
			{Pattern: "POST /leads/{id}/identities/{identity}/split", Right: member.Work, Handle: split},
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
