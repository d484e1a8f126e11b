package stage

import (
	"context"
	"maps"
	"slices"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// Told is an answer for the hearing sheet that came with a file rather than by a person's own writing.
type Told struct {
	Lead  id.ID
	Item  string // of Items
	Value string
	Who   id.ID // brought the file in

	ID id.ID // of the answer that Tell wrote; 0 if it told nothing new
}

// question is an item of a lead's sheet.
type question struct {
	lead id.ID
	item string
}

// Tell writes down answers that nobody has given yet; with overwrite, also those that differ from the
// last one. known are the leads that may have answers of before. What the leads are judged by changes:
// the caller settles those with an ID.
func Tell(ctx context.Context, tx *db.Tx, list []Told, known []id.ID, overwrite bool) error {
	last, err := lastAnswers(ctx, tx, known)
	if err != nil {
		return err
	}
	var rows [][]any
	bits := map[id.ID]int{}
	for i := range list {
		t := &list[i]
		q := question{t.Lead, t.Item}
		if said := last[q]; said == t.Value || said != "" && !overwrite {
			continue
		}
		last[q], t.ID = t.Value, tx.NewID()
		rows = append(rows, []any{int64(t.ID), int64(t.Lead), t.Item, t.Value, "import", tx.Now, int64(t.Who)})
		if item, _ := findItem(t.Item); item.Bit != 0 {
			bits[t.Lead] |= item.Bit
		}
	}
	err = tx.Many(ctx, `INSERT INTO hearing (id, lead, item, value, source, at, who) VALUES ($1, $2, $3, $4, $5, $6, $7)`, rows)
	if err != nil {
		return err
	}
	_, err = lead.Alter(ctx, tx, slices.Sorted(maps.Keys(bits)), func(l *lead.Lead) { l.BANT |= bits[l.ID] })
	return err
}

func lastAnswers(ctx context.Context, tx *db.Tx, leads []id.ID) (map[question]string, error) {
	last := map[question]string{}
	if len(leads) == 0 {
		return last, nil
	}
	in, arg := tx.In("$1", leads)
	err := tx.Each(ctx, `SELECT lead, item, value FROM hearing WHERE lead`+in+` ORDER BY id`, []any{arg},
		func(scan func(...any) error) error {
			var q question
			var value string
			err := scan(&q.lead, &q.item, &value)
			last[q] = value
			return err
		})
	return last, err
}

// Untell removes answers that Tell wrote, and gives the leads whose sheets changed.
func Untell(ctx context.Context, tx *db.Tx, answers []id.ID) (leads []id.ID, err error) {
	if len(answers) == 0 {
		return nil, nil
	}
	in, arg := tx.In("$1", answers)
	err = tx.Each(ctx, `DELETE FROM hearing WHERE id`+in+` RETURNING lead`, []any{arg}, func(scan func(...any) error) error {
		leads = append(leads, 0)
		return scan(&leads[len(leads)-1])
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(leads)
	leads = slices.Compact(leads)
	last, err := lastAnswers(ctx, tx, leads)
	if err != nil {
		return nil, err
	}
	known := map[id.ID]int{}
	for q, value := range last {
		if item, _ := findItem(q.item); value != "" {
			known[q.lead] |= item.Bit
		}
	}
	_, err = lead.Alter(ctx, tx, leads, func(l *lead.Lead) { l.BANT = known[l.ID] })
	return leads, err
}
