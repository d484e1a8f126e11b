package segment

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

// View is a way to look at the leads that somebody kept. It has no members: it asks anew each time.
type View struct {
	ID      id.ID
	Account id.ID // whose it is
	Name    string
	Shared  bool // all see it
	Query   Query
}

// Query is what a view asks.
type Query struct {
	Rule    string   `json:"rule,omitempty"` // "": everybody
	Search  string   `json:"search,omitempty"`
	Mine    bool     `json:"mine,omitempty"` // only the leads of whoever looks
	Sort    string   `json:"sort,omitempty"`
	Columns []string `json:"columns,omitempty"` // none: as whoever looks likes it
}

const (
	maxViews  = 200 // of one account
	maxSearch = 100 // characters
	viewCols  = `id, account, name, shared, query`
)

func scanView(scan func(...any) error) (v View, err error) {
	var shared int
	var query string
	if err = scan(&v.ID, &v.Account, &v.Name, &shared, &query); err != nil {
		return v, err
	}
	v.Shared = shared == 1
	return v, json.Unmarshal([]byte(query), &v.Query)
}

// Views are those that an account sees: its own and the shared ones, by name.
func Views(ctx context.Context, tx *db.Tx, account id.ID) (list []View, err error) {
	err = tx.Each(ctx, `SELECT `+viewCols+` FROM lead_view WHERE gone_at = 0 AND (account = $1 OR shared = 1) ORDER BY name, id`,
		[]any{account}, func(scan func(...any) error) error {
			v, err := scanView(scan)
			list = append(list, v)
			return err
		})
	return list, err
}

// FindView is a view that an account sees; NotFound if there is none.
func FindView(ctx context.Context, tx *db.Tx, number, account id.ID) (View, error) {
	v, err := scanView(tx.Row(ctx, `SELECT `+viewCols+` FROM lead_view
		WHERE id = $1 AND gone_at = 0 AND (account = $2 OR shared = 1)`, number, account).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = noView()
	}
	return v, err
}

func noView() error { return fault.New(fault.NotFound, "segment.no_view", nil) }

// viewers may keep views; those who only look may, too.
func viewers(w act.Who) bool { return act.See.Holds(w) }

// SaveView keeps a view, or changes one of the person's own.
type SaveView struct {
	ID     id.ID  `json:"id"` // 0: a new one; set by Do
	Title  string `json:"name"`
	Shared bool   `json:"shared"`
	Query  Query  `json:"query"`
}

// Name of the command.
func (c *SaveView) Name() string { return "lead_view.save" }

// Allow everybody with an account; who only looks keeps views for themselves.
func (c *SaveView) Allow(w act.Who) bool {
	return viewers(w) && (!c.Shared || act.Work.Holds(w))
}

// Target is the view.
func (c *SaveView) Target() id.ID { return c.ID }

// Check reads the rule; its canonical spelling is what is kept.
func (c *SaveView) Check() error {
	var bad fault.Many
	checkName(&bad, &c.Title)
	if len([]rune(c.Query.Search)) > maxSearch {
		bad = append(bad, fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxSearch}).At("search"))
	}
	if c.Query.Rule != "" {
		if err := checkRule(&bad, &c.Query.Rule); err != nil {
			return err
		}
	}
	return bad.OrNil()
}

// Do keeps it.
func (c *SaveView) Do(ctx context.Context, tx *db.Tx) error {
	query, err := json.Marshal(c.Query)
	if err != nil {
		return err
	}
	who, shared := act.By(ctx).ID, 0
	if c.Shared {
		shared = 1
	}
	if c.ID != 0 {
		n, err := tx.Exec(ctx, `UPDATE lead_view SET name = $3, shared = $4, query = $5, updated_at = $6
			WHERE id = $1 AND account = $2 AND gone_at = 0`, c.ID, who, c.Title, shared, string(query), tx.Now)
		if err == nil && n == 0 {
			err = noView()
		}
		return err
	}
	var have int
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM lead_view WHERE gone_at = 0 AND account = $1`, who).Scan(&have); err != nil {
		return err
	}
	if have >= maxViews {
		return fault.New(fault.Conflict, "segment.too_many_views", fault.Args{"max": maxViews})
	}
	c.ID = tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO lead_view (id, account, name, shared, query, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6)`, c.ID, who, c.Title, shared, string(query), tx.Now)
	return err
}

// DeleteView ends a view of the person's own, or brings it back.
type DeleteView struct {
	ID   id.ID `json:"id"`
	Undo bool  `json:"undo"` // bring it back
}

// Name of the command.
func (c *DeleteView) Name() string { return "lead_view.delete" }

// Allow everybody with an account.
func (c *DeleteView) Allow(w act.Who) bool { return viewers(w) }

// Target is the view.
func (c *DeleteView) Target() id.ID { return c.ID }

// Check has nothing to ask.
func (c *DeleteView) Check() error { return nil }

// Do ends it or brings it back.
func (c *DeleteView) Do(ctx context.Context, tx *db.Tx) error {
	gone := tx.Now
	if c.Undo {
		gone = 0
	}
	n, err := tx.Exec(ctx, `UPDATE lead_view SET gone_at = CAST($3 AS {int}), updated_at = $4
		WHERE id = $1 AND account = $2 AND (gone_at = 0) = (CAST($3 AS {int}) <> 0)`, c.ID, act.By(ctx).ID, gone, tx.Now)
	if err == nil && n == 0 {
		err = noView()
	}
	return err
}
