package event

import (
	"context"
	"strconv"

	"kizashi/db"
	"kizashi/id"
)

// Filter picks events of one lead; the zero value picks all.
type Filter struct {
	Kinds    []string // only those of these kinds or tags
	Without  []string // none of these kinds
	Channel  string
	Humans   bool // only what people did
	Machines bool // only hits of bots and scanners
}

// where is the condition, with its arguments from a placeholder on.
func (f Filter) where(tx *db.Tx, kinds *Kinds, from int) (text string, args []any) {
	next := func(arg any) string {
		args = append(args, arg)
		return "$" + strconv.Itoa(from+len(args)-1)
	}
	among := func(names []string) string {
		known, _ := kinds.known(names)
		numbers := make([]id.ID, 0, len(known))
		for _, n := range known {
			numbers = append(numbers, id.ID(n))
		}
		in, arg := tx.In("$"+strconv.Itoa(from+len(args)), numbers)
		args = append(args, arg)
		return in
	}
	if f.Kinds != nil {
		in := among(f.Kinds)
		text += ` AND (kind` + in + ` OR tag` + in + `)`
	}
	if f.Without != nil {
		text += ` AND NOT (kind` + among(f.Without) + `)`
	}
	if f.Channel != "" {
		text += ` AND channel = ` + next(f.Channel)
	}
	switch {
	case f.Humans:
		text += ` AND class = 0`
	case f.Machines:
		text += ` AND class <> 0`
	}
	return text, args
}

// Sort is a kind of events and the channel they came by.
type Sort struct{ Kind, Channel string }

// Bounds of Sorts: how many events it looks at, and how many sorts it gives.
const (
	sortedEvents = 5000
	maxSorts     = 100
)

// Sorts are the sorts of the newest events of a lead, in no order: what its timeline can be filtered by.
func Sorts(ctx context.Context, tx *db.Tx, kinds *Kinds, lead id.ID) (list []Sort, err error) {
	if err := kinds.Load(ctx, tx); err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT DISTINCT kind, channel FROM
		(SELECT kind, channel FROM event WHERE lead = $1 ORDER BY at DESC, id DESC LIMIT $2) AS newest LIMIT $3`,
		[]any{lead, sortedEvents, maxSorts}, func(scan func(...any) error) error {
			var kind int64
			var s Sort
			err := scan(&kind, &s.Channel)
			s.Kind = kinds.Name(kind)
			list = append(list, s)
			return err
		})
	return list, err
}

// First is the first thing that a lead did: its first touch; nil if there was none.
func First(ctx context.Context, tx *db.Tx, kinds *Kinds, lead id.ID) (first *Event, err error) {
	err = each(ctx, tx, kinds, `SELECT `+columns+` FROM event WHERE lead = $1 AND class = 0 ORDER BY at, id LIMIT 1`, []any{lead},
		func(e *Event) error { first = e; return nil })
	return first, err
}
