package report

import (
	"context"
	"time"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
)

// FlowDays is how many days the coming and going of a segment is told for, today included.
const FlowDays = 30

// maxMoves is how many of those who came or went last are named.
const maxMoves = 10

// SegmentFlow is who came into a segment and who went in the last days. What a segment is filled with
// when it is made or changed is no news, and does not count.
type SegmentFlow struct {
	Days    [FlowDays]FlowDay // the oldest first
	In, Out int               // in all these days
	Came    []Move            // the newest first
	Went    []Move
}

// FlowDay is the coming and going of a day.
type FlowDay struct {
	At      int64 // ms UTC: its beginning
	In, Out int
}

// Move is a lead that came or went.
type Move struct {
	At   int64 // ms UTC
	Lead LeadRow
}

// Flow tells who came and went, by days of a time zone. It reads an index of the segment's own moves.
func Flow(ctx context.Context, tx *db.Tx, e *fold.Engine, segment id.ID, zone *time.Location) (f SegmentFlow, err error) {
	now := clock.Time(tx.Now).In(zone)
	first := time.Date(now.Year(), now.Month(), now.Day()-FlowDays+1, 0, 0, 0, 0, zone)
	for i := range f.Days {
		f.Days[i].At = first.AddDate(0, 0, i).UnixMilli()
	}
	begin, width := id.First(f.Days[0].At), id.First(f.Days[0].At+clock.Day)-id.First(f.Days[0].At)
	err = tx.Each(ctx, `SELECT kind, (id - CAST($2 AS {int})) / CAST($3 AS {int}) AS day, COUNT(*) FROM reaction
		WHERE ref = $1 AND kind IN ('segment_in', 'segment_out') AND id >= $2 GROUP BY 1, 2`, []any{segment, begin, width},
		func(scan func(...any) error) error {
			var kind string
			var day, n int
			if err := scan(&kind, &day, &n); err != nil {
				return err
			}
			day = min(day, FlowDays-1) // a clock that runs ahead
			if kind == fold.ReactSegmentIn {
				f.Days[day].In += n
				f.In += n
			} else {
				f.Days[day].Out += n
				f.Out += n
			}
			return nil
		})
	if err != nil {
		return f, err
	}
	if f.Came, err = moves(ctx, tx, e, segment, fold.ReactSegmentIn, begin); err != nil {
		return f, err
	}
	f.Went, err = moves(ctx, tx, e, segment, fold.ReactSegmentOut, begin)
	return f, err
}

// moves are the last leads that came or went; those that are gone meanwhile are left out.
func moves(ctx context.Context, tx *db.Tx, e *fold.Engine, segment id.ID, kind string, since id.ID) ([]Move, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	var leads []id.ID
	var times []int64
	err = tx.Each(ctx, `SELECT lead, at FROM reaction WHERE ref = $1 AND kind IN ('segment_in', 'segment_out') AND kind = $2 AND id >= $3
		ORDER BY id DESC LIMIT $4`, []any{segment, kind, since, maxMoves}, func(scan func(...any) error) error {
		var who id.ID
		var at int64
		err := scan(&who, &at)
		leads, times = append(leads, who), append(times, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err := LeadsByID(ctx, tx, rules, leads)
	known := map[id.ID]LeadRow{}
	for _, row := range rows {
		known[row.ID] = row
	}
	var list []Move
	for i, who := range leads {
		if row, ok := known[who]; ok {
			list = append(list, Move{times[i], row})
		}
	}
	return list, err
}
