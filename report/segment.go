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

// flowByDay counts along the index of a segment's moves, day by day: ids are of their moment.
const flowByDay = `WITH RECURSIVE day(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM day WHERE n < $4)
	SELECT n,
		(SELECT COUNT(*) FROM reaction WHERE ref = $1 AND kind IN ('segment_in', 'segment_out') AND kind = 'segment_in'
			AND id >= $2 + n * CAST($3 AS {int}) AND id < $2 + (n + 1) * CAST($3 AS {int})),
		(SELECT COUNT(*) FROM reaction WHERE ref = $1 AND kind IN ('segment_in', 'segment_out') AND kind = 'segment_out'
			AND id >= $2 + n * CAST($3 AS {int}) AND id < $2 + (n + 1) * CAST($3 AS {int}))
	FROM day`

// Flow tells who came and went, by days of a time zone. It reads an index of the segment's own moves.
func Flow(ctx context.Context, tx *db.Tx, e *fold.Engine, segment id.ID, zone *time.Location) (f SegmentFlow, err error) {
	now := clock.Time(tx.Now).In(zone)
	first := time.Date(now.Year(), now.Month(), now.Day()-FlowDays+1, 0, 0, 0, 0, zone)
	for i := range f.Days {
		f.Days[i].At = first.AddDate(0, 0, i).UnixMilli()
	}
	begin, width := id.First(f.Days[0].At), id.First(f.Days[0].At+clock.Day)-id.First(f.Days[0].At)
	err = tx.Each(ctx, flowByDay, []any{segment, begin, width, FlowDays}, func(scan func(...any) error) error {
		var day, in, out int
		err := scan(&day, &in, &out)
		day = min(day, FlowDays-1) // a day has 25 hours where clocks are put back
		f.Days[day].In, f.Days[day].Out = f.Days[day].In+in, f.Days[day].Out+out
		f.In, f.Out = f.In+in, f.Out+out
		return err
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
