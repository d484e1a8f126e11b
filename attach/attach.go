// Package attach lets nouns declare what hangs on a lead or a company, so that a merge, the undo of an import and
// whatever else happens to the whole treats all of it without knowing its nouns.
package attach

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// Table says what becomes of the rows of a table that hang on an owner, which is a lead or a company.
type Table struct {
	Name   string
	Column string // names the owner; "" means the registry's own word, as "lead"
	Merge  Merging
	Unmade Fate // of the rows of an owner that is unmade: what made it is taken back, and nobody has worked on it

	// Worked is the SQL condition of rows that show that people of ours have worked on the owner, or that a person
	// has agreed to something. Such an owner is not unmade. "" if no row does.
	Worked string

	// Disclosed are the columns that a person is told when they ask what is known of them, as "column" or
	// "name=expression". From is what they are read from; "" is the table alone.
	Disclosed []string
	From      string

	// Erased is what becomes of the rows when the person is erased. Of those that are kept, as counts need them, the
	// columns of Blank get the values given there.
	Erased Fate
	Blank  map[string]string

	// Past are the columns that record when something happened, ms UTC. A clock that ran ahead and came back leaves
	// them in the future, where they would outweigh all that comes until then; see SetBack. What people planned is
	// not among them. The table has a column id.
	Past []string
}

// Merging says where rows stand while two owners are one.
type Merging int

const (
	// Follow moves rows to the owner that stays; an unmerge brings them back. Their table has a column id.
	Follow Merging = iota + 1
	// Stay leaves rows where they are: they record what was done to this very owner, or follow from the rest and
	// are made again by the noun that keeps them.
	Stay
	// ByHand is for tables which the code of the merge treats one by one.
	ByHand
)

// Fate is what becomes of rows when their owner goes.
type Fate int

const (
	// Keep leaves rows: they are history, or the noun that keeps them removes them itself.
	Keep Fate = iota + 1
	// Drop deletes rows.
	Drop
)

// Registry holds the tables that hang on owners of one kind. It is filled while packages are initialised and does
// not change afterwards.
type Registry struct {
	owner  string
	tables []Table
}

// For makes a registry; owner is the usual name of the column.
func For(owner string) *Registry { return &Registry{owner: owner} }

// Declare adds tables. It is called while packages are initialised, and panics on a declaration that leaves
// something open or comes twice. Its result lets a variable call it.
func (r *Registry) Declare(tables ...Table) struct{} {
	for _, t := range tables {
		t.Column = cmp.Or(t.Column, r.owner)
		if t.Name == "" || t.Merge == 0 || t.Unmade == 0 || t.Erased == 0 {
			panic(fmt.Sprintf("attach: %+v leaves something open", t))
		}
		if slices.ContainsFunc(r.tables, func(o Table) bool { return o.Name == t.Name && o.Column == t.Column }) {
			panic("attach: " + t.Name + "." + t.Column + " is declared twice")
		}
		r.tables = append(r.tables, t)
	}
	return struct{}{}
}

// Tables are the declared tables, in the order of their declaration.
func (r *Registry) Tables() []Table { return slices.Clone(r.tables) }

// Follow moves what hangs on one owner to another, and tells which rows, by table.
func (r *Registry) Follow(ctx context.Context, tx *db.Tx, from, to id.ID) (map[string][]id.ID, error) {
	rows := map[string][]id.ID{}
	for _, t := range r.tables {
		if t.Merge != Follow {
			continue
		}
		moved, err := ids(ctx, tx, `UPDATE `+t.Name+` SET `+t.Column+` = $1
			WHERE `+t.Column+` <> 0 AND `+t.Column+` = $2 RETURNING id`, to, from)
		if err != nil {
			return nil, fmt.Errorf("attach: move %s from %s to %s: %w", t.Name, from, to, err)
		}
		rows[t.Name] = moved
	}
	return rows, nil
}

