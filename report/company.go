package report

import (
	"context"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
)

// maxCompanyPeople is how many people a company shows, the most engaged first.
const maxCompanyPeople = 50

// Roles in a purchase, from the top, with the names by which the API and the words know them.
var Roles = []struct {
	Role company.Roles
	Name string
}{{company.Decider, "decider"}, {company.Manager, "manager"}, {company.Staff, "staff"}}

// RoleKey names the words of a role.
func RoleKey(role string) string { return "report.role." + role }

// groupMin is how many engaged people make a buying group.
const groupMin = 2

// CompanyHeat is a company with what its people do now, taken together (X14).
type CompanyHeat struct {
	Company     *company.Company
	Heat        company.Heat // of this moment
	Group       bool         // a buying group: several engaged people, or a decider who is hot
	Roles       []RoleCount  // from the top
	Missing     []string     // roles of which nobody is engaged
	Departments []string     // of engaged people, in the order of their engagement
	People      []Person     // the most engaged first, at most maxCompanyPeople
}

// RoleCount is how many people of a role are known and engaged.
type RoleCount struct {
	Role            string
	People, Engaged int
}

// Person is somebody who works for a company, and what they add to its heat.
type Person struct {
	LeadRow
	Role   string  // "" outside the company's ranks
	Counts float64 // points that count: the engagement up to a cap
	Capped bool
}

// Company is one company with its heat. It reads each of its people once.
func Company(ctx context.Context, tx *db.Tx, e *fold.Engine, number id.ID) (CompanyHeat, error) {
	c, err := company.ByID(ctx, tx, number)
	if err != nil {
		return CompanyHeat{}, err
	}
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return CompanyHeat{}, err
	}
	people, err := fold.Colleagues(ctx, tx, []id.ID{c.ID}, rules.Model.HalfLife)
	if err != nil {
		return CompanyHeat{}, err
	}
	h := CompanyHeat{Company: c, Heat: fold.HeatOf(people), Missing: []string{}, Departments: []string{}}
	h.count(people)
	h.People, err = persons(ctx, tx, rules, people[:min(len(people), maxCompanyPeople)])
	return h, err
}

func persons(ctx context.Context, tx *db.Tx, rules *fold.Rules, people []fold.Colleague) ([]Person, error) {
	ids := make([]id.ID, len(people))
	for i, p := range people {
		ids[i] = p.Lead
	}
	rows, err := LeadsByID(ctx, tx, rules, ids)
	list := make([]Person, 0, len(rows))
	for _, row := range rows {
		p := people[slices.Index(ids, row.ID)]
		list = append(list, Person{row, roleName(lead.RoleOf(p.Rank)), p.Counts(), p.Engagement > fold.HeatCap})
	}
	return list, err
}

func roleName(role company.Roles) string {
	for _, known := range Roles {
		if known.Role == role {
			return known.Name
		}
	}
	return ""
}

func (h *CompanyHeat) count(people []fold.Colleague) {
	counts := map[company.Roles]*RoleCount{}
	for _, known := range Roles {
		counts[known.Role] = &RoleCount{Role: known.Name}
	}
	h.Group = h.Heat.Engaged >= groupMin
	for _, p := range people {
		role := lead.RoleOf(p.Rank)
		h.Group = h.Group || p.Temperature == "hot" && role == company.Decider
		if known := counts[role]; known != nil {
			known.People++
			if p.Engaged() {
				known.Engaged++
			}
		}
		if p.Engaged() && p.Department != "" && !slices.Contains(h.Departments, p.Department) {
			h.Departments = append(h.Departments, p.Department)
		}
	}
	for _, known := range Roles {
		h.Roles = append(h.Roles, *counts[known.Role])
		if counts[known.Role].Engaged == 0 {
			h.Missing = append(h.Missing, known.Name)
		}
	}
}
