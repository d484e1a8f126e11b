package lead

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Clamp lets contacts that a clock which ran ahead recorded of leads in the future have been made now.
func Clamp(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$2", leads)
	_, err := tx.Exec(ctx, `UPDATE lead SET touched_at = $1 WHERE id`+in+` AND touched_at > $1`, tx.Now, arg)
	return err
}
