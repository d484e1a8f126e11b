package lead

import (
	"context"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
)

// FollowCompanies carries out what changed about companies on the people who work there: they are
// judged anew, found by the new name, and excluded while their company is a competitor. App registers
// it as the handler of company.Changed.
func FollowCompanies(ctx context.Context, tx *db.Tx, changes []company.Changed) error {
	byCompany := map[id.ID]company.Changed{}
	var ids []id.ID
	for _, c := range changes {
		if c.Domains {
			continue
		}
		known, again := byCompany[c.Company]
		if !again {
			ids = append(ids, c.Company)
		}
		c.Renamed, c.Competitor = c.Renamed || known.Renamed, c.Competitor || known.Competitor
		byCompany[c.Company] = c
	}
	if len(ids) == 0 {
		return nil
	}
	companies, err := company.ByIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	b := newBook(tx)
	b.companies = companies
	in, arg := tx.In("$1", ids)
	leads, err := idsOf(ctx, tx, `SELECT l.id FROM lead l WHERE l.company <> 0 AND l.company`+in, arg)
	if err != nil {
		return err
	}
	if err := b.readLeads(ctx, leads); err != nil {
		return err
	}
	said, err := readSaid(ctx, tx)
	if err != nil {
		return err
	}
	var search [][]any
	for _, number := range leads {
		l := b.leads[number]
		change := byCompany[l.Company]
		if change.Competitor {
			b.touch(l)
			l.heed(b.asks(l, said.Lists))
		}
		if l.Gone != "" {
			continue
		}
		if change.Renamed {
			search = append(search, b.searchRow(l))
		}
		tx.Post(Changed{number})
	}
	if err := tx.Many(ctx, replaceSearch, search); err != nil {
		return err
	}
	return b.write(ctx)
}
