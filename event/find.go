package event

import (
	"context"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// ByID reads one event; a NotFound fault if there is none.
func ByID(ctx context.Context, tx *db.Tx, kinds *Kinds, number id.ID) (*Event, error) {
	var found *Event
	err := each(ctx, tx, kinds, `SELECT `+columns+` FROM event WHERE id = $1`, []any{number}, func(e *Event) error {
		found = e
		return nil
	})
	if err == nil && found == nil {
		err = fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return found, err
}
