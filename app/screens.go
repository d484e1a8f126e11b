package app

import (
	"context"

	"kizashi/member"
	"kizashi/page"
	"kizashi/web/companies"
	"kizashi/web/duplicates"
	"kizashi/web/help"
	"kizashi/web/imports"
	"kizashi/web/jobs"
	"kizashi/web/lead"
	"kizashi/web/leads"
	"kizashi/web/model"
	"kizashi/web/segments"
	"kizashi/web/settings"
	"kizashi/web/signin"
	"kizashi/web/start"
	"kizashi/web/today"
)

// screens are all screens of the product, in the order of the way through it.
func (a *App) screens() []page.Screen {
	return []page.Screen{
		today.Screen(),
		start.Screen(),
		companies.Screen(),
		segments.Screen(),
		leads.Screen(),
		lead.Screen(),
		imports.Screen(a.Importer()),
		duplicates.Screen(),
		model.Screen(),
		help.Screen(),
		settings.Screen(),
		jobs.Screen(),
		signin.Screen(),
	}
}

// site makes the screens of this installation.
func (a *App) site() *page.Site {
	return page.New(page.Deps{Door: a.Door, Engine: a.Engine, FindSession: a.findSession}, a.screens()...)
}

func (a *App) findSession(ctx context.Context, token string) (member.Account, member.Session, error) {
	return member.FindSession(ctx, a.DB, token)
}
