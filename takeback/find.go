package takeback

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const columns = `id, key, from_at, until_at, state, place, total, events, values_lost, who, created_at, ended_at`

func (t *TakeBack) fields() []any {
	return []any{&t.ID, &t.Key, &t.From, &t.Until, &t.State, &t.place, &t.Total, &t.Counts.Events, &t.Counts.Values,
		&t.Who, &t.CreatedAt, &t.EndedAt}
}

// Find is the take-back of an id, with its counts; NotFound if there is none.
func Find(ctx context.Context, tx *db.Tx, number id.ID) (t TakeBack, err error) {
	err = tx.Row(ctx, `SELECT `+columns+` FROM takeback WHERE id = $1`, number).Scan(t.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fault.New(fault.NotFound, "takeback.none", nil)
	}
	if err == nil {
		err = t.count(ctx, tx)
	}
	return t, err
}

// OfKey are the newest take-backs of a key, with their counts.
func OfKey(ctx context.Context, tx *db.Tx, key id.ID, limit int) (list []TakeBack, err error) {
	err = tx.Each(ctx, `SELECT `+columns+` FROM takeback WHERE key = $1 ORDER BY id DESC LIMIT $2`, []any{key, limit},
		func(scan func(...any) error) error {
			list = append(list, TakeBack{})
			return scan(list[len(list)-1].fields()...)
		})
	for i := range list {
		if err == nil {
			err = list[i].count(ctx, tx)
		}
	}
	return list, err
}

func (t *TakeBack) count(ctx context.Context, tx *db.Tx) error {
	t.Counts.People = map[Fate]int64{}
	return tx.Each(ctx, `SELECT fate, COUNT(*) FROM takeback_lead WHERE takeback = $1 GROUP BY fate`, []any{t.ID},
		func(scan func(...any) error) error {
			var fate Fate
			var n int64
			err := scan(&fate, &n)
			t.Counts.People[fate] = n
			return err
		})
}

// People are the leads of a take-back with a fate, after one of them, in the order of their ids; at most limit.
func People(ctx context.Context, tx *db.Tx, number id.ID, fate Fate, after id.ID, limit int) (list []id.ID, err error) {
	err = tx.Each(ctx, `SELECT lead FROM takeback_lead WHERE takeback = $1 AND fate = $2 AND lead > $3 ORDER BY lead LIMIT $4`,
		[]any{number, string(fate), after, limit}, func(scan func(...any) error) error {
			list = append(list, 0)
			return scan(&list[len(list)-1])
		})
	return list, err
}
