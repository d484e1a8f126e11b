package segment

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Enter lets leads belong to segments: rows of segment, lead, and since when, ms UTC.
func Enter(ctx context.Context, tx *db.Tx, rows [][]any) error {
	return tx.Many(ctx, `INSERT INTO segment_member (segment, lead, since) VALUES ($1, $2, $3)
		ON CONFLICT (segment, lead) DO NOTHING`, rows)
}

// Leave lets leads belong to segments no more: rows of segment and lead.
func Leave(ctx context.Context, tx *db.Tx, rows [][]any) error {
	return tx.Many(ctx, `DELETE FROM segment_member WHERE segment = $1 AND lead = $2`, rows)
}

// Forget lets leads that are gone belong to nothing.
func Forget(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$1", leads)
	_, err := tx.Exec(ctx, `DELETE FROM segment_member WHERE lead`+in, arg)
	return err
}
