package imports

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Naming are the imports in whose stored files a lead stands, the newest first: what the files say of it is outside
// of its erasure.
func Naming(ctx context.Context, tx *db.Tx, lead id.ID) (list []Import, err error) {
	err = tx.Each(ctx, `SELECT `+columns+` FROM contact_import WHERE undone_at = 0
		AND id IN (SELECT import FROM import_row WHERE lead = $1) ORDER BY id DESC`, []any{lead},
		func(scan func(...any) error) error {
			m, err := scanImport(scan)
			list = append(list, m)
			return err
		})
	return list, err
}
