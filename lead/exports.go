package lead

import (
	"context"
	"encoding/json"

	"kizashi/db"
	"kizashi/id"
)

// Exported is an export as the audit log has it.
type Exported struct {
	Export
	ID  id.ID
	At  int64  // ms UTC
	Who string // by the name they had
}

// Exports are the last ones, the newest first.
func Exports(ctx context.Context, tx *db.Tx, limit int) (list []Exported, err error) {
	err = tx.Each(ctx, `SELECT id, at, who_name, detail FROM audit WHERE command = 'lead.export' ORDER BY id DESC LIMIT $1`,
		[]any{limit}, func(scan func(...any) error) error {
			var e Exported
			var detail string
			if err := scan(&e.ID, &e.At, &e.Who, &detail); err != nil {
				return err
			}
			list = append(list, e)
			return json.Unmarshal([]byte(detail), &list[len(list)-1].Export)
		})
	return list, err
}
