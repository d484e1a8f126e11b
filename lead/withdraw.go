package lead

import (
	"cmp"
	"context"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// Withdraw takes back what a door said about leads that stay, each named by Fields.Lead: what is still
// as the door left it becomes unknown. By what a lead is recognised, and where it works, stays.
func Withdraw(ctx context.Context, tx *db.Tx, list []Fields) error {
	b := newBook(tx)
	ids := make([]id.ID, len(list))
	for i := range list {
		ids[i] = list[i].Lead
	}
	if err := b.readLeads(ctx, ids); err != nil {
		return err
	}
	var phones [][]any
	for i := range list {
		p := normalise(&list[i])
		l := b.leads[p.known]
		if l == nil || l.Gone != "" {
			continue
		}
		b.touch(l)
		l.withdraw(p)
		for _, digits := range p.phones {
			if digits != l.Phone && digits != l.Mobile {
				phones = append(phones, []any{int64(l.ID), digits})
			}
		}
		if !difference(b.before[l.ID], l).empty() {
			l.UpdatedAt = tx.Now
		}
	}
	if err := tx.Many(ctx, `DELETE FROM lead_phone WHERE lead = $1 AND phone = $2`, phones); err != nil {
		return err
	}
	return b.write(ctx)
}

// withdraw takes back from l what p says.
func (l *Lead) withdraw(p *person) {
	said := p.Lead
	said.Email, said.CorporateMail = "", false
	said.Tags, said.Status = slices.Clone(said.Tags), cmp.Or(said.Status, Untouched)
	d := difference(&Lead{Status: Untouched}, &said)
	d.takeBack(l)
	l.Tags = slices.Clip(l.Tags)
}
