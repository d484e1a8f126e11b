package fold

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"math/bits"
	"slices"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/score"
)

// Lengths of histories, in events. Only tests change them.
var (
	// checkpointEvery is after how many events of a lead its state is kept as a checkpoint. Most leads never have
	// as many; a lead with fewer is replayed whole.
	checkpointEvery int64 = 500
	// maxReplay is how many events of long histories one transaction replays while others wait for it, dueReplay
	// how many the due queue does in one piece. At about 4 µs an event that is 40 and 12 ms.
	maxReplay, dueReplay = 10_000, 3_000
	// maxTried is how many events the leads have, at most, on whom a model is tried: somebody waits for the trial.
	maxTried = 20_000
	// maxLines is how many lines of a score stand for themselves; what is older counts together.
	maxLines = 500
)

// checkpoint is what the log of a lead came to after so many of its events. It is valid while the history
// before it stays as it is, and the model: whoever changes them drops it in the same transaction.
type checkpoint struct {
	events int64
	place  event.Place // of the last of them
	model  id.ID
	data   []byte // score.State.Log
}

// endOfLog is behind all events.
var endOfLog = event.Place{At: math.MaxInt64, ID: math.MaxInt64}

// mark notes a checkpoint where one is due.
func (v *visit) mark() {
	if s := v.row.State; s.Events > 0 && s.Events%checkpointEvery == 0 {
		v.marks = append(v.marks, checkpoint{s.Events, event.Place{At: s.LastAt, ID: s.Last}, s.Model, score.AppendState(nil, s.Log())})
	}
}

// saveCheckpoints writes the noted checkpoints, and removes those that are not worth their room any more.
func saveCheckpoints(ctx context.Context, tx *db.Tx, visits []*visit) error {
	var rows [][]any
	var leads []*visit
	for _, v := range visits {
		for _, c := range v.marks {
			rows = append(rows, []any{int64(v.lead), c.events, c.place.At, int64(c.place.ID), int64(c.model), c.data})
		}
		if len(v.marks) > 0 {
			leads = append(leads, v)
		}
	}
	err := tx.Many(ctx, `INSERT INTO lead_checkpoint (lead, events, at, event, model, data) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (lead, events) DO UPDATE SET at = excluded.at, event = excluded.event, model = excluded.model,
		data = excluded.data`, rows)
	for _, v := range leads {
		if err == nil {
			err = thin(ctx, tx, v.lead)
		}
	}
	return err
}

// thin removes checkpoints of a lead, the more the older they are: of n there stay about 4·log₂ n, and from any
// event the one before it is at most half as far away as the end.
func thin(ctx context.Context, tx *db.Tx, lead id.ID) error {
	var all []int64
	err := tx.Each(ctx, `SELECT events FROM lead_checkpoint WHERE lead = $1 ORDER BY events`, []any{lead},
		func(scan func(...any) error) error {
			all = append(all, 0)
			return scan(&all[len(all)-1])
		})
	if err != nil || len(all) == 0 {
		return err
	}
	newest := all[len(all)-1]
	var gone [][]any
	for _, events := range all {
		if !kept(events, newest) {
			gone = append(gone, []any{int64(lead), events})
		}
	}
	return tx.Many(ctx, `DELETE FROM lead_checkpoint WHERE lead = $1 AND events = $2`, gone)
}

// kept tells whether a checkpoint is worth its room. The rule is that of a ruler: every second mark is kept for
// a while, every fourth for twice as long, and so on.
func kept(events, newest int64) bool {
	i := events / checkpointEvery
	return (newest-events)/checkpointEvery <= 4<<bits.TrailingZeros64(uint64(i))
}

// dropCheckpoints removes what is not valid any more: all of other models, and those from a place on.
func dropCheckpoints(ctx context.Context, tx *db.Tx, lead, model id.ID, from event.Place) error {
	_, err := tx.Exec(ctx, `DELETE FROM lead_checkpoint WHERE lead = $1 AND (model <> $2 OR (at, event) >= ($3, $4))`,
		lead, model, from.At, from.ID)
	return err
}

// forgetCheckpoints removes those of leads of which no more is known.
func forgetCheckpoints(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	if len(leads) == 0 {
		return nil
	}
	in, arg := tx.In("$1", leads)
	_, err := tx.Exec(ctx, `DELETE FROM lead_checkpoint WHERE lead`+in, arg)
	return err
}

// lastCheckpoint is the state that is nearest to the end of a lead's history; nil if there is none. A damaged one
// is removed.
func lastCheckpoint(ctx context.Context, tx *db.Tx, lead, model id.ID) (*score.State, error) {
	for {
		var events int64
		var data []byte
		err := tx.Row(ctx, `SELECT events, data FROM lead_checkpoint WHERE lead = $1 AND model = $2
			ORDER BY events DESC LIMIT 1`, lead, model).Scan(&events, &data)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if s, err := score.DecodeState(data); err == nil {
			return s, nil
		}
		if _, err := tx.Exec(ctx, `DELETE FROM lead_checkpoint WHERE lead = $1 AND events = $2`, lead, events); err != nil {
			return nil, err
		}
	}
}

// checkpointsOf reads all checkpoints of leads.
func checkpointsOf(ctx context.Context, tx *db.Tx, leads []id.ID, model id.ID) (map[id.ID][]checkpoint, error) {
	all := map[id.ID][]checkpoint{}
	in, arg := tx.In("$1", leads)
	err := tx.Each(ctx, `SELECT lead, events, at, event, data FROM lead_checkpoint WHERE lead`+in+` AND model = $2
		ORDER BY lead, events`, []any{arg, model}, func(scan func(...any) error) error {
		var lead id.ID
		c := checkpoint{model: model}
		err := scan(&lead, &c.events, &c.place.At, &c.place.ID, &c.data)
		c.data = slices.Clone(c.data)
		all[lead] = append(all[lead], c)
		return err
	})
	return all, err
}
