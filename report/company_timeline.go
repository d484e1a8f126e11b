package report

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
)

// maxTimelinePeople bounds of how many people a company's timeline tells: those who did something last.
const maxTimelinePeople = 200

// CompanyEvent is something that somebody of a company did.
type CompanyEvent struct {
	*event.Event
	Person string // name, or how else they are known
}

// CompanyTimeline is what the people of a company did, the newest first; scanners and bots are left out.
// next is the cursor of the page that follows, "" on the last one.
func CompanyTimeline(ctx context.Context, tx *db.Tx, e *fold.Engine, company id.ID, after string, limit int) (list []CompanyEvent, next string, err error) {
	place, err := ReadPlace(after)
	if err != nil {
		return nil, "", err
	}
	names := map[id.ID]string{}
	var leads []id.ID
	err = tx.Each(ctx, `SELECT l.id, CASE WHEN l.name <> '' THEN l.name WHEN l.email <> '' THEN l.email ELSE l.phone END
		FROM lead l JOIN lead_state s ON s.lead = l.id WHERE l.company <> 0 AND l.company = $1 AND l.gone = ''
		ORDER BY s.last_at DESC, l.id LIMIT $2`, []any{company, maxTimelinePeople}, func(scan func(...any) error) error {
		var who id.ID
		var name string
		err := scan(&who, &name)
		leads, names[who] = append(leads, who), name
		return err
	})
	if err != nil || len(leads) == 0 {
		return nil, "", err
	}
	events, err := event.RecentOf(ctx, tx, e.Kinds, leads, event.Filter{Humans: true}, place.At, place.ID, limit+1)
	slices.SortFunc(events, func(a, b *event.Event) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID)) })
	for i, one := range events {
		if i == limit {
			end := events[limit-1]
			return list, strconv.FormatInt(end.At, 10) + "." + end.ID.String(), nil
		}
		list = append(list, CompanyEvent{one, names[one.Lead]})
	}
	return list, "", err
}
