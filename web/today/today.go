// Package today is the first screen: whom to contact today, why and how, worked through by keyboard.
package today

import (
	"context"
	"embed"
	"slices"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/setting"
	"kizashi/stage"
	"kizashi/task"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the list of today.
func Screen() page.Screen {
	return page.Screen{
		Name: "today", Files: files,
		Templates: []page.Template{todayPage, askPage},
		Routes: []page.Route{
			{Pattern: "GET /{$}", Right: act.See, Handle: show},
			{Pattern: "GET /today/{lead}/result", Right: act.Work, Handle: ask},
			{Pattern: "POST /today/{lead}/result", Right: act.Work, Handle: logResult},
			{Pattern: "POST /today/activities/{activity}/undo", Right: act.Work, Handle: takeBack},
			{Pattern: "POST /today/{lead}/take", Right: act.Work, Handle: takeOn},
			{Pattern: "POST /today/{lead}/leave", Right: act.Work, Handle: leave},
			{Pattern: "POST /notices/read", Right: act.See, Handle: readNotices},
		},
	}
}

// Whose list it is.
const (
	mine       = "mine"
	team       = "team"
	unassigned = "unassigned"
	stepless   = "stepless"  // own leads without a next step
	untouched  = "untouched" // own leads that nobody has contacted for long
)

var views = []string{mine, team, unassigned, stepless, untouched}

// shown is how many leads the lists of several people hold; one's own holds what can be done today.
const shown = 50

type view struct {
	View    string
	Items   []item
	Counts  report.TodayCounts
	News    []news
	Told    []id.ID       // the notices that the news are made of
	Results []task.Result // by number keys
	Reasons []stage.Reason
	Fresh   bool // nothing has come into this installation yet
	First   report.FirstDay
	Now     int64
}

type item struct {
	report.TodayItem
	Owner string // name; "" = nobody
}

// Late are the minutes since it should have been done.
func (i item) Late() int64 { return int64(-i.Left) }

// Minutes are those that are left.
func (i item) Minutes() int64 { return int64(i.Left) }

const todayPage = page.Of[view]("today/today.html")

func show(r *page.Request) error {
	v := view{View: viewOf(r), Results: task.Results, Reasons: stage.Reasons, Now: r.Now}
	if v.View == "" {
		v.View = usual(r.Who)
	}
	err := r.Read(func(ctx context.Context, tx *db.Tx) error { return v.read(ctx, tx, r) })
	if err != nil {
		return err
	}
	return todayPage.Show(r, v)
}

// usual is the list that a person begins with: who contacts leads has their own.
func usual(w act.Who) string {
	if w.Role == act.Inside || w.Role == act.Field {
		return mine
	}
	return team
}

func (v *view) read(ctx context.Context, tx *db.Tx, r *page.Request) (err error) {
	if v.Counts, err = report.CountToday(ctx, tx, r.Who.ID); err != nil {
		return err
	}
	found, err := v.find(ctx, tx, r)
	if err != nil {
		return err
	}
	owners, err := member.Accounts(ctx, tx)
	if err != nil {
		return err
	}
	for _, one := range found {
		at := slices.IndexFunc(owners, func(a member.Account) bool { return a.ID == one.Lead.Owner })
		shown := item{TodayItem: one}
		if at >= 0 {
			shown.Owner = owners[at].Name
		}
		v.Items = append(v.Items, shown)
	}
	if v.Fresh, err = report.NoLeads(ctx, tx); err != nil {
		return err
	}
	if v.First, err = firstDay(ctx, tx, r.Who); err != nil {
		return err
	}
	notices, err := task.News(ctx, tx, r.Who.ID)
	v.News, v.Told = tell(notices, r.Lang)
	for i := range v.News {
		v.News[i].From = clock.Time(v.News[i].Since).In(r.Zone()).Format("2006-01-02T15:04")
	}
	return err
}

// firstDay is what is still to do of the first day, for those who can do it: nothing is open for others.
func firstDay(ctx context.Context, tx *db.Tx, who act.Who) (report.FirstDay, error) {
	over, err := setting.FirstDayOver(ctx, tx)
	if err != nil || over || !act.Market.Holds(who) {
		return report.FirstDay{Over: true}, err
	}
	return report.ReadFirstDay(ctx, tx)
}

func (v *view) find(ctx context.Context, tx *db.Tx, r *page.Request) ([]report.TodayItem, error) {
	f := report.TodayFilter{Limit: shown}
	switch v.View {
	case mine:
		if f.Limit = v.Counts.Left(); f.Limit == 0 {
			return nil, nil
		}
		f.Owner, f.Offered = &r.Who.ID, r.Who.Role == act.Field
	case team:
		f.Team = r.Account.Team // who is in none sees everybody's
	case unassigned:
		f.Owner = new(id.ID)
	case stepless:
		return report.Neglected(ctx, tx, r.Engine(), task.Neglect{Owner: &r.Who.ID}, shown, r.Lang)
	case untouched:
		long := int64(v.Counts.Days) * clock.Day
		return report.Neglected(ctx, tx, r.Engine(), task.Neglect{Owner: &r.Who.ID, Untouched: long}, shown, r.Lang)
	}
	return report.Today(ctx, tx, r.Engine(), f, r.Lang)
}

// takeOn makes the person the owner of a lead that has none.
func takeOn(r *page.Request) error {
	who, err := r.ID("lead")
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Change{ID: who, Owner: &r.Who.ID}); err != nil {
		return err
	}
	return r.Done(listOf(r), "today.taken", nil, "/today/leave/"+who.String()+"?view="+viewOf(r))
}

// leave gives a lead back to nobody.
func leave(r *page.Request) error {
	who, err := r.ID("lead")
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Change{ID: who, Owner: new(id.ID)}); err != nil {
		return err
	}
	return r.Done(listOf(r), "today.left_again", nil, "")
}
