package consent

import (
	"context"
	"math"

	"kizashi/db"
	"kizashi/id"
)

// Of are the rows of one lead, the oldest first.
func Of(ctx context.Context, tx *db.Tx, lead id.ID) (Standing, error) {
	all, err := OfMany(ctx, tx, []id.ID{lead})
	return all[lead], err
}

// Ledger are the newest rows of a lead, the newest first, at most limit; before is the id of the last one of the
// page before, 0 for the first page.
func Ledger(ctx context.Context, tx *db.Tx, lead, before id.ID, limit int) (list []Entry, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	err = tx.Each(ctx, `SELECT `+columns+` FROM consent WHERE lead = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
		[]any{lead, before, limit}, func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			list = append(list, e)
			return err
		})
	return list, err
}

const columns = `id, lead, purpose, basis, granted, source, wording, at`

func scanEntry(scan func(...any) error) (e Entry, err error) {
	var granted int
	err = scan(&e.ID, &e.Lead, &e.Purpose, &e.Basis, &granted, &e.Source, &e.Wording, &e.At)
	e.Granted = granted == 1
	return e, err
}

// OfMany are the rows of many leads, as a mailing asks for.
func OfMany(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]Standing, error) {
	all := make(map[id.ID]Standing, len(leads))
	in, arg := tx.In("$1", leads)
	return all, tx.Each(ctx, `SELECT `+columns+` FROM consent
		WHERE lead`+in+` ORDER BY lead, id`, []any{arg}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		all[e.Lead] = append(all[e.Lead], e)
		return err
	})
}
