package member

import (
	"context"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Team is a group of people who share their work. Who is in it stands on the account.
type Team struct {
	ID        id.ID  `json:"id"`
	Name      string `json:"name"`
	CreatedAt int64  `json:"created_at"`
}

// AddTeam makes a team.
type AddTeam struct {
	Label string `json:"name"`
	Team  id.ID  `json:"team"` // result
}

func (c *AddTeam) Name() string         { return "member.add_team" }
func (c *AddTeam) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *AddTeam) Target() id.ID        { return c.Team }

// Check also takes the spaces off the name.
func (c *AddTeam) Check() error {
	c.Label = strings.TrimSpace(c.Label)
	return all(checkName(c.Label))
}

// Do keeps it; two teams of one name are a conflict.
func (c *AddTeam) Do(ctx context.Context, tx *db.Tx) error {
	c.Team = tx.NewID()
	n, err := tx.Exec(ctx, `INSERT INTO team (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`, c.Team, c.Label, tx.Now)
	if err == nil && n == 0 {
		err = teamTaken(c.Label)
	}
	return err
}

// RenameTeam gives a team another name.
type RenameTeam struct {
	Team  id.ID  `json:"team"`
	Label string `json:"name"`
}

func (c *RenameTeam) Name() string         { return "member.rename_team" }
func (c *RenameTeam) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *RenameTeam) Target() id.ID        { return c.Team }

// Check also takes the spaces off the name.
func (c *RenameTeam) Check() error {
	c.Label = strings.TrimSpace(c.Label)
	return all(checkName(c.Label))
}

// Do renames it.
func (c *RenameTeam) Do(ctx context.Context, tx *db.Tx) error {
	same := 0
	err := tx.Row(ctx, `SELECT count(*) FROM team WHERE name = $1 AND id <> $2`, c.Label, c.Team).Scan(&same)
	if err != nil {
		return err
	}
	if same > 0 {
		return teamTaken(c.Label)
	}
	n, err := tx.Exec(ctx, `UPDATE team SET name = $2 WHERE id = $1`, c.Team, c.Label)
	if err == nil && n == 0 {
		err = noTeam()
	}
	return err
}

// RemoveTeam dissolves a team; its people are then in none.
type RemoveTeam struct {
	Team id.ID `json:"team"`
}

func (c *RemoveTeam) Name() string         { return "member.remove_team" }
func (c *RemoveTeam) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *RemoveTeam) Check() error         { return nil }
func (c *RemoveTeam) Target() id.ID        { return c.Team }

// Do takes it off the accounts and the invitations, too.
func (c *RemoveTeam) Do(ctx context.Context, tx *db.Tx) error {
	for _, query := range []string{`UPDATE account SET team = 0 WHERE team = $1`, `UPDATE invitation SET team = 0 WHERE team = $1`,
		`DELETE FROM team WHERE id = $1`} {
		if _, err := tx.Exec(ctx, query, c.Team); err != nil {
			return err
		}
	}
	return nil
}

// JoinTeam puts an account into a team, and out of the one before.
type JoinTeam struct {
	Account id.ID `json:"account"`
	Team    id.ID `json:"team"` // 0 = none
}

func (c *JoinTeam) Name() string         { return "member.join_team" }
func (c *JoinTeam) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *JoinTeam) Check() error         { return nil }
func (c *JoinTeam) Target() id.ID        { return c.Account }

// Do changes the account.
func (c *JoinTeam) Do(ctx context.Context, tx *db.Tx) error {
	if err := mustBeTeam(ctx, tx, c.Team); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE account SET team = $2 WHERE id = $1`, c.Account, c.Team)
	if err == nil && n == 0 {
		err = noAccount()
	}
	return err
}

// Teams are all teams, by name.
func Teams(ctx context.Context, tx *db.Tx) (list []Team, err error) {
	err = tx.Each(ctx, `SELECT id, name, created_at FROM team ORDER BY name`, nil, func(scan func(...any) error) error {
		var t Team
		err := scan(&t.ID, &t.Name, &t.CreatedAt)
		list = append(list, t)
		return err
	})
	return list, err
}

// TeamMembers are the enabled accounts of a team, by name.
func TeamMembers(ctx context.Context, tx *db.Tx, team id.ID) (list []Account, err error) {
	err = tx.Each(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.team = $1 AND a.disabled_at = 0 ORDER BY a.name, a.id`, []any{team},
		func(scan func(...any) error) error {
			var a Account
			err := scan(a.fields()...)
			list = append(list, a)
			return err
		})
	return list, err
}

// mustBeTeam is an error unless there is such a team, or it is none at all. The row is locked, so that a
// team does not go while somebody joins.
func mustBeTeam(ctx context.Context, tx *db.Tx, team id.ID) error {
	found := team == 0
	err := tx.Each(ctx, `SELECT id FROM team WHERE id = $1 {postgres:FOR SHARE}`, []any{team},
		func(func(...any) error) error { found = true; return nil })
	if err == nil && !found {
		err = noTeam()
	}
	return err
}

func noTeam() error { return fault.New(fault.NotFound, "member.no_team", nil).At("team") }

func teamTaken(name string) error {
	return fault.New(fault.Conflict, "member.team_taken", fault.Args{"name": name}).At("name")
}
