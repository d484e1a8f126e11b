package event

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Moments are the times at which leads have events of a kind, ms UTC, by lead.
func Moments(ctx context.Context, tx *db.Tx, kind string, leads []id.ID) (map[id.ID][]int64, error) {
	moments := map[id.ID][]int64{}
	if len(leads) == 0 {
		return moments, nil
	}
	in, arg := tx.In("$2", leads)
	err := tx.Each(ctx, `SELECT e.lead, e.at FROM event e JOIN kind k ON k.id = e.kind WHERE k.name = $1 AND e.lead`+in,
		[]any{kind, arg}, func(scan func(...any) error) error {
			var lead id.ID
			var at int64
			err := scan(&lead, &at)
			moments[lead] = append(moments[lead], at)
			return err
		})
	return moments, err
}

// Remove takes events out of the log as if they had never come; the caller posts the refold of the
// leads it returns. Only what a person brought in by mistake goes: an import that is taken back.
func Remove(ctx context.Context, tx *db.Tx, events []id.ID) (leads []id.ID, err error) {
	if len(events) == 0 {
		return nil, nil
	}
	var seen [][]any
	in, arg := tx.In("$1", events)
	err = tx.Each(ctx, `DELETE FROM event WHERE id`+in+` RETURNING id, lead, message`, []any{arg}, func(scan func(...any) error) error {
		var number, lead id.ID
		var message string
		err := scan(&number, &lead, &message)
		leads = append(leads, lead)
		if message != "" {
			seen = append(seen, []any{seenKey("", message), int64(number)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM event_aside WHERE event`+in, arg); err != nil {
		return nil, err
	}
	// What senders numbered keeps its key, which leads nowhere now and is free.
	return leads, tx.Many(ctx, `DELETE FROM seen_message WHERE key = $1 AND event = $2`, seen)
}
