package setting

import (
	"context"

	"kizashi/db"
)

// Keep stores what a noun keeps for all nodes under a name: nobody sets it, and the audit log says nothing of it.
func Keep(ctx context.Context, tx *db.Tx, name, value string) error {
	_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
