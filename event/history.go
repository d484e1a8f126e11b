package event

import (
	"context"
	"encoding/json"
	"strconv"

	"kizashi/db"
	"kizashi/id"
)

// Place is a place in the order of the log; the zero Place is before all events.
type Place struct {
	At int64 // ms UTC
	ID id.ID
}

// Place is where the event stands in the log.
func (e *Event) Place() Place { return Place{e.At, e.ID} }

// String is the place as a cursor, "TIME.ID"; "" for the zero place. Package report reads it.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	return strconv.FormatInt(p.At, 10) + "." + p.ID.String()
}

// Before tells whether p comes before q.
func (p Place) Before(q Place) bool { return p.At < q.At || p.At == q.At && p.ID < q.ID }

// counted are the columns and the events that count in scores: what people did, without what was set aside.
const (
	countedColumns = `id, at, lead, kind, tag, props`
	counted        = ` class = 0 AND id NOT IN (SELECT event FROM event_aside)`
)

// CountedOf reads what counts of whole histories, each in the order of the log. Of the events it gives only
// what the fold looks at: ID, At, Lead, Kind, Tag and Props. f must not keep the event: the next is read into it.
func CountedOf(ctx context.Context, tx *db.Tx, kinds *Kinds, leads []id.ID, f func(*Event) error) error {
	in, arg := tx.In("$1", leads)
	return eachCounted(ctx, tx, kinds, `SELECT `+countedColumns+` FROM event WHERE lead`+in+` AND`+counted+`
		ORDER BY lead, at, id`, []any{arg}, f)
}

// Part is a part of the history of a lead.
type Part struct {
	Lead         id.ID
	After, Until Place // from behind the first up to the second, with it
	Limit        int   // events
}

// CountedPart is CountedOf for a part of the history of one lead.
func CountedPart(ctx context.Context, tx *db.Tx, kinds *Kinds, p Part, f func(*Event) error) error {
	return eachCounted(ctx, tx, kinds, `SELECT `+countedColumns+` FROM event
		WHERE lead = $1 AND (at, id) > ($2, $3) AND (at, id) <= ($4, $5) AND`+counted+` ORDER BY at, id LIMIT $6`,
		[]any{p.Lead, p.After.At, p.After.ID, p.Until.At, p.Until.ID, p.Limit}, f)
}

// Counts tells how many events leads have, whatever became of them; who has more than limit counts as limit.
func Counts(ctx context.Context, tx *db.Tx, leads []id.ID, limit int) (map[id.ID]int64, error) {
	counts := make(map[id.ID]int64, len(leads))
	in, arg := tx.In("$1", leads)
	err := tx.Each(ctx, `SELECT l.id, (SELECT COUNT(*) FROM (SELECT 1 FROM event e WHERE e.lead = l.id LIMIT $2) AS up_to)
		FROM lead l WHERE l.id`+in, []any{arg, limit}, func(scan func(...any) error) error {
		var lead id.ID
		var n int64
		err := scan(&lead, &n)
		counts[lead] = n
		return err
	})
	return counts, err
}

func eachCounted(ctx context.Context, tx *db.Tx, kinds *Kinds, query string, args []any, f func(*Event) error) error {
	if err := kinds.Load(ctx, tx); err != nil {
		return err
	}
	e := &Event{}
	return tx.Each(ctx, query, args, func(scan func(...any) error) error {
		var kind, tag int64
		var props []byte
		err := scan(&e.ID, &e.At, &e.Lead, &kind, &tag, &props)
		if err != nil {
			return err
		}
		e.Kind, e.Tag, e.Props = kinds.Name(kind), kinds.Name(tag), json.RawMessage(props)
		return f(e)
	})
}
