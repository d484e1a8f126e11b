package task

import (
	"context"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// Touched notes that leads were contacted: rows of lead and moment, ms UTC. Nobody waits for an answer any more.
func Touched(ctx context.Context, tx *db.Tx, rows [][]any) error {
	return tx.Many(ctx, `INSERT INTO lead_work (lead, owner, touched_at)
		SELECT l.id, l.owner, CAST($2 AS {int}) FROM lead l WHERE l.id = $1
		ON CONFLICT (lead) DO UPDATE SET touched_at = excluded.touched_at, answer_by = 0
		WHERE lead_work.touched_at < excluded.touched_at`, rows)
}

// Refresh reads anew what lists ask of the work on leads: the earliest open step, and when they were contacted.
func Refresh(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$1", leads)
	_, err := tx.Exec(ctx, `INSERT INTO lead_work (lead, owner, next_at, touched_at) SELECT l.id, l.owner,
		(SELECT COALESCE(MIN(t.due_at), 0) FROM task t WHERE t.lead = l.id AND t.state = 'open'),
		(SELECT COALESCE(MAX(e.at), 0) FROM event e JOIN kind k ON k.id = e.tag
			WHERE e.lead = l.id AND e.class = 0 AND k.name = 'contacted')
		FROM lead l WHERE l.id`+in+` ON CONFLICT (lead) DO UPDATE
		SET owner = excluded.owner, next_at = excluded.next_at, touched_at = excluded.touched_at`, arg)
	return err
}

// OnRewritten follows merges and their undoing, which move steps and activities.
func OnRewritten(ctx context.Context, tx *db.Tx, posts []lead.Rewritten) error {
	leads := make([]id.ID, len(posts))
	for i, p := range posts {
		leads[i] = p.Lead
	}
	return Refresh(ctx, tx, leads)
}

// OnOwned copies the owners of leads.
func OnOwned(ctx context.Context, tx *db.Tx, posts []lead.Owned) error {
	leads := make([]id.ID, len(posts))
	for i, p := range posts {
		leads[i] = p.Lead
	}
	in, arg := tx.In("$1", leads)
	_, err := tx.Exec(ctx, `INSERT INTO lead_work (lead, owner) SELECT l.id, l.owner FROM lead l WHERE l.id`+in+`
		ON CONFLICT (lead) DO UPDATE SET owner = excluded.owner`, arg)
	return err
}

// startClock gives leads a moment by which they are to be answered, ms UTC, and tells for which that is new: not for
// those who have one, and not for those of whom somebody was told since a moment and has not contacted them.
func startClock(ctx context.Context, tx *db.Tx, leads []id.ID, by, toldSince int64) ([]id.ID, error) {
	in, arg := tx.In("$2", leads)
	return ids(ctx, tx, `INSERT INTO lead_work (lead, owner, answer_by) SELECT l.id, l.owner, CAST($1 AS {int}) FROM lead l
		LEFT JOIN lead_work w ON w.lead = l.id WHERE l.id`+in+` AND l.gone = '' AND l.excluded = ''
		AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.lead = l.id AND n.kind = 'hot' AND n.at > $3
			AND n.at > COALESCE(w.touched_at, 0))
		ON CONFLICT (lead) DO UPDATE SET answer_by = excluded.answer_by WHERE lead_work.answer_by = 0
		RETURNING lead`, by, arg, toldSince)
}

// stopClock lets leads wait for no answer.
func stopClock(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$1", leads)
	_, err := tx.Exec(ctx, `UPDATE lead_work SET answer_by = 0 WHERE answer_by <> 0 AND lead`+in, arg)
	return err
}

// answerBy is the moment by which a lead is to be answered, ms UTC; 0 if there is none.
func answerBy(ctx context.Context, tx *db.Tx, number id.ID) (by int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(MAX(answer_by), 0) FROM lead_work WHERE lead = $1`, number).Scan(&by)
	return by, err
}

// Answers are the moments by which leads are to be answered, ms UTC; those that wait for none are left out.
func Answers(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]int64, error) {
	by := map[id.ID]int64{}
	in, arg := tx.In("$1", leads)
	err := tx.Each(ctx, `SELECT lead, answer_by FROM lead_work WHERE answer_by <> 0 AND lead`+in, []any{arg},
		func(scan func(...any) error) error {
			var number id.ID
			var at int64
			err := scan(&number, &at)
			by[number] = at
			return err
		})
	return by, err
}
