package lead

import (
	"cmp"
	"context"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// claim is a value of a lead that a stronger source outweighs.
type claim struct {
	lead  id.ID
	field string
	value string
	from  Source
}

// Claim is what a sender said of a lead and a stronger source outweighs: it is shown beside the lead's own
// value until a member takes or drops it, a newer claim replaces it, or the lead's value becomes the same.
type Claim struct {
	Field  string // a column of the lead, or "props.NAME"
	Value  string // of a company its id
	Source Source
}

// maxClaim bounds a claimed value, characters.
const maxClaim = 1000

// writeClaims keeps what was outweighed: of one field the newest of the strongest.
func (b *book) writeClaims(ctx context.Context) error {
	byLead := func(x, y []any) int { return cmp.Compare(x[0].(int64), y[0].(int64)) }
	if err := b.dropSettled(ctx, byLead); err != nil || len(b.claims) == 0 {
		return err
	}
	var rows [][]any
	at := map[[2]any]int{}
	for _, c := range b.claims {
		row := []any{int64(c.lead), c.field, int64(c.from.Standing), string([]rune(c.value)[:min(len([]rune(c.value)), maxClaim)]), c.from.At, int64(c.from.Event)}
		key := [2]any{c.lead, c.field}
		if n, twice := at[key]; twice {
			rows[n] = row
			continue
		}
		at[key] = len(rows)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, byLead)
	return b.tx.Many(ctx, `INSERT INTO lead_claim (lead, field, standing, value, at, event) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (lead, field) DO UPDATE SET standing = excluded.standing, value = excluded.value,
		at = excluded.at, event = excluded.event
		WHERE excluded.standing > lead_claim.standing
		OR excluded.standing = lead_claim.standing AND excluded.at >= lead_claim.at`, rows)
}

// dropSettled removes the claims that say what the lead says now. Most leads have none.
func (b *book) dropSettled(ctx context.Context, order func(x, y []any) int) error {
	var leads []id.ID
	for _, s := range b.settled {
		leads = append(leads, id.ID(s[0].(int64)))
	}
	if len(leads) == 0 {
		return nil
	}
	in, arg := b.tx.In("$1", leads)
	claimed, err := idsOf(ctx, b.tx, `SELECT DISTINCT lead FROM lead_claim WHERE lead`+in, arg)
	if err != nil || len(claimed) == 0 {
		return err
	}
	rows := slices.DeleteFunc(b.settled, func(s []any) bool { return !slices.Contains(claimed, id.ID(s[0].(int64))) })
	slices.SortStableFunc(rows, order)
	return b.tx.Many(ctx, `DELETE FROM lead_claim WHERE lead = $1 AND field = $2`, rows)
}

// Claims are what senders said of a lead and stronger sources outweigh, by field.
func Claims(ctx context.Context, tx *db.Tx, lead id.ID) (list []Claim, err error) {
	err = tx.Each(ctx, `SELECT field, value, standing, at, event FROM lead_claim WHERE lead = $1 ORDER BY field`, []any{lead},
		func(scan func(...any) error) error {
			var c Claim
			err := scan(&c.Field, &c.Value, &c.Source.Standing, &c.Source.At, &c.Source.Event)
			list = append(list, c)
			return err
		})
	return list, err
}
