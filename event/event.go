// Package event is the log: every touch of every kind, appended and never changed, but for where
// it belongs now (lead) and what we think of it (tag, class).
package event

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"

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
	var seen [][]any
	for i, e := range events {
		rows[i] = []any{
			int64(e.ID), e.At, int64(e.Lead), int64(e.Who), numbers[e.Kind], numbers[e.Tag], int64(e.Class),
			e.Channel, e.Subject, e.Message, int64(e.Marks), string(e.Props),
		}
		if e.Message != "" {
			seen = append(seen, []any{hash(e.Message), int64(e.ID)})
		}
	}
	err = tx.Many(ctx, `INSERT INTO event (id, at, lead, who, kind, tag, class, channel, subject, message, marks, props)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, rows)
	if err != nil {
		return err
	}
	return keepSeen(ctx, tx, seen, events)
}

// keepSeen remembers the message ids, in one order everywhere. Where a hash is there already, another node
// may have taken the same message since Repeats was asked: then db.ErrMeanwhile.
func keepSeen(ctx context.Context, tx *db.Tx, seen [][]any, events []*Event) error {
	slices.SortFunc(seen, func(a, b []any) int { return cmp.Compare(a[0].(int64), b[0].(int64)) })
	n, err := tx.ManyCount(ctx, `INSERT INTO seen_message (hash, event) VALUES ($1, $2) ON CONFLICT DO NOTHING`, seen)
	if err != nil || n == int64(len(seen)) {
		return err
	}
	own := map[id.ID]bool{}
	var messages []string
	for _, e := range events {
		own[e.ID] = true
		if e.Message != "" {
			messages = append(messages, e.Message)
		}
	}
	known, err := Repeats(ctx, tx, messages)
	for _, number := range known {
		if err == nil && !own[number] {
			err = db.ErrMeanwhile
		}
	}
	return err
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

// hash is 63 bits of the SHA-256 of a message id: the key of seen_message.
func hash(message string) int64 {
	sum := sha256.Sum256([]byte(message))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

// Repeats tells which message ids are in the log already, and as which event. The hash of an id only
// leads to an event; the event's own text decides, so that a collision drops nothing: of two ids with
// one hash only the first is recognised when it comes again.
func Repeats(ctx context.Context, tx *db.Tx, messages []string) (map[string]id.ID, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	hashes := make([]id.ID, len(messages))
	asked := make(map[string]bool, len(messages))
	for i, m := range messages {
		hashes[i] = id.ID(hash(m))
		asked[m] = true
	}
	found := map[string]id.ID{}
	in, arg := tx.In("$1", hashes)
	err := tx.Each(ctx, `SELECT e.id, e.message FROM seen_message m JOIN event e ON e.id = m.event WHERE m.hash`+in,
		[]any{arg}, func(scan func(...any) error) error {
			var number id.ID
			var message string
			if err := scan(&number, &message); err != nil {
				return err
			}
			if asked[message] {
				found[message] = number
			}
			return nil
		})
	return found, err
}

const columns = `id, at, lead, who, kind, tag, class, channel, subject, message, marks, props`

// OfLeads reads the whole history of leads, each in the order of the log.
func OfLeads(ctx context.Context, tx *db.Tx, kinds *Kinds, leads []id.ID, f func(*Event) error) error {
	in, arg := tx.In("$1", leads)
	return each(ctx, tx, kinds, `SELECT `+columns+` FROM event WHERE lead`+in+` ORDER BY lead, at, id`, []any{arg}, f)
}

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
		where, args = ` AND (at < $3 OR at = $3 AND id < $4)`, append(args, beforeAt, before)
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
		err := scan(&e.ID, &e.At, &e.Lead, &e.Who, &kind, &tag, &e.Class, &e.Channel, &e.Subject, &e.Message, &e.Marks, &props)
		if err != nil {
			return err
		}
		e.Kind, e.Tag, e.Props = kinds.Name(kind), kinds.Name(tag), json.RawMessage(props)
		return f(e)
	})
}

// SetClass says what events are after all; the caller posts the refold of the leads it returns.
func SetClass(ctx context.Context, tx *db.Tx, events []id.ID, class Class) (leads []id.ID, err error) {
	in, arg := tx.In("$2", events)
	err = tx.Each(ctx, `UPDATE event SET class = $1 WHERE id`+in+` AND class <> $1 RETURNING lead`, []any{int64(class), arg},
		func(scan func(...any) error) error {
			var lead id.ID
			if err := scan(&lead); err != nil {
				return err
			}
			leads = append(leads, lead)
			return nil
		})
	return leads, err
}
