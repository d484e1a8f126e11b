// Package event is the log: every touch of every kind, appended and never changed, but for where
// it belongs now (lead) and what we think of it (tag, class).
package event

import (
	"context"
	"encoding/json"

	"kizashi/db"
	"kizashi/id"
)

// Event is one row of the log.
type Event struct {
	ID      id.ID
	At      int64 // ms UTC
	Lead    id.ID // whose it is now; the id of the identity while the visitor is anonymous
	Who     id.ID // the identity, or the lead, under which it came; stays through merges
	Kind    string
	Tag     string // a second kind that the page's URL earns it: "price_view"
	Class   Class
	Channel string
	Subject string
	Message string // the sender's id; "" if it gave none
	Marks   Mark
	Props   json.RawMessage
	Door    id.ID // the API key by which it came; 0 for what members and imports bring

	scope string // what its message id counts within, for Append
}

// Before tells whether e comes before f in the order of the log: by time, then by id.
func (e *Event) Before(at int64, number id.ID) bool {
	return e.At < at || e.At == at && e.ID < number
}

// Append writes events; their ids are made by the caller.
func Append(ctx context.Context, tx *db.Tx, kinds *Kinds, events []*Event) error {
	numbers, err := kinds.Ensure(ctx, tx, names(events))
	if err != nil {
		return err
	}
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{
			int64(e.ID), e.At, int64(e.Lead), int64(e.Who), numbers[e.Kind], numbers[e.Tag], int64(e.Class),
			e.Channel, e.Subject, e.Message, int64(e.Marks), string(e.Props), int64(e.Door),
		}
	}
	err = tx.Many(ctx, `INSERT INTO event (id, at, lead, who, kind, tag, class, channel, subject, message, marks, props, door)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, rows)
	if err != nil {
		return err
	}
	return keepSeen(ctx, tx, events)
}

func names(events []*Event) []string {
	var all []string
	have := map[string]bool{"": true}
	for _, e := range events {
		for _, n := range [2]string{e.Kind, e.Tag} {
			if !have[n] {
				have[n] = true
				all = append(all, n)
			}
		}
	}
	return all
}

const columns = `id, at, lead, who, kind, tag, class, channel, subject, message, marks, props, door`

// Recent reads the newest events of one lead that a filter picks, newest first; before (an event's time
// and id) pages on, 0 and 0 start at the end.
func Recent(ctx context.Context, tx *db.Tx, kinds *Kinds, lead id.ID, f Filter, beforeAt int64, before id.ID, limit int) ([]*Event, error) {
	return recent(ctx, tx, kinds, ` = $1`, lead, f, beforeAt, before, limit)
}

// RecentOf is Recent for several leads together.
func RecentOf(ctx context.Context, tx *db.Tx, kinds *Kinds, leads []id.ID, f Filter, beforeAt int64, before id.ID, limit int) ([]*Event, error) {
	in, arg := tx.In("$1", leads)
	return recent(ctx, tx, kinds, in, arg, f, beforeAt, before, limit)
}

func recent(ctx context.Context, tx *db.Tx, kinds *Kinds, of string, who any, f Filter, beforeAt int64, before id.ID, limit int) ([]*Event, error) {
	if err := kinds.Load(ctx, tx); err != nil { // the filter names them
		return nil, err
	}
	var list []*Event
	where, args := ``, []any{who, limit}
	if before != 0 {
		where, args = ` AND (at, id) < ($3, $4)`, append(args, beforeAt, before)
	}
	picked, more := f.where(tx, kinds, len(args)+1)
	err := each(ctx, tx, kinds, `SELECT `+columns+` FROM event WHERE lead`+of+where+picked+` ORDER BY at DESC, id DESC LIMIT $2`,
		append(args, more...), func(e *Event) error { list = append(list, e); return nil })
	return list, err
}

func each(ctx context.Context, tx *db.Tx, kinds *Kinds, query string, args []any, f func(*Event) error) error {
	if err := kinds.Load(ctx, tx); err != nil {
		return err
	}
	return tx.Each(ctx, query, args, func(scan func(...any) error) error {
		e := &Event{}
		var kind, tag int64
		var props string
		err := scan(&e.ID, &e.At, &e.Lead, &e.Who, &kind, &tag, &e.Class, &e.Channel, &e.Subject, &e.Message,
			&e.Marks, &props, &e.Door)
		if err != nil {
			return err
		}
		e.Kind, e.Tag, e.Props = kinds.Name(kind), kinds.Name(tag), json.RawMessage(props)
		return f(e)
	})
}

// Rewritten is a lead whose history is another one from a moment on.
type Rewritten struct {
	Lead  id.ID
	Since int64 // ms UTC
}

// SetClass says what events are after all; the caller folds the leads that it returns again.
func SetClass(ctx context.Context, tx *db.Tx, events []id.ID, class Class) (leads []Rewritten, err error) {
	in, arg := tx.In("$2", events)
	err = tx.Each(ctx, `UPDATE event SET class = $1 WHERE id`+in+` AND class <> $1 RETURNING lead, at`, []any{int64(class), arg},
		func(scan func(...any) error) error {
			var one Rewritten
			err := scan(&one.Lead, &one.Since)
			leads = append(leads, one)
			return err
		})
	return leads, err
}

// Clamp lets what a clock that ran ahead recorded of leads in the future have happened now; the caller folds the
// leads that it returns again.
func Clamp(ctx context.Context, tx *db.Tx, leads []id.ID) (changed []id.ID, err error) {
	in, arg := tx.In("$2", leads)
	err = tx.Each(ctx, `UPDATE event SET at = $1 WHERE lead`+in+` AND at > $1 RETURNING lead`, []any{tx.Now, arg},
		func(scan func(...any) error) error {
			changed = append(changed, 0)
			return scan(&changed[len(changed)-1])
		})
	return changed, err
}
