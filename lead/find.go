package lead

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const selectLead = `SELECT ` + columns + `, COALESCE(c.name, '') FROM lead l LEFT JOIN company c ON c.id = l.company `

func (l *Lead) placesNamed() []any { return append(l.places(), &l.CompanyName) }

// ByID reads one lead with the name of its company, also one that is deleted; a NotFound fault if there
// is none. Of a lead that was merged away it gives the one it is now.
func ByID(ctx context.Context, tx *db.Tx, number id.ID) (*Lead, error) {
	for next := number; ; {
		l := &Lead{}
		err := tx.Row(ctx, selectLead+`WHERE l.id = $1`, next).Scan(l.placesNamed()...)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": number})
		}
		if err != nil || l.Gone != GoneMerged {
			return l, err
		}
		next = l.MergedInto
	}
}

// ByIDs reads leads with the names of their companies, also those that are gone; ids of no lead are
// left out.
func ByIDs(ctx context.Context, tx *db.Tx, ids []id.ID) (map[id.ID]*Lead, error) {
	found := make(map[id.ID]*Lead, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	in, arg := tx.In("$1", ids)
	err := tx.Each(ctx, selectLead+`WHERE l.id`+in, []any{arg}, func(scan func(...any) error) error {
		l := &Lead{}
		if err := scan(l.placesNamed()...); err != nil {
			return err
		}
		found[l.ID] = l
		return nil
	})
	return found, err
}

// ByEmail finds the lead that has a mail address, first or further; a NotFound fault if none has.
func ByEmail(ctx context.Context, tx *db.Tx, address string) (*Lead, error) {
	unknown := fault.New(fault.NotFound, "lead.no_such_mail", fault.Args{"email": clip(address)})
	mail := mailKey(address)
	if mail == "" {
		return nil, unknown
	}
	var lead id.ID
	err := tx.Row(ctx, `SELECT lead FROM identity WHERE kind = $1 AND value = $2 AND lead <> 0`, Mail, mail).Scan(&lead)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	return ByID(ctx, tx, lead)
}

// Identities are what a lead is recognised by, the oldest first.
func Identities(ctx context.Context, tx *db.Tx, lead id.ID) ([]Identity, error) {
	var list []Identity
	err := tx.Each(ctx, `SELECT kind, value FROM identity WHERE lead = $1 AND lead <> 0 ORDER BY id`, []any{lead},
		func(scan func(...any) error) error {
			list = append(list, Identity{})
			return scan(&list[len(list)-1].Kind, &list[len(list)-1].Value)
		})
	return list, err
}

// Tie is an identity of a lead with how strong the tie is.
type Tie struct {
	ID id.ID
	Identity
	Standing Standing
}

// Ties are what a lead is recognised by, the oldest first, at most limit.
func Ties(ctx context.Context, tx *db.Tx, lead id.ID, limit int) (list []Tie, err error) {
	err = tx.Each(ctx, `SELECT id, kind, value, standing FROM identity WHERE lead = $1 AND lead <> 0 ORDER BY id LIMIT $2`,
		[]any{lead, limit}, func(scan func(...any) error) error {
			var t Tie
			err := scan(&t.ID, &t.Kind, &t.Value, &t.Standing)
			list = append(list, t)
			return err
		})
	return list, err
}

// Phones are all numbers of a lead, digits only.
func Phones(ctx context.Context, tx *db.Tx, lead id.ID) ([]string, error) {
	var list []string
	err := tx.Each(ctx, `SELECT phone FROM lead_phone WHERE lead = $1 ORDER BY phone`, []any{lead},
		func(scan func(...any) error) error {
			list = append(list, "")
			return scan(&list[len(list)-1])
		})
	return list, err
}
