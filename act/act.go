// Package act is the one door for changes.
//
// A command is a struct that says who may run it, checks itself and does its work in one
// transaction. Screens, API, import and command line run the same commands through Door.Run,
// which writes the audit row in the same transaction.
package act

import (
	"context"
	"encoding/json"
	"reflect"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// Role says what somebody may do.
type Role string

// The roles of people, of tracking keys, and of the product itself.
const (
	Admin     Role = "admin"
	Marketing Role = "marketing"
	Inside    Role = "inside"
	Field     Role = "field"
	Viewer    Role = "viewer"
	Track     Role = "track"  // a public write key: may send events, and nothing else
	Server    Role = "server" // a secret write key: its events count as the site's own word
	System    Role = "system" // rules, jobs and the command line on the machine itself
)

// Who acts.
type Who struct {
	ID   id.ID // account or key; 0 for System
	Name string
	Role Role
	Lang i18n.Lang
}

// Is tells whether the actor has one of the roles; Admin and System have all but Track's narrowness.
func (w Who) Is(roles ...Role) bool {
	if w.Role == Admin || w.Role == System {
		return true
	}
	for _, r := range roles {
		if w.Role == r {
			return true
		}
	}
	return false
}

// Product acts where no person does: rules, jobs, the command line.
var Product = Who{Name: "Kizashi", Role: System, Lang: i18n.Japanese}

type whoKey struct{}

// As puts the actor into the context of a command, and says that it reads on the actor's behalf.
func As(ctx context.Context, who Who) context.Context {
	return context.WithValue(db.For(ctx, who.ID), whoKey{}, who)
}

// By is the actor of the running command; without one, nobody with no right.
func By(ctx context.Context) Who {
	who, _ := ctx.Value(whoKey{}).(Who)
	return who
}

// Command is one change. Fields that must not stand in the audit log are tagged json:"-".
type Command interface {
	Name() string   // "lead.merge"
	Allow(Who) bool // may this actor do it?
	Check() error   // is the input right? without the database
	Do(ctx context.Context, tx *db.Tx) error
	Target() id.ID // what it is about, for the audit log; known after Do, 0 if nothing
}

type handler func(ctx context.Context, tx *db.Tx, waiting []any) error

// Door runs commands.
type Door struct {
	DB       *db.DB
	handlers map[reflect.Type][]handler
}

// NewDoor makes the door to a database.
func NewDoor(d *db.DB) *Door {
	return &Door{DB: d, handlers: map[reflect.Type][]handler{}}
}

// Handle says who carries out the messages of type T that lower nouns post in their transactions;
// all that are waiting come at once. Called while wiring, before the first command.
func Handle[T any](d *Door, f func(context.Context, *db.Tx, []T) error) {
	t := reflect.TypeFor[T]()
	d.handlers[t] = append(d.handlers[t], func(ctx context.Context, tx *db.Tx, waiting []any) error {
		typed := make([]T, len(waiting))
		for i, m := range waiting {
			typed[i] = m.(T)
		}
		return f(ctx, tx, typed)
	})
}

// Run checks the right and the input, does the command and writes its audit row, all or nothing.
func (d *Door) Run(ctx context.Context, who Who, c Command) error {
	if err := admit(who, c); err != nil {
		return err
	}
	ctx = As(ctx, who)
	return d.Write(ctx, func(tx *db.Tx) error { return do(ctx, tx, who, c) })
}

// Runner runs one of several commands. After an error, its transaction must not go on, unless the command
// had changed nothing.
type Runner func(c Command) error

// RunMany runs several commands in one transaction, all or nothing: f calls run for each, which checks,
// does and audits it as Run does. The messages of all of them are carried out together, at the end.
func (d *Door) RunMany(ctx context.Context, who Who, f func(ctx context.Context, tx *db.Tx, run Runner) error) error {
	ctx = As(ctx, who)
	return d.Write(ctx, func(tx *db.Tx) error {
		return f(ctx, tx, func(c Command) error {
			if err := admit(who, c); err != nil {
				return err
			}
			return do(ctx, tx, who, c)
		})
	})
}

func admit(who Who, c Command) error {
	if !c.Allow(who) {
		return fault.New(fault.Forbidden, "fault.forbidden", fault.Args{"role": who.Role})
	}
	return c.Check()
}

func do(ctx context.Context, tx *db.Tx, who Who, c Command) error {
	if err := c.Do(ctx, tx); err != nil {
		return err
	}
	return audit(ctx, tx, who, c)
}

// Write runs f in a transaction and then, in the same transaction, carries out the messages it
// posted, and theirs. For work without a command: intake, jobs.
func (d *Door) Write(ctx context.Context, f func(*db.Tx) error) error {
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return d.carryOut(ctx, tx)
	})
}

func (d *Door) carryOut(ctx context.Context, tx *db.Tx) error {
	for waiting := tx.TakePosts(); len(waiting) > 0; waiting = tx.TakePosts() {
		var order []reflect.Type
		byType := map[reflect.Type][]any{}
		for _, m := range waiting {
			t := reflect.TypeOf(m)
			if byType[t] == nil {
				order = append(order, t)
			}
			byType[t] = append(byType[t], m)
		}
		for _, t := range order {
			for _, h := range d.handlers[t] {
				if err := h(ctx, tx, byType[t]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func audit(ctx context.Context, tx *db.Tx, who Who, c Command) error {
	detail, err := json.Marshal(c)
	if err != nil {
		return err
	}
	row := tx.NewID()
	if r, is := c.(Reversible); is {
		r.SetAuditRow(row)
	}
	_, err = tx.Exec(ctx, `INSERT INTO audit (id, at, who, who_name, role, command, target, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		row, tx.Now, who.ID, who.Name, string(who.Role), c.Name(), c.Target(), string(detail))
	return err
}
