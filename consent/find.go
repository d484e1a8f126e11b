package consent

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Of are the rows of one lead, the oldest first.
func Of(ctx context.Context, tx *db.Tx, lead id.ID) (Standing, error) {
	all, err := OfMany(ctx, tx, []id.ID{lead})
	return all[lead], err
}

// OfMany are the rows of many leads, as a mailing asks for.
func OfMany(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]Standing, error) {
	all := make(map[id.ID]Standing, len(leads))
	in, arg := tx.In("$1", leads)
	return all, tx.Each(ctx, `SELECT id, lead, purpose, basis, granted, source, wording, at FROM consent
		WHERE lead`+in+` ORDER BY lead, id`, []any{arg}, func(scan func(...any) error) error {
		var e Entry
		var granted int
		err := scan(&e.ID, &e.Lead, &e.Purpose, &e.Basis, &granted, &e.Source, &e.Wording, &e.At)
		e.Granted = granted == 1
		all[e.Lead] = append(all[e.Lead], e)
		return err
	})
}
