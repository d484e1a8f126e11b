package event

import (
	"context"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Aside is an event that broke the fold of its lead: it stays in the log, counts nothing, and waits for
// somebody to look at it.
type Aside struct {
	Event *Event
	At    int64 // when it was set aside, ms UTC
	Error string
}

// maxAsideError bounds the kept error, bytes.
const maxAsideError = 2000

// SetAside keeps an event out of the fold.
func SetAside(ctx context.Context, tx *db.Tx, number id.ID, cause error) error {
	text := strings.ReplaceAll(cause.Error(), "\x00", "")
	text = strings.ToValidUTF8(text[:min(len(text), maxAsideError)], "")
	_, err := tx.Exec(ctx, `INSERT INTO event_aside (event, at, error) VALUES ($1, $2, $3)
		ON CONFLICT (event) DO UPDATE SET at = excluded.at, error = excluded.error`, number, tx.Now, text)
	return err
}

// ListAside lists what was set aside in the order of the log, after an event's id.
func ListAside(ctx context.Context, tx *db.Tx, kinds *Kinds, after id.ID, limit int) ([]*Aside, error) {
	var list []*Aside
	var ids []id.ID
	err := tx.Each(ctx, `SELECT a.event, a.at, a.error FROM event_aside a JOIN event e ON e.id = a.event
		WHERE a.event > $1 ORDER BY a.event LIMIT $2`, []any{after, limit}, func(scan func(...any) error) error {
		a := &Aside{Event: &Event{}}
		err := scan(&a.Event.ID, &a.At, &a.Error)
		list, ids = append(list, a), append(ids, a.Event.ID)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	found := map[id.ID]*Event{}
	in, arg := tx.In("$1", ids)
	err = each(ctx, tx, kinds, `SELECT `+columns+` FROM event WHERE id`+in, []any{arg}, func(e *Event) error {
		found[e.ID] = e
		return nil
	})
	for _, a := range list {
		a.Event = found[a.Event.ID]
	}
	return list, err
}

// Readmit lets an event that was set aside into the fold again, and gives its lead; a NotFound fault if it
// was not aside. The caller folds the lead anew.
func Readmit(ctx context.Context, tx *db.Tx, number id.ID) (lead id.ID, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM event_aside WHERE event = $1`, number)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if err != nil {
		return 0, err
	}
	err = tx.Row(ctx, `SELECT lead FROM event WHERE id = $1`, number).Scan(&lead)
	return lead, err
}

// IsAside tells whether an event is set aside.
func IsAside(ctx context.Context, tx *db.Tx, number id.ID) (bool, error) {
	var n int
	err := tx.Row(ctx, `SELECT COUNT(*) FROM event_aside WHERE event = $1`, number).Scan(&n)
	return n > 0, err
}