// Return moves rows back that Follow has moved, unless they were moved on since or are gone. It goes by what Follow
// has told: a table that was declared since then stays.
func (r *Registry) Return(ctx context.Context, tx *db.Tx, rows map[string][]id.ID, from, to id.ID) error {
	for _, t := range r.tables {
		if t.Merge != Follow || len(rows[t.Name]) == 0 {
			continue
		}
		in, arg := tx.In("$3", rows[t.Name])
		_, err := tx.Exec(ctx, `UPDATE `+t.Name+` SET `+t.Column+` = $1
			WHERE `+t.Column+` <> 0 AND `+t.Column+` = $2 AND id`+in, to, from, arg)
		if err != nil {
			return fmt.Errorf("attach: move %s back from %s to %s: %w", t.Name, from, to, err)
		}
	}
	return nil
}

// Worked are those of some owners on which people have worked, or who have agreed to something: each with a table
// that shows it, the last declared that does: nouns say more than the audit log below them. What rules did does not
// count.
func (r *Registry) Worked(ctx context.Context, tx *db.Tx, owners []id.ID) (map[id.ID]string, error) {
	found := map[id.ID]string{}
	for _, t := range slices.Backward(r.tables) {
		left := slices.DeleteFunc(slices.Clone(owners), func(o id.ID) bool { return found[o] != "" })
		if t.Worked == "" || len(left) == 0 {
			continue
		}
		in, arg := tx.In("$1", left)
		list, err := ids(ctx, tx, `SELECT DISTINCT `+t.Column+` FROM `+t.Name+`
			WHERE `+t.Column+in+` AND (`+t.Worked+`)`, arg)
		if err != nil {
			return nil, fmt.Errorf("attach: look for work in %s: %w", t.Name, err)
		}
		for _, o := range list {
			found[o] = t.Name
		}
	}
	return found, nil
}

// Unmake deletes what goes with owners that are unmade.
func (r *Registry) Unmake(ctx context.Context, tx *db.Tx, owners []id.ID) error {
	if len(owners) == 0 {
		return nil
	}
	in, arg := tx.In("$1", owners)
	for _, t := range r.tables {
		if t.Unmade != Drop {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM `+t.Name+` WHERE `+t.Column+in, arg); err != nil {
			return fmt.Errorf("attach: delete from %s: %w", t.Name, err)
		}
	}
	return nil
}

// Ahead tells whether rows made since an id record something later than a moment, ms UTC.
func (r *Registry) Ahead(ctx context.Context, tx *db.Tx, since id.ID, moment int64) (bool, error) {
	for _, t := range r.tables {
		for _, column := range t.Past {
			found, err := ids(ctx, tx, `SELECT id FROM `+t.Name+` WHERE id >= $1 AND `+column+` > $2
				ORDER BY id LIMIT 1`, since, moment)
			if err != nil {
				return false, fmt.Errorf("attach: look ahead in %s: %w", t.Name, err)
			}
			if len(found) > 0 {
				return true, nil
			}
		}
	}
	return false, nil
}

// SetBack lets what is recorded of owners in the future have happened now.
func (r *Registry) SetBack(ctx context.Context, tx *db.Tx, owners []id.ID) error {
	in, arg := tx.In("$2", owners)
	for _, t := range r.tables {
		for _, column := range t.Past {
			_, err := tx.Exec(ctx, `UPDATE `+t.Name+` SET `+column+` = $1
				WHERE `+t.Column+in+` AND `+column+` > $1`, tx.Now, arg)
			if err != nil {
				return fmt.Errorf("attach: set %s back: %w", t.Name, err)
			}
		}
	}
	return nil
}

// ids runs a query for one column of ids.
func ids(ctx context.Context, tx *db.Tx, query string, args ...any) ([]id.ID, error) {
	var list []id.ID
	err := tx.Each(ctx, query, args, func(scan func(...any) error) error {
		var one id.ID
		err := scan(&one)
		list = append(list, one)
		return err
	})
	return list, err
}
