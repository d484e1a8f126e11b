package takeback

import (
	"context"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// fates tells what becomes of leads that lose what the range brought.
func (r Range) fates(ctx context.Context, tx *db.Tx, leads map[id.ID]*lead.Lead) (map[id.ID]Fate, error) {
	ids := make([]id.ID, 0, len(leads))
	for number := range leads {
		ids = append(ids, number)
	}
	others, err := r.span().Others(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	worked, err := lead.Attached.Worked(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	imported, err := inFiles(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	fates := make(map[id.ID]Fate, len(leads))
	for number, l := range leads {
		switch {
		case worked[number] != "" || l.Owner != 0:
			fates[number] = Worked
		case imported[number]:
			fates[number] = Imported
		case others[number] || l.CreatedAt < r.From || l.CreatedAt >= r.Until:
			fates[number] = Known
		default:
			fates[number] = Gone
		}
	}
	return fates, nil
}

// inFiles are those of some leads whom a file names; what an undone import left behind does not count.
func inFiles(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]bool, error) {
	found := map[id.ID]bool{}
	in, arg := tx.In("$1", leads)
	err := tx.Each(ctx, `SELECT lead FROM import_row WHERE action <> 'stays' AND lead`+in, []any{arg}, func(scan func(...any) error) error {
		var number id.ID
		err := scan(&number)
		found[number] = true
		return err
	})
	return found, err
}

// values counts what people who stay know by the range alone: their attributes whose source is one of its events.
// Addresses are not among them: they go with their identities.
func (r Range) values(ctx context.Context, tx *db.Tx, leads map[id.ID]*lead.Lead, fates map[id.ID]Fate) (n int64, err error) {
	var sources []id.ID
	for number, l := range leads {
		for field, s := range l.Known {
			if s.Event != 0 && field != "email" && fates[number] != Gone {
				sources = append(sources, s.Event)
			}
		}
	}
	if len(sources) == 0 {
		return 0, nil
	}
	ours, err := r.span().Among(ctx, tx, sources)
	for _, s := range sources {
		if ours[s] {
			n++
		}
	}
	return n, err
}
