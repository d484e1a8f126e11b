package settings

import (
	"context"
	"encoding/json"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
)

// people is who works here, and who was invited.
type people struct {
	menu
	Roles       []act.Role
	People      []person
	Teams       []member.Team
	Invitations []member.Invitation
	Form        invitation
	Link        string // of the invitation made just now; it is shown once
}

// person is an account with what stands beside it.
type person struct {
	member.Account
	TeamName string
	Capacity int  // leads a day
	Own      bool // the capacity is this person's own, not the usual one
}

// invitation is what a new one is made of.
type invitation struct {
	Email string
	Role  act.Role
	Team  string
}

const peoplePage = page.Of[people]("settings/people.html")

func readPeople(r *page.Request) (v people, err error) {
	v = people{menu: menu{"people"}, Roles: member.AccountRoles, Form: invitation{Role: act.Inside}}
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		accounts, err1 := member.Accounts(ctx, tx)
		capacities, err2 := setting.LeadCapacity(ctx, tx)
		var err3, err4 error
		v.Teams, err3 = member.Teams(ctx, tx)
		if act.Administer.Holds(r.Who) {
			v.Invitations, err4 = member.Invitations(ctx, tx)
		}
		v.People = asPeople(accounts, v.Teams, capacities)
		return errors.Join(err1, err2, err3, err4)
	})
	return v, err
}

func asPeople(accounts []member.Account, teams []member.Team, capacities setting.Capacity) []person {
	names := map[id.ID]string{}
	for _, t := range teams {
		names[t.ID] = t.Name
	}
	list := make([]person, len(accounts))
	for i, a := range accounts {
		_, own := capacities.Accounts[a.ID.String()]
		list[i] = person{a, names[a.Team], capacities.Of(a.ID), own}
	}
	return list
}

func showPeople(r *page.Request) error {
	v, err := readPeople(r)
	if err != nil {
		return err
	}
	return peoplePage.Show(r, v)
}

// invite makes an invitation and shows its link. The link is kept nowhere, so the answer is the page itself.
func invite(r *page.Request) error {
	values, err := r.Form()
	if err != nil {
		return err
	}
	c := &member.Invite{Email: values.Get("email"), Role: act.Role(values.Get("role"))}
	wrong := readTeam(values.Get("team"), &c.Team)
	if wrong == nil {
		wrong = r.Run(c)
	}
	v, err := readPeople(r)
	if err != nil {
		return err
	}
	if wrong != nil {
		v.Form = invitation{values.Get("email"), c.Role, values.Get("team")}
		return peoplePage.Again(r, v, wrong)
	}
	v.Form.Email, v.Link = c.Email, r.Base()+"/join/"+c.Token
	return peoplePage.Show(r, v)
}

// readTeam reads the team that a form chose; "" is none.
func readTeam(text string, team *id.ID) error {
	if text == "" {
		*team = 0
		return nil
	}
	found, err := id.Parse(text)
	if err != nil {
		return fault.New(fault.Invalid, "member.no_team", nil).At("team")
	}
	*team = found
	return nil
}

func revokeInvitation(r *page.Request) error {
	invitation, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&member.RevokeInvitation{Invitation: invitation}); err != nil {
		return err
	}
	return r.Done("/settings/people", "settings.people.revoked", nil, "")
}

// personView is the page on which an administrator changes an account.
type personView struct {
	menu
	person
	Roles []act.Role
	Teams []member.Team
	Usual int
	TOTP  bool   // asked for a code at sign-in
	Link  string // for a new password, made just now; it is shown once
}

const personPage = page.Of[personView]("settings/person.html")

func readPerson(r *page.Request) (v personView, err error) {
	account, err := r.ID("id")
	if err != nil {
		return v, err
	}
	v = personView{menu: menu{"people"}, Roles: member.AccountRoles}
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		a, err := member.FindAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		capacities, err1 := setting.LeadCapacity(ctx, tx)
		var err2, err3 error
		v.Teams, err2 = member.Teams(ctx, tx)
		v.TOTP, _, err3 = member.HasTOTP(ctx, tx, account)
		v.person, v.Usual = asPeople([]member.Account{a}, v.Teams, capacities)[0], capacities.Usual
		return errors.Join(err1, err2, err3)
	})
	return v, err
}

func showPerson(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	return personPage.Show(r, v)
}

func (v personView) path() string { return "/settings/people/" + v.ID.String() }

// change runs a command about a person and says so on the page, with the address of the way back.
func (v personView) change(r *page.Request, c act.Command, key, back string) error {
	if err := r.Run(c); err != nil {
		return personPage.Again(r, v, err)
	}
	to := v.path()
	if v.ID == r.Who.ID && key == "settings.person.role_changed" {
		to = "/settings/people" // one's own right to this page may be gone
	}
	return r.Done(to, key, fault.Args{"name": v.Name}, v.path()+back)
}

// chosen is a field of the form, or of the address for taking a change back.
func chosen(r *page.Request, name string) (string, error) {
	_, err := r.Form()
	return r.Request.Form.Get(name), err
}

func changeRole(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	role, err := chosen(r, "role")
	if err != nil {
		return err
	}
	c := &member.ChangeUser{Account: v.ID, FullName: v.Name, Role: act.Role(role)}
	return v.change(r, c, "settings.person.role_changed", "/role?role="+string(v.Role))
}

func changeTeam(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	text, err := chosen(r, "team")
	if err != nil {
		return err
	}
	c := &member.JoinTeam{Account: v.ID}
	if err := readTeam(text, &c.Team); err != nil {
		return personPage.Again(r, v, err)
	}
	back := "/team?team="
	if v.Team != 0 {
		back += v.Team.String()
	}
	return v.change(r, c, "settings.person.team_changed", back)
}

// changeCapacity gives a person a number of their own; an empty one stands for the usual.
func changeCapacity(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	text, err := chosen(r, "capacity")
	if err != nil {
		return err
	}
	s, err := readSheet(r, "work")
	if err != nil {
		return err
	}
	if s.Capacity.Accounts == nil {
		s.Capacity.Accounts = map[string]int{}
	}
	if delete(s.Capacity.Accounts, v.ID.String()); text != "" {
		s.Capacity.Accounts[v.ID.String()] = number(text, -1)
	}
	raw, err := json.Marshal(s.Capacity)
	if err != nil {
		return err
	}
	c := &setting.Set{Setting: capacity, Value: raw}
	if err := r.Run(c); err != nil {
		return personPage.Again(r, v, err)
	}
	return saved(r, c, v.path())
}

func disable(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	return v.change(r, &member.DisableUser{Account: v.ID}, "settings.person.disabled", "/enable")
}

func enable(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	return v.change(r, &member.EnableUser{Account: v.ID}, "settings.person.enabled", "/disable")
}

// offerReset makes a link for a new password and shows it. It is kept nowhere, so the answer is the page itself.
func offerReset(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	c := &member.OfferReset{Account: v.ID}
	if err := r.Run(c); err != nil {
		return personPage.Again(r, v, err)
	}
	v.Link = r.Base() + "/reset/" + c.Token
	return personPage.Show(r, v)
}

func dropTOTP(r *page.Request) error {
	v, err := readPerson(r)
	if err != nil {
		return err
	}
	if err := r.Run(&member.DropTOTP{Account: v.ID}); err != nil {
		return personPage.Again(r, v, err)
	}
	return r.Done(v.path(), "settings.person.totp_dropped", fault.Args{"name": v.Name}, "")
}
