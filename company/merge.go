package company

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Merge makes two companies one: the people and mail domains of the loser come to the winner, which
// gets what it lacks. What is written under the name of the loser means the winner from now on.
// Unmerge brings both back.
type Merge struct {
	Winner id.ID `json:"winner"`
	Loser  id.ID `json:"loser"`
}

// Name is the command in the audit log.
func (c *Merge) Name() string { return "company.merge" }

// Allow lets those merge who work with leads.
func (c *Merge) Allow(who act.Who) bool { return act.Work.Holds(who) }

// Target is the company that stays.
func (c *Merge) Target() id.ID { return c.Winner }

// Check refuses a company and itself.
func (c *Merge) Check() error {
	if c.Winner == c.Loser {
		return fault.New(fault.Invalid, "company.same_twice", nil).At("loser")
	}
	return nil
}

// merged is what a merge did, as company_merge.before keeps it.
type merged struct {
	Filled  string             // undo of what the winner got
	Domains []string           // that came to the winner
	Rows    map[string][]id.ID // of what hangs on a company, by table: they came to the winner
	Leads   []id.ID            `json:",omitempty"` // the same of leads, in merges by an older version
}

// Do merges.
func (c *Merge) Do(ctx context.Context, tx *db.Tx) error {
	winner, err := locked(ctx, tx, c.Winner)
	if err != nil {
		return err
	}
	loser, err := locked(ctx, tx, c.Loser)
	if err != nil {
		return err
	}
	was := *winner
	winner.absorb(loser)
	winner.UpdatedAt = tx.Now
	m := merged{Filled: undoOf(&was, winner, nil)}
	if m.Domains, err = domainsOf(ctx, tx, `UPDATE company_domain SET company = $1 WHERE company = $2 RETURNING domain`, winner.ID, loser.ID); err != nil {
		return err
	}
	if m.Rows, err = Attached.Follow(ctx, tx, loser.ID, winner.ID); err != nil {
		return err
	}
	loser.MergedInto = winner.ID
	if err := tx.Many(ctx, update, [][]any{winner.values(), loser.values()}); err != nil {
		return err
	}
	if err := Remeasure(ctx, tx, []id.ID{winner.ID, loser.ID}); err != nil {
		return err
	}
	before, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO company_merge (id, winner, loser, at, before) VALUES ($1, $2, $3, $4, $5)`,
		tx.NewID(), winner.ID, loser.ID, tx.Now, string(before))
	tx.Post(Changed{Company: winner.ID, Renamed: true, Competitor: winner.Competitor != was.Competitor || winner.Competitor != loser.Competitor})
	return err
}

// locked reads a company that is one of its own; on PostgreSQL its row stays locked.
func locked(ctx context.Context, tx *db.Tx, number id.ID) (*Company, error) {
	if _, err := tx.Exec(ctx, `UPDATE company SET id = id WHERE id = $1`, number); err != nil {
		return nil, err
	}
	c, err := itself(ctx, tx, number)
	if err == nil && c.MergedInto != 0 {
		err = fault.New(fault.Conflict, "company.is_merged", fault.Args{"id": number, "into": c.MergedInto})
	}
	return c, err
}

// absorb completes a company by what another record of it says.
func (c *Company) absorb(o *Company) {
	c.fill(&asked{Company: *o}, false)
	if c.Tier == 0 || o.Tier != 0 && o.Tier < c.Tier {
		c.Tier = o.Tier
	}
	if !c.Competitor {
		c.Competitor, c.Listed = o.Competitor, o.Listed
	}
	c.Unproven = c.Unproven && o.Unproven
}

func domainsOf(ctx context.Context, tx *db.Tx, query string, args ...any) (list []string, err error) {
	err = tx.Each(ctx, query, args, func(scan func(...any) error) error {
		list = append(list, "")
		return scan(&list[len(list)-1])
	})
	return list, err
}

// Unmerge takes the merge back by which a company was lost: people and domains that came with it go
// back, unless they were moved on since; what was changed on the winner since stays there.
type Unmerge struct {
	Loser id.ID `json:"loser"`
}

// Name is the command in the audit log.
func (c *Unmerge) Name() string { return "company.unmerge" }

// Allow lets those unmerge who may merge.
func (c *Unmerge) Allow(who act.Who) bool { return (&Merge{}).Allow(who) }

// Check has nothing to check without the database.
func (c *Unmerge) Check() error { return nil }

// Target is the company that comes back.
func (c *Unmerge) Target() id.ID { return c.Loser }

// Do takes the merge back.
func (c *Unmerge) Do(ctx context.Context, tx *db.Tx) error {
	loser, err := itself(ctx, tx, c.Loser)
	if err != nil {
		return err
	}
	if loser.MergedInto == 0 {
		return fault.New(fault.Conflict, "company.not_merged", fault.Args{"id": c.Loser})
	}
	winner, err := locked(ctx, tx, loser.MergedInto) // one that was merged itself goes first
	if err != nil {
		return err
	}
	merge, m, err := lastMerge(ctx, tx, loser.ID)
	if err != nil {
		return err
	}
	var u undo
	if err := json.Unmarshal([]byte(m.Filled), &u); err != nil {
		return err
	}
	was := *winner
	u.takeBack(winner)
	loser.MergedInto = 0
	if err := tx.Many(ctx, update, [][]any{winner.values(), loser.values()}); err != nil {
		return err
	}
	if err := m.moveBack(ctx, tx, winner.ID, loser.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company_merge SET undone_at = $1 WHERE id = $2`, tx.Now, merge); err != nil {
		return err
	}
	rival := winner.Competitor != was.Competitor || winner.Competitor != loser.Competitor
	tx.Post(Changed{Company: winner.ID, Renamed: winner.Name != was.Name, Competitor: rival})
	tx.Post(Changed{Company: loser.ID, Renamed: true, Competitor: rival})
	return nil
}

