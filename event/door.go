package event

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Span is what came with an API key: the events whose ids are from one until before another.
type Span struct{ Door, From, Until id.ID }

// Owned is an event and whose it is: a lead, or an anonymous visitor.
type Owned struct{ Event, Owner id.ID }

// Next are the first events of a span after one of them, in the order of their ids; at most limit. It reads the log
// of the span from there, so that the caller bounds the span.
func (s Span) Next(ctx context.Context, tx *db.Tx, after id.ID, limit int) (list []Owned, err error) {
	err = tx.Each(ctx, `SELECT id, lead FROM event WHERE id > $1 AND id >= $2 AND id < $3 AND door = $4 ORDER BY id LIMIT $5`,
		[]any{after, s.From, s.Until, s.Door, limit}, func(scan func(...any) error) error {
			var o Owned
			err := scan(&o.Event, &o.Owner)
			list = append(list, o)
			return err
		})
	return list, err
}

// Of are the events of a span that belong to some leads or visitors; at most limit.
func (s Span) Of(ctx context.Context, tx *db.Tx, owners []id.ID, limit int) (list []id.ID, err error) {
	in, arg := tx.In("$4", owners)
	err = tx.Each(ctx, `SELECT id FROM event WHERE lead`+in+` AND id >= $1 AND id < $2 AND door = $3 ORDER BY id LIMIT $5`,
		[]any{s.From, s.Until, s.Door, arg, limit}, func(scan func(...any) error) error {
			var number id.ID
			err := scan(&number)
			list = append(list, number)
			return err
		})
	return list, err
}

// Others are those of some leads that have events outside of the span.
func (s Span) Others(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]bool, error) {
	others := map[id.ID]bool{}
	in, arg := tx.In("$4", leads)
	err := tx.Each(ctx, `SELECT l.id FROM lead l WHERE l.id`+in+` AND EXISTS (SELECT 1 FROM event e WHERE e.lead = l.id
		AND NOT (e.id >= $1 AND e.id < $2 AND e.door = $3))`, []any{s.From, s.Until, s.Door, arg}, func(scan func(...any) error) error {
		var number id.ID
		err := scan(&number)
		others[number] = true
		return err
	})
	return others, err
}

// Among are those of some events that are in the span.
func (s Span) Among(ctx context.Context, tx *db.Tx, events []id.ID) (map[id.ID]bool, error) {
	among := map[id.ID]bool{}
	in, arg := tx.In("$4", events)
	err := tx.Each(ctx, `SELECT id FROM event WHERE id`+in+` AND id >= $1 AND id < $2 AND door = $3`,
		[]any{s.From, s.Until, s.Door, arg}, func(scan func(...any) error) error {
			var number id.ID
			err := scan(&number)
			among[number] = true
			return err
		})
	return among, err
}
