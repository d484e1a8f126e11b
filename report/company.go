package report

import (
	"cmp"
	"context"
	"math"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/score"
)

// How a company's heat is counted. One person, however eager, is no buying group: each counts up to
// the cap, so that four engaged people make a company as hot as it can be.
//
// Source: domain reference 2.7.
const (
	heatCap    = 25 // points of one person
	maxHeat    = 100
	engagedMin = 10 // points of engagement from which a person is engaged
	groupMin   = 2  // engaged people who make a buying group
)

// maxCompanyPeople is how many people a company shows, the most engaged first.
const maxCompanyPeople = 50

// Roles in a purchase, by the rank of the title.
const (
	RoleDecider = "decider" // 決裁者: 部長 and above
	RoleManager = "manager" // 管理職: 課長, 次長
	RoleStaff   = "staff"   // 担当
)

// Roles are all of them, from the top.
var Roles = []string{RoleDecider, RoleManager, RoleStaff}

// RoleOf is the role of a rank of lead.Rank; "" for people outside the company's ranks.
func RoleOf(rank int) string {
	switch {
	case rank >= lead.RankDirector:
		return RoleDecider
	case rank >= lead.RankManager:
		return RoleManager
	case rank >= lead.RankStaff:
		return RoleStaff
	}
	return ""
}

// RoleKey names the words of a role.
func RoleKey(role string) string { return "report.role." + role }

// CompanyHeat is a company with what its people do, taken together (X14).
type CompanyHeat struct {
	Company     *company.Company
	Heat        int         // 0–100: the engagement of its people, each up to a cap
	Group       bool        // a buying group: several engaged people, or a decider who is hot
	People      int         // leads who work there; those who are excluded do not count
	Engaged     int         // of them, with some engagement now
	Hot, Warm   int         // people by temperature
	Roles       []RoleCount // from the top
	Missing     []string    // roles of which nobody is engaged
	Departments []string    // of engaged people, in the order of their engagement
	LastAt      int64       // ms UTC: of the newest touch; 0 if there is none
	Leads       []LeadRow   // the most engaged first, at most maxCompanyPeople
}

// RoleCount is how many people of a role are known and engaged.
type RoleCount struct {
	Role            string
	People, Engaged int
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
	people, err := colleagues(ctx, tx, c.ID, rules.Model.HalfLife)
	if err != nil {
		return CompanyHeat{}, err
	}
	h := CompanyHeat{Company: c, Missing: []string{}, Departments: []string{}}
	h.count(people)
	ids := make([]id.ID, 0, maxCompanyPeople)
	for _, p := range people[:min(len(people), maxCompanyPeople)] {
		ids = append(ids, p.lead)
	}
	h.Leads, err = LeadsByID(ctx, tx, rules, ids)
	return h, err
}

// colleague is somebody who works for a company.
type colleague struct {
	lead                    id.ID
	rank                    int
	department, temperature string
	lastAt                  int64 // ms UTC
	engagement              float64
}

// colleagues are the people of a company, the most engaged first.
func colleagues(ctx context.Context, tx *db.Tx, number id.ID, halfLife float64) ([]colleague, error) {
	var people []colleague
	err := tx.Each(ctx, `SELECT l.id, l.rank, l.department, s.temperature, s.last_at, s.cools_at
		FROM lead l JOIN lead_state s ON s.lead = l.id
		WHERE l.company <> 0 AND l.company = $1 AND l.gone = '' AND l.excluded = ''`, []any{number},
		func(scan func(...any) error) error {
			var p colleague
			var coolsAt float64
			err := scan(&p.lead, &p.rank, &p.department, &p.temperature, &p.lastAt, &coolsAt)
			p.engagement = score.Engagement(coolsAt, tx.Now, halfLife)
			people = append(people, p)
			return err
		})
	slices.SortFunc(people, func(a, b colleague) int {
		return cmp.Or(cmp.Compare(b.engagement, a.engagement), cmp.Compare(a.lead, b.lead))
	})
	return people, err
}

func (h *CompanyHeat) count(people []colleague) {
	roles := map[string]*RoleCount{}
	for _, role := range Roles {
		roles[role] = &RoleCount{Role: role}
	}
	heat := 0.0
	for _, p := range people {
		engaged := p.engagement >= engagedMin
		h.People++
		h.LastAt = max(h.LastAt, p.lastAt)
		heat += min(p.engagement, heatCap)
		switch p.temperature {
		case "hot":
			h.Hot++
		case "warm":
			h.Warm++
		}
		role := roles[RoleOf(p.rank)]
		if role != nil {
			role.People++
		}
		if engaged {
			h.engage(p, role)
		}
		h.Group = h.Group || p.temperature == "hot" && RoleOf(p.rank) == RoleDecider
	}
	h.Heat = int(math.Round(min(heat, maxHeat)))
	h.Group = h.Group || h.Engaged >= groupMin
	for _, role := range Roles {
		h.Roles = append(h.Roles, *roles[role])
		if roles[role].Engaged == 0 {
			h.Missing = append(h.Missing, role)
		}
	}
}

func (h *CompanyHeat) engage(p colleague, role *RoleCount) {
	h.Engaged++
	if role != nil {
		role.Engaged++
	}
	if p.department != "" && !slices.Contains(h.Departments, p.department) {
		h.Departments = append(h.Departments, p.department)
	}
}