func lastMerge(ctx context.Context, tx *db.Tx, loser id.ID) (merge id.ID, m merged, err error) {
	var before string
	err = tx.Row(ctx, `SELECT id, before FROM company_merge WHERE loser = $1 AND undone_at = 0 ORDER BY id DESC LIMIT 1`, loser).Scan(&merge, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, m, fault.New(fault.Conflict, "company.not_merged", fault.Args{"id": loser})
	}
	if err != nil {
		return 0, m, err
	}
	return merge, m, json.Unmarshal([]byte(before), &m)
}

func (m *merged) moveBack(ctx context.Context, tx *db.Tx, winner, loser id.ID) error {
	in, arg := tx.InTexts("$3", m.Domains)
	if _, err := tx.Exec(ctx, `UPDATE company_domain SET company = $1 WHERE company = $2 AND domain`+in, loser, winner, arg); err != nil {
		return err
	}
	if m.Rows == nil {
		m.Rows = map[string][]id.ID{"lead": m.Leads}
	}
	if err := Attached.Return(ctx, tx, m.Rows, winner, loser); err != nil {
		return err
	}
	return Remeasure(ctx, tx, []id.ID{winner, loser})
}

// LastMerged is the company that was merged into another one last; a Conflict if there is none.
func LastMerged(ctx context.Context, tx *db.Tx, winner id.ID) (id.ID, error) {
	list, err := ids(ctx, tx, `SELECT m.loser FROM company_merge m JOIN company c ON c.id = m.loser
		WHERE m.winner = $1 AND m.undone_at = 0 AND c.merged_into = $1 ORDER BY m.id DESC LIMIT 1`, winner)
	if err == nil && len(list) == 0 {
		return 0, fault.New(fault.Conflict, "company.not_merged", fault.Args{"id": winner})
	}
	if err != nil {
		return 0, err
	}
	return list[0], nil
}
