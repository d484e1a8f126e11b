package act

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// UndoTime is how long whoever ran a command may take it back, ms. Administrators always may.
const UndoTime = 10 * clock.Minute

// Recorded is embedded by commands that can be taken back by their row of the audit log.
type Recorded struct{ row id.ID }

// AuditRow is the row of the audit log that tells of the command; known after it ran.
func (r *Recorded) AuditRow() id.ID { return r.row }

// SetAuditRow keeps it; the door does so after it wrote the row.
func (r *Recorded) SetAuditRow(row id.ID) { r.row = row }

// Reversible is a command that can take back what it did, and keeps with itself in the audit log what was
// there before.
type Reversible interface {
	Command
	AuditRow() id.ID
	// Back takes it back. What somebody changed since is a conflict, see ChangedSince.
	Back(ctx context.Context, tx *db.Tx) error
	SetAuditRow(row id.ID)
}

// ChangedSince refuses to take back what is not any more as the command left it.
func ChangedSince() error { return fault.New(fault.Conflict, "act.changed_since", nil) }

// TakeBack takes commands back, all or none.
type TakeBack struct {
	About id.ID   `json:"about"` // what the commands were about
	Rows  []id.ID `json:"rows"`  // of the audit log

	known []Reversible
}

// NewTakeBack takes back commands about something; known are those that can be, empty.
func NewTakeBack(about id.ID, rows []id.ID, known ...Reversible) *TakeBack {
	return &TakeBack{about, rows, known}
}

// Name says which command this is.
func (c *TakeBack) Name() string { return "act.take_back" }

// Allow lets those take back who may do one of the commands; Do looks at which it was, and whose.
func (c *TakeBack) Allow(w Who) bool {
	return slices.ContainsFunc(c.known, func(k Reversible) bool { return k.Allow(w) })
}

// Target is what the commands were about.
func (c *TakeBack) Target() id.ID { return c.About }

const maxRows = 100

// Check looks for rows.
func (c *TakeBack) Check() error {
	if len(c.Rows) == 0 || len(c.Rows) > maxRows {
		return noRow()
	}
	slices.Sort(c.Rows)
	c.Rows = slices.Compact(c.Rows)
	return nil
}

// Do takes back, the last one first.
func (c *TakeBack) Do(ctx context.Context, tx *db.Tx) error {
	for _, row := range slices.Backward(c.Rows) {
		if err := c.back(ctx, tx, row); err != nil {
			return err
		}
	}
	return nil
}

func (c *TakeBack) back(ctx context.Context, tx *db.Tx, row id.ID) error {
	var who, target id.ID
	var at int64
	var name, detail string
	err := tx.Row(ctx, `SELECT at, who, command, target, detail FROM audit WHERE id = $1`, row).Scan(&at, &who, &name, &target, &detail)
	if errors.Is(err, sql.ErrNoRows) {
		return noRow()
	}
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.known, func(k Reversible) bool { return k.Name() == name })
	if target != c.About || i < 0 {
		return noRow()
	}
	if w := By(ctx); !c.known[i].Allow(w) || !w.Is() && (who != w.ID || tx.Now > at+UndoTime) {
		return fault.New(fault.Forbidden, "act.not_yours", fault.Args{"minutes": UndoTime / clock.Minute})
	}
	// Each row has a command of its own: what one says must not stay where the next says nothing.
	command := reflect.New(reflect.TypeOf(c.known[i]).Elem()).Interface().(Reversible)
	if err := json.Unmarshal([]byte(detail), command); err != nil {
		return err
	}
	return command.Back(ctx, tx)
}

func noRow() error { return fault.New(fault.NotFound, "act.nothing", nil) }
