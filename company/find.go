package company

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const columns = `c.id, c.name, c.key, c.number, c.domain, c.phone, c.postal, c.address, c.url, c.industry, c.size,
	c.tier, c.competitor, c.created_at, c.updated_at, c.merged_into, c.listed, c.unproven,
	c.heat, c.people, c.engaged, c.hot, c.warm, c.roles, c.last_at`

const insert = `INSERT INTO company (id, name, key, number, domain, phone, postal, address, url, industry, size,
	tier, competitor, created_at, updated_at, merged_into, listed, unproven)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`

const update = `UPDATE company SET name = $2, key = $3, number = $4, domain = $5, phone = $6, postal = $7,
	address = $8, url = $9, industry = $10, size = $11, tier = $12, competitor = $13, created_at = $14,
	updated_at = $15, merged_into = $16, listed = $17, unproven = $18 WHERE id = $1`

// places are where a row of columns is read into.
func (c *Company) places() []any {
	return []any{&c.ID, &c.Name, &c.Key, &c.Number, &c.Domain, &c.Phone, &c.Postal, &c.Address, &c.URL, &c.Industry,
		&c.Size, &c.Tier, (*flag)(&c.Competitor), &c.CreatedAt, &c.UpdatedAt, &c.MergedInto, (*flag)(&c.Listed), (*flag)(&c.Unproven),
		&c.Heat.Points, &c.Heat.People, &c.Heat.Engaged, &c.Heat.Hot, &c.Heat.Warm, &c.Heat.Roles, &c.Heat.LastAt}
}

// values are the arguments of insert and update. The heat is kept by SetHeat alone.
func (c *Company) values() []any {
	return []any{int64(c.ID), c.Name, c.Key, c.Number, c.Domain, c.Phone, c.Postal, c.Address, c.URL, c.Industry,
		int64(c.Size), int64(c.Tier), bit(c.Competitor), c.CreatedAt, c.UpdatedAt, int64(c.MergedInto), bit(c.Listed), bit(c.Unproven)}
}

func bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// flag reads a yes or no that is stored as 1 or 0.
type flag bool

func (f *flag) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return errors.New("company: a flag is a number")
	}
	*f = n != 0
	return nil
}

// ByID reads one company; one that was merged away stands for the one it is now. A NotFound fault if
// there is none.
func ByID(ctx context.Context, tx *db.Tx, number id.ID) (*Company, error) {
	for next := number; ; {
		c, err := itself(ctx, tx, next)
		if err != nil || c.MergedInto == 0 {
			return c, err
		}
		next = c.MergedInto
	}
}

// itself reads one company, merged away or not.
func itself(ctx context.Context, tx *db.Tx, number id.ID) (*Company, error) {
	c := &Company{}
	err := tx.Row(ctx, `SELECT `+columns+` FROM company c WHERE c.id = $1`, number).Scan(c.places()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "company.not_found", fault.Args{"id": number})
	}
	return c, err
}

// ByIDs reads companies; those that do not exist are left out.
func ByIDs(ctx context.Context, tx *db.Tx, ids []id.ID) (map[id.ID]*Company, error) {
	found := make(map[id.ID]*Company, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	in, arg := tx.In("$1", ids)
	list, err := read(ctx, tx, `WHERE c.id`+in, arg)
	for _, c := range list {
		found[c.ID] = c
	}
	return found, err
}

// Domains are all corporate mail domains of a company, in alphabetical order.
func Domains(ctx context.Context, tx *db.Tx, company id.ID) ([]string, error) {
	var list []string
	err := tx.Each(ctx, `SELECT domain FROM company_domain WHERE company = $1 ORDER BY domain`, []any{company},
		func(scan func(...any) error) error {
			var domain string
			list = append(list, "")
			err := scan(&domain)
			list[len(list)-1] = domain
			return err
		})
	return list, err
}

// Alike are other companies with the same name key: perhaps the same company, for a person to decide.
func Alike(ctx context.Context, tx *db.Tx, c *Company, limit int) ([]*Company, error) {
	return read(ctx, tx, `WHERE c.key = $1 AND c.key <> '' AND c.merged_into = 0 AND c.id <> $2 ORDER BY c.id LIMIT $3`, c.Key, c.ID, limit)
}

func read(ctx context.Context, tx *db.Tx, rest string, args ...any) ([]*Company, error) {
	var list []*Company
	err := tx.Each(ctx, `SELECT `+columns+` FROM company c `+rest, args, func(scan func(...any) error) error {
		c := &Company{}
		list = append(list, c)
		return scan(c.places()...)
	})
	return list, err
}

// Absorbed are the companies that were merged into one and can be brought back, the last one first.
func Absorbed(ctx context.Context, tx *db.Tx, winner id.ID) ([]*Company, error) {
	return read(ctx, tx, `JOIN company_merge m ON m.loser = c.id AND m.undone_at = 0
		WHERE m.winner = $1 AND c.merged_into = $1 ORDER BY m.id DESC`, winner)
}
