package report

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
)

// TimelineItem is something that happened to a lead: an event, a change of stage, a merge or its undoing.
type TimelineItem struct {
	At    int64 // ms UTC
	ID    id.ID
	Event *event.Event // each is nil unless it is one
	Stage *StageChange
	Merge *Merge
}

// StageChange is a step of a lead from one stage to another.
type StageChange struct {
	ID          id.ID
	At          int64 // ms UTC
	Was, Became string
	Who         id.ID  // account or key; 0: a rule
	WhoName     string // "" for a rule
	Reason      string
	Detail      string // JSON: the report of the gate, or what the person added
}

// Merge is the joining of two leads, or its undoing.
type Merge struct {
	Winner, Loser id.ID
	Undone        bool
}

// TimelineQuery asks for a page of a timeline.
type TimelineQuery struct {
	Events event.Filter
	Steps  bool   // with the changes of stage, and the merges
	After  string // the cursor of the page before; "": the first page
	Limit  int
}

// Everything is the query for all that happened.
func Everything(after string, limit int) TimelineQuery {
	return TimelineQuery{Steps: true, After: after, Limit: limit}
}

// OnlySteps is the query for changes of stage and merges alone.
func OnlySteps(after string, limit int) TimelineQuery {
	return TimelineQuery{Events: event.Filter{Kinds: []string{}}, Steps: true, After: after, Limit: limit}
}

// Timeline is what happened to a lead, the newest first: hits of bots and scanners too, with their
// class. next is the cursor of the page that follows, "" on the last one.
func Timeline(ctx context.Context, tx *db.Tx, e *fold.Engine, lead id.ID, q TimelineQuery) (items []TimelineItem, next string, err error) {
	after, err := ReadPlace(q.After)
	if err != nil {
		return nil, "", err
	}
	at, last := after.At, after.ID
	events, err := event.Recent(ctx, tx, e.Kinds, lead, q.Events, at, last, q.Limit+1)
	if err != nil {
		return nil, "", err
	}
	for _, one := range events {
		items = append(items, TimelineItem{At: one.At, ID: one.ID, Event: one})
	}
	if q.Steps {
		steps, err := stepsBefore(ctx, tx, lead, at, last, q.Limit+1)
		if err != nil {
			return nil, "", err
		}
		items = append(items, steps...)
	}
	slices.SortFunc(items, func(a, b TimelineItem) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID)) })
	if len(items) > q.Limit {
		items = items[:q.Limit]
		end := items[q.Limit-1]
		next = event.Place{At: end.At, ID: end.ID}.String()
	}
	return items, next, nil
}

// stepsBefore are the changes of stage and the merges before a place.
func stepsBefore(ctx context.Context, tx *db.Tx, lead id.ID, at int64, last id.ID, limit int) ([]TimelineItem, error) {
	stages, err := stagesBefore(ctx, tx, lead, at, last, limit)
	if err != nil {
		return nil, err
	}
	items, err := mergesBefore(ctx, tx, lead, at, last)
	for _, one := range stages {
		items = append(items, TimelineItem{At: one.At, ID: one.ID, Stage: &one})
	}
	return items, err
}

// farAway is later than everything.
const farAway = 1<<63 - 1

// ReadPlace reads a cursor "TIME.ID"; "" is the zero place. Invalid for anything else.
func ReadPlace(cursor string) (p event.Place, err error) {
	if cursor == "" {
		return p, nil
	}
	first, second, _ := strings.Cut(cursor, ".")
	if p.At, err = strconv.ParseInt(first, 10, 64); err == nil {
		p.ID, err = id.Parse(second)
	}
	if err != nil {
		return event.Place{}, fault.New(fault.Invalid, "report.cursor", nil).At("after")
	}
	return p, nil
}

// Stages are the changes of a lead's stage before a place, the newest first; the zero place is the end.
func Stages(ctx context.Context, tx *db.Tx, lead id.ID, before event.Place, limit int) ([]StageChange, error) {
	return stagesBefore(ctx, tx, lead, before.At, before.ID, limit)
}

func stagesBefore(ctx context.Context, tx *db.Tx, lead id.ID, at int64, last id.ID, limit int) ([]StageChange, error) {
	if last == 0 {
		at, last = farAway, farAway
	}
	var list []StageChange
	err := tx.Each(ctx, `SELECT c.id, c.at, c.was, c.became, c.who, COALESCE(a.name, k.name, ''), c.reason, c.detail
		FROM stage_change c LEFT JOIN account a ON a.id = c.who LEFT JOIN api_key k ON k.id = c.who
		WHERE c.lead = $1 AND (c.at < $2 OR c.at = $2 AND c.id < $3) ORDER BY c.at DESC, c.id DESC LIMIT $4`,
		[]any{lead, at, last, limit}, func(scan func(...any) error) error {
			var c StageChange
			err := scan(&c.ID, &c.At, &c.Was, &c.Became, &c.Who, &c.WhoName, &c.Reason, &c.Detail)
			list = append(list, c)
			return err
		})
	return list, err
}

// mergesBefore reads the merges of a lead, which are few, and keeps those before a place.
func mergesBefore(ctx context.Context, tx *db.Tx, lead id.ID, at int64, last id.ID) ([]TimelineItem, error) {
	var items []TimelineItem
	add := func(one TimelineItem) {
		if last == 0 || one.At < at || one.At == at && one.ID < last {
			items = append(items, one)
		}
	}
	err := tx.Each(ctx, `SELECT id, winner, loser, at, undone_at FROM lead_merge WHERE winner = $1 OR loser = $1`, []any{lead},
		func(scan func(...any) error) error {
			var number, winner, loser id.ID
			var made, undone int64
			if err := scan(&number, &winner, &loser, &made, &undone); err != nil {
				return err
			}
			add(TimelineItem{At: made, ID: number, Merge: &Merge{Winner: winner, Loser: loser}})
			if undone != 0 {
				add(TimelineItem{At: undone, ID: number, Merge: &Merge{Winner: winner, Loser: loser, Undone: true}})
			}
			return nil
		})
	return items, err
}

// LastMerged is the lead that was merged into another one last; a Conflict if there is none.
func LastMerged(ctx context.Context, tx *db.Tx, winner id.ID) (loser id.ID, err error) {
	err = tx.Each(ctx, `SELECT loser FROM lead_merge WHERE winner = $1 AND undone_at = 0 ORDER BY id DESC LIMIT 1`, []any{winner},
		func(scan func(...any) error) error { return scan(&loser) })
	if err == nil && loser == 0 {
		err = fault.New(fault.Conflict, "lead.not_merged", fault.Args{"id": winner})
	}
	return loser, err
}
