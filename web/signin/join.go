package signin

import (
	"context"
	"encoding/json"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
)

// invited is the page to which the link of an invitation leads.
type invited struct {
	Token string
	Email string
	Role  act.Role
	Name  string // as typed
}

const joinPage = page.Of[invited]("signin/join.html")

func findInvited(r *page.Request) (v invited, err error) {
	v.Token = r.PathValue("token")
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) error {
		i, err := member.FindInvitation(ctx, tx, v.Token)
		v.Email, v.Role = i.Email, i.Role
		return err
	})
	return v, err
}

func showJoin(r *page.Request) error {
	v, err := findInvited(r)
	if err != nil {
		return err
	}
	return joinPage.Show(r, v)
}

func join(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := findInvited(r)
	if err != nil {
		return err
	}
	v.Name = form.Get("name")
	c := &member.Accept{FullName: v.Name, Lang: r.Lang, Password: secret(r, "password"), Token: v.Token}
	if err := r.Run(c); err != nil {
		return joinPage.Again(r, v, err)
	}
	return enter(r, c.Account, "invitation", "/")
}

// firstDay is the page of the first set-up, as typed.
type firstDay struct {
	Code                 string // that the server printed when it started
	Company, Name, Email string
	Zone, From, To       string
	Days                 [7]bool // from Sunday
	Own, Competitors     string  // mail domains, one a line
}

const setupPage = page.Of[firstDay]("signin/setup.html")

// Week are the days of the week, Monday first.
func (firstDay) Week() []int { return []int{1, 2, 3, 4, 5, 6, 0} }

// setupCode is the page that asks for the code of the set-up, and says where it stands.
type setupCode struct{ Code string }

const setupCodePage = page.Of[setupCode]("signin/setup_code.html")

// openSetup sends everybody to sign in once there is an account, and asks who has no code for it; false
// where one of that is the answer.
func openSetup(r *page.Request, code string) (ok bool, err error) {
	_, empty, err := newDoor(r, "")
	if err != nil {
		return false, err
	}
	if !empty {
		return false, r.Go("/sign-in")
	}
	if code == "" {
		return false, setupCodePage.Show(r, setupCode{})
	}
	if err := member.CheckSetUp(r.Context(), r.Door().DB, code); err != nil {
		return false, setupCodePage.Again(r, setupCode{code}, err)
	}
	return true, nil
}

func showSetup(r *page.Request) error {
	code := r.URL.Query().Get("code")
	if ok, err := openSetup(r, code); !ok {
		return err
	}
	return setupPage.Show(r, firstDay{Code: code, Zone: "Asia/Tokyo", From: "09:00", To: "18:00",
		Days: [7]bool{1: true, 2: true, 3: true, 4: true, 5: true}})
}

// setUp makes the first administrator, and then what the company says of itself.
func setUp(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if ok, err := openSetup(r, form.Get("code")); !ok { // no password is hashed for strangers
		return err
	}
	v := firstDay{Code: form.Get("code"), Company: form.Get("company"), Name: form.Get("name"), Email: form.Get("email"), Zone: form.Get("zone"),
		From: form.Get("from"), To: form.Get("to"), Own: form.Get("own"), Competitors: form.Get("competitors")}
	for _, day := range form["day"] {
		if len(day) == 1 && day[0] >= '0' && day[0] <= '6' {
			v.Days[day[0]-'0'] = true
		}
	}
	commands, err := v.settings()
	if err != nil {
		return setupPage.Again(r, v, err)
	}
	first := &member.AddFirst{Email: v.Email, FullName: v.Name, Lang: r.Lang, Password: secret(r, "password"), Code: v.Code}
	if err := r.Run(first); err != nil {
		return setupPage.Again(r, v, err)
	}
	for _, c := range commands {
		if err := r.Door().Run(r.Context(), first.Account.Who(), c); err != nil {
			return err
		}
	}
	return enter(r, first.Account, "password", "/")
}

// settings are the commands that keep what was typed. They are checked before anything is done, each
// mistake with the name of its field.
func (v firstDay) settings() ([]act.Command, error) {
	hours := setting.Hours{From: v.From, To: v.To}
	for day, open := range v.Days {
		if open {
			hours.Days = append(hours.Days, time.Weekday(day))
		}
	}
	fields := []struct {
		field, setting string
		value          any
	}{
		{"company", "company_profile", setting.Profile{Name: v.Company}}, {"zone", "time_zone", v.Zone}, {"hours", "business_hours", hours},
		{"own", "own_domains", lines(v.Own)}, {"competitors", "competitors", lines(v.Competitors)},
	}
	var commands []act.Command
	var wrong mistakes
	if v.Company == "" {
		wrong.required("company")
	}
	for _, f := range fields {
		raw, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		c := &setting.Set{Setting: f.setting, Value: raw}
		wrong.at(f.field, c.Check())
		commands = append(commands, c)
	}
	return commands, wrong.orNil()
}
