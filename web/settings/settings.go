// Package settings is where a team says how it works: people, keys, the tag, criteria about the company
// and its calendar. Everybody sees what counts; administrators change it, and marketing what is theirs.
package settings

import (
	"embed"

	"kizashi/act"
	"kizashi/member"
	"kizashi/page"
)

//go:embed *.html *.css
var files embed.FS

// Screen is all sections, each a page of its own.
func Screen() page.Screen {
	return page.Screen{
		Name: "settings", Files: files,
		Templates: []page.Template{
			overviewPage, peoplePage, personPage, teamsPage, keysPage, keyPage, trackingPage, companyPage, hoursPage, workPage,
			domainsPage, industryPage, pagesPage, mailPage, titlesPage, signInPage, rightsPage, auditPage, jobsPage,
		},
		Routes: []page.Route{
			{Pattern: "GET /settings", Right: act.See, Handle: showOverview},

			{Pattern: "GET /settings/people", Right: act.See, Handle: showPeople},
			{Pattern: "POST /settings/people", Right: act.Administer, Handle: invite},
			{Pattern: "POST /settings/invitations/{id}/revoke", Right: act.Administer, Handle: revokeInvitation},
			{Pattern: "GET /settings/people/{id}", Right: act.Administer, Handle: showPerson},
			{Pattern: "POST /settings/people/{id}/role", Right: act.Administer, Handle: changeRole},
			{Pattern: "POST /settings/people/{id}/team", Right: act.Administer, Handle: changeTeam},
			{Pattern: "POST /settings/people/{id}/capacity", Right: act.Administer, Handle: changeCapacity},
			{Pattern: "POST /settings/people/{id}/disable", Right: act.Administer, Handle: disable},
			{Pattern: "POST /settings/people/{id}/enable", Right: act.Administer, Handle: enable},
			{Pattern: "POST /settings/people/{id}/reset", Right: act.Administer, Handle: offerReset},
			{Pattern: "POST /settings/people/{id}/totp/drop", Right: act.Administer, Handle: dropTOTP},

			{Pattern: "GET /settings/teams", Right: act.See, Handle: showTeams},
			{Pattern: "POST /settings/teams", Right: act.Administer, Handle: addTeam},
			{Pattern: "POST /settings/teams/{id}/name", Right: act.Administer, Handle: renameTeam},
			{Pattern: "POST /settings/teams/{id}/remove", Right: act.Administer, Handle: removeTeam},

			{Pattern: "GET /settings/keys", Right: act.Administer, Handle: showKeys},
			{Pattern: "POST /settings/keys", Right: act.Administer, Handle: addKey},
			{Pattern: "GET /settings/keys/{id}", Right: act.Administer, Handle: showKey},
			{Pattern: "POST /settings/keys/{id}/take-back", Right: act.Administer, Handle: startTakeBack},
			{Pattern: "POST /settings/take-backs/{id}/stop", Right: act.Administer, Handle: stopTakeBack},
			{Pattern: "POST /settings/keys/{id}/revoke", Right: act.Administer, Handle: revokeKey},

			{Pattern: "GET /settings/tracking", Right: act.See, Handle: showSheet("tracking")},
			{Pattern: "GET /settings/pages", Right: act.See, Handle: showSheet("pages")},
			{Pattern: "GET /settings/company", Right: act.See, Handle: showSheet("company")},
			{Pattern: "GET /settings/hours", Right: act.See, Handle: showSheet("hours")},
			{Pattern: "GET /settings/work", Right: act.See, Handle: showSheet("work")},
			{Pattern: "GET /settings/domains", Right: act.See, Handle: showSheet("domains")},
			{Pattern: "GET /settings/sign-in", Right: act.Administer, Handle: showSheet("sign-in")},
			{Pattern: "POST /settings/sign-in/secret", Right: act.Administer, Handle: setSecret},
			{Pattern: "POST /settings/value/{name}", Right: act.Work, Handle: set},
			{Pattern: "POST /settings/undo/{name}", Right: act.Work, Handle: undo},

			{Pattern: "GET /settings/industries", Right: act.See, Handle: showSheet("industries")},
			{Pattern: "GET /settings/titles", Right: act.See, Handle: showSheet("titles")},
			{Pattern: "GET /settings/mail", Right: act.See, Handle: showSheet("mail")},
			{Pattern: "GET /settings/rights", Right: act.See, Handle: showRights},
			{Pattern: "GET /settings/jobs", Right: act.Market, Handle: showJobs},
			{Pattern: "GET /settings/audit", Right: act.Administer, Handle: showAudit},
			{Pattern: "GET /settings/audit.csv", Right: act.Administer, Handle: exportAudit},
		},
	}
}

// group is a part of the table of contents: its name in the words, and its sections.
type group struct {
	Name     string
	Sections []string
}

var contents = []group{
	{"team", []string{"people", "teams", "rights"}},
	{"own", []string{"company", "hours", "work", "domains", "industries"}},
	{"web", []string{"tracking", "pages", "keys"}},
	{"tables", []string{"titles", "mail"}},
	{"safety", []string{"sign-in", "audit", "jobs"}},
}

// menu is what every section has beside it.
type menu struct{ Here string }

// Groups are the table of contents.
func (menu) Groups() []group { return contents }

const overviewPage = page.Of[menu]("settings/overview.html")

func showOverview(r *page.Request) error { return overviewPage.Show(r, menu{}) }

// rights is the table of who may do what.
type rights struct {
	menu
	Roles  []column
	Rights []right
}

// column is a role of people.
type column struct{ Key string }

// right is what one may do, and who may.
type right struct {
	Name string
	May  []bool // by role
}

const rightsPage = page.Of[rights]("settings/rights.html")

// showRights writes the table out of the one that is in force.
func showRights(r *page.Request) error {
	v := rights{menu: menu{"rights"}}
	for _, role := range member.AccountRoles {
		v.Roles = append(v.Roles, column{string(role)})
	}
	for _, one := range act.Rights {
		row := right{Name: string(one)}
		for _, role := range member.AccountRoles {
			row.May = append(row.May, one.Holds(member.Account{Role: role}.Who()))
		}
		v.Rights = append(v.Rights, row)
	}
	return rightsPage.Show(r, v)
}
