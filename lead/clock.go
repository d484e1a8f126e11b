package lead

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Clamp lets what a clock that ran ahead recorded of leads in the future be of now: their making, and the
// sources of what is known, which would outweigh all that is said until then. The caller teaches leads again whose
// events it has set back.
func Clamp(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$2", leads)
	for _, text := range []string{
		`UPDATE lead SET created_at = $1, updated_at = CASE updated_at WHEN created_at THEN $1 ELSE updated_at END
			WHERE id` + in + ` AND created_at > $1`,
		`UPDATE lead_claim SET at = $1 WHERE lead` + in + ` AND at > $1`,
	} {
		if _, err := tx.Exec(ctx, text, tx.Now, arg); err != nil {
			return err
		}
	}
	b := newBook(tx)
	if err := b.readLeads(ctx, leads); err != nil {
		return err
	}
	for _, l := range b.leads {
		for field, s := range l.Known {
			if s.At > tx.Now {
				b.touch(l)
				s.At = tx.Now
				l.setSource(field, s)
			}
		}
	}
	return b.write(ctx)
}
