package fold

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"kizashi/db"
	"kizashi/id"
)

// Version changes with whatever the page of a lead shows: its fields, its behaviour, its state; "" of
// no lead.
func Version(ctx context.Context, tx *db.Tx, number id.ID) (string, error) {
	var changed, settled, last, staged int64
	err := tx.Row(ctx, `SELECT l.updated_at, COALESCE(s.settled_at, 0), COALESCE(s.last_at, 0), COALESCE(s.stage_at, 0)
		FROM lead l LEFT JOIN lead_state s ON s.lead = l.id WHERE l.id = $1`, number).Scan(&changed, &settled, &last, &staged)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return fmt.Sprintf("%d-%d-%d-%d", changed, settled, last, staged), err
}
