package lead

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Erase removes what is known of a person, for good: the lead, those merged into it, and what hangs on them. Counts
// stay as they are: the log keeps when something happened and of which kind. If the person had refused, hashes of
// their addresses stay, so that no file brings them back as somebody to contact. Imported files and backups are
// outside of it.
type Erase struct {
	ID    id.ID `json:"id"`
	Leads int   `json:"leads"` // result: how many were one
}

// Name is the command in the audit log.
func (c *Erase) Name() string { return "lead.erase" }

// Allow lets administrators erase: there is no way back.
func (c *Erase) Allow(who act.Who) bool { return act.Administer.Holds(who) }

// Check has nothing to check without the database.
func (c *Erase) Check() error { return nil }

// Target is the lead.
func (c *Erase) Target() id.ID { return c.ID }

// Do erases.
func (c *Erase) Do(ctx context.Context, tx *db.Tx) error {
	b, all, err := whole(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	c.Leads = len(all)
	if err := suppress(ctx, tx, all); err != nil {
		return err
	}
	numbers, err := phonesOf(ctx, tx, all)
	if err != nil {
		return err
	}
	if err := Attached.Erase(ctx, tx, all); err != nil {
		return err
	}
	if err := b.forgetCompanyPhones(ctx, all, numbers); err != nil {
		return err
	}
	for _, number := range all {
		if l := b.leads[number]; l != nil {
			b.touch(l)
			*l = Lead{ID: l.ID, Status: Untouched, Gone: GoneErased, CreatedAt: l.CreatedAt, UpdatedAt: tx.Now}
		}
	}
	return b.write(ctx)
}

// whole reads and locks a lead, deleted or not, and all that are merged into it.
func whole(ctx context.Context, tx *db.Tx, number id.ID) (*book, []id.ID, error) {
	b := newBook(tx)
	if _, err := b.lockIdentities(ctx, number); err != nil {
		return nil, nil, err
	}
	if err := b.readLeads(ctx, []id.ID{number}); err != nil {
		return nil, nil, err
	}
	if l := b.leads[number]; l == nil || l.Gone != "" && l.Gone != GoneDeleted {
		return nil, nil, b.there(number)
	}
	all, err := mergedInto(ctx, tx, number)
	if err == nil {
		err = b.readLeads(ctx, all)
	}
	return b, all, err
}

func phonesOf(ctx context.Context, tx *db.Tx, leads []id.ID) (numbers []string, err error) {
	in, arg := tx.In("$1", leads)
	err = tx.Each(ctx, `SELECT phone FROM lead_phone WHERE lead`+in, []any{arg}, func(scan func(...any) error) error {
		numbers = append(numbers, "")
		return scan(&numbers[len(numbers)-1])
	})
	return numbers, err
}

// forgetCompanyPhones takes numbers from the companies of erased leads that took them over from the person, unless
// others have them, too.
func (b *book) forgetCompanyPhones(ctx context.Context, leads []id.ID, numbers []string) error {
	var companies []id.ID
	for _, l := range leads {
		if b.leads[l] != nil && b.leads[l].Company != 0 {
			companies = append(companies, b.leads[l].Company)
		}
	}
	in, arg := b.tx.InTexts("$1", numbers)
	err := b.tx.Each(ctx, `SELECT DISTINCT phone FROM lead_phone WHERE phone`+in, []any{arg}, func(scan func(...any) error) error {
		var others string
		err := scan(&others)
		numbers = slices.DeleteFunc(numbers, func(n string) bool { return n == others })
		return err
	})
	if err != nil || len(companies) == 0 || len(numbers) == 0 {
		return err
	}
	return company.ForgetPhones(ctx, b.tx, companies, numbers)
}

// suppress keeps the hashes of addresses if their owner has refused.
func suppress(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	in, arg := tx.In("$1", leads)
	var refused int
	err := tx.Row(ctx, `SELECT CASE WHEN EXISTS (SELECT 1 FROM lead WHERE excluded = '`+ExcludedRefused+`' AND id`+in+`)
		OR EXISTS (SELECT 1 FROM consent WHERE granted = 0 AND lead`+in+`) THEN 1 ELSE 0 END`, arg).Scan(&refused)
	if err != nil || refused == 0 {
		return err
	}
	var rows [][]any
	err = tx.Each(ctx, `SELECT value FROM identity WHERE kind = '`+Mail+`' AND lead <> 0 AND lead`+in, []any{arg},
		func(scan func(...any) error) error {
			var address string
			err := scan(&address)
			rows = append(rows, []any{hashAddress(address), tx.Now})
			return err
		})
	if err != nil {
		return err
	}
	return tx.Many(ctx, `INSERT INTO suppression (hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, rows)
}

// hashAddress is the SHA-256 of an address in hex, as lists of refusals are exchanged.
func hashAddress(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

// refuseSuppressed excludes leads that get the address of somebody who refused and was erased.
func (b *book) refuseSuppressed(ctx context.Context) error {
	owners := map[string]id.ID{}
	var hashes []string
	for _, i := range b.identities {
		if i.Kind == Mail && i.dirty && i.lead != 0 {
			hash := hashAddress(i.Value)
			owners[hash], hashes = i.lead, append(hashes, hash)
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	slices.Sort(hashes)
	in, arg := b.tx.InTexts("$1", hashes)
	var refused []id.ID
	err := b.tx.Each(ctx, `SELECT hash FROM suppression WHERE hash`+in, []any{arg}, func(scan func(...any) error) error {
		var hash string
		err := scan(&hash)
		refused = append(refused, owners[hash])
		return err
	})
	if err == nil {
		err = b.readLeads(ctx, refused)
	}
	for _, number := range refused {
		if l := b.leads[number]; err == nil && l != nil && l.Gone == "" {
			b.touch(l)
			l.Excluded = ExcludedRefused
		}
	}
	return err
}

func erased(number id.ID) error {
	return fault.New(fault.Conflict, "lead.is_erased", fault.Args{"id": number})
}
