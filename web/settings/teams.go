package settings

import (
	"context"
	"net/url"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/member"
	"kizashi/page"
)

// teams are the groups of people.
type teams struct {
	menu
	Teams []team
	Name  string // typed for a new one
	Wrong id.ID  // the team whose new name was refused; 0 for the form of a new one
}

// team is a group with its people.
type team struct {
	member.Team
	People []member.Account
}

const teamsPage = page.Of[teams]("settings/teams.html")

func readTeams(r *page.Request) (v teams, err error) {
	v = teams{menu: menu{"teams"}}
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		groups, err := member.Teams(ctx, tx)
		if err != nil {
			return err
		}
		accounts, err := member.Accounts(ctx, tx)
		for _, g := range groups {
			one := team{Team: g}
			for _, a := range accounts {
				if a.Team == g.ID && a.DisabledAt == 0 {
					one.People = append(one.People, a)
				}
			}
			v.Teams = append(v.Teams, one)
		}
		return err
	})
	return v, err
}

func showTeams(r *page.Request) error {
	v, err := readTeams(r)
	if err != nil {
		return err
	}
	return teamsPage.Show(r, v)
}

// team runs a command about teams and says so.
func (v teams) change(r *page.Request, c act.Command, key, back string) error {
	if err := r.Run(c); err != nil {
		return teamsPage.Again(r, v, err)
	}
	return r.Done("/settings/teams", key, fault.Args{"name": v.Name}, back)
}

func addTeam(r *page.Request) error {
	v, err := readTeams(r)
	if err != nil {
		return err
	}
	values, err := r.Form()
	if err != nil {
		return err
	}
	v.Name = values.Get("name")
	return v.change(r, &member.AddTeam{Label: v.Name}, "settings.team.added", "")
}

func renameTeam(r *page.Request) error {
	v, former, err := findTeam(r)
	if err != nil {
		return err
	}
	name, err := chosen(r, "name")
	if err != nil {
		return err
	}
	v.Name, v.Wrong = name, former.ID
	back := "/settings/teams/" + former.ID.String() + "/name?name=" + url.QueryEscape(former.Name)
	return v.change(r, &member.RenameTeam{Team: former.ID, Label: name}, "settings.team.renamed", back)
}

func removeTeam(r *page.Request) error {
	v, former, err := findTeam(r)
	if err != nil {
		return err
	}
	v.Name = former.Name
	return v.change(r, &member.RemoveTeam{Team: former.ID}, "settings.team.removed", "")
}

// findTeam is the team of the path among all.
func findTeam(r *page.Request) (teams, member.Team, error) {
	wanted, err := r.ID("id")
	if err != nil {
		return teams{}, member.Team{}, err
	}
	v, err := readTeams(r)
	for _, one := range v.Teams {
		if one.ID == wanted {
			return v, one.Team, err
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "member.no_team", nil)
	}
	return v, member.Team{}, err
}
