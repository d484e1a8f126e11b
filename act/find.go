package act

import (
	"context"
	"strconv"
	"strings"

	"kizashi/db"
	"kizashi/id"
)

// Entry is a row of the audit log: who did what, when.
type Entry struct {
	ID      id.ID
	At      int64 // ms UTC
	Who     id.ID // account or key; 0 for the product itself
	WhoName string
	Role    Role
	Command string
	Target  id.ID  // 0 if nothing with an id
	Detail  string // the command as JSON
}

// EntryQuery says which entries are asked for. Zero values ask for all.
type EntryQuery struct {
	Who     id.ID
	Command string
	From    int64 // ms UTC, inclusive
	Until   int64 // ms UTC, exclusive
	Before  id.ID // the last entry of the page before
	Limit   int
}

// Entries are the entries of the audit log, the newest first.
func Entries(ctx context.Context, tx *db.Tx, q EntryQuery) (list []Entry, err error) {
	args := []any{q.Limit}
	var where []string
	and := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, condition+"$"+strconv.Itoa(len(args)))
	}
	and("id >= ", id.First(q.From))
	if q.Until > 0 && q.Until <= tx.Now { // ids made since the clock went back lie ahead
		and("id < ", id.First(q.Until))
	}
	if q.Before > 0 {
		and("id < ", q.Before)
	}
	if q.Who > 0 {
		and("who = ", q.Who)
	}
	if q.Command != "" {
		and("command = ", q.Command)
	}
	err = tx.Each(ctx, `SELECT id, at, who, who_name, role, command, target, detail FROM audit
		WHERE `+strings.Join(where, " AND ")+` ORDER BY id DESC LIMIT $1`, args, func(scan func(...any) error) error {
		var e Entry
		err := scan(&e.ID, &e.At, &e.Who, &e.WhoName, &e.Role, &e.Command, &e.Target, &e.Detail)
		list = append(list, e)
		return err
	})
	return list, err
}
