package company

import (
	"context"

	"kizashi/db"
	"kizashi/id"
)

// Heat is a company's people taken together, as it was measured last (X14). It is kept with the company,
// so that a list can be sorted by it.
type Heat struct {
	Points    int   // 0–100
	People    int   // leads who work there; those who are excluded do not count
	Engaged   int   // of them, with some engagement
	Hot, Warm int   // people by temperature
	Roles     Roles // of engaged people
	LastAt    int64 // ms UTC: of the newest touch; 0 if there is none
}

// Roles are a set of roles in a purchase.
type Roles int

// The roles, by the rank of the title.
const (
	Staff   Roles = 1 << iota // 担当
	Manager                   // 管理職: 課長, 次長
	Decider                   // 決裁者: 部長 and above
)

// Has tells whether the set holds a role.
func (r Roles) Has(role Roles) bool { return r&role != 0 }

// never is a moment that does not come, ms UTC.
const never int64 = 9_000_000_000_000_000

// Measured is the heat of a company at a moment.
type Measured struct {
	Company id.ID
	Heat    Heat
	Due     int64 // ms UTC: when time alone may have changed it; 0: never
}

// SetHeat keeps what was measured.
func SetHeat(ctx context.Context, tx *db.Tx, list []Measured) error {
	rows := make([][]any, len(list))
	for i, m := range list {
		h, due := m.Heat, m.Due
		if due == 0 {
			due = never
		}
		rows[i] = []any{int64(m.Company), int64(h.Points), int64(h.People), int64(h.Engaged), int64(h.Hot), int64(h.Warm),
			int64(h.Roles), h.LastAt, due}
	}
	return tx.Many(ctx, `UPDATE company SET heat = $2, people = $3, engaged = $4, hot = $5, warm = $6, roles = $7,
		last_at = $8, heat_due = $9 WHERE id = $1`, rows)
}

// Remeasure says that the heat of companies must be measured again. Their rows are locked in the order of
// their ids, and only where nobody has said so yet.
func Remeasure(ctx context.Context, tx *db.Tx, companies []id.ID) error {
	if len(companies) == 0 {
		return nil
	}
	in, arg := tx.In("$1", companies)
	_, err := tx.Exec(ctx, `UPDATE company SET heat_due = 0 WHERE id IN (SELECT id FROM company WHERE id`+in+` AND heat_due > $2
		{postgres:ORDER BY id FOR UPDATE})`, arg, tx.Now)
	return err
}

// HeatDue are companies whose heat is to be measured, the longest waiting first; on PostgreSQL those
// that another node measures are left to it.
func HeatDue(ctx context.Context, tx *db.Tx, limit int) ([]id.ID, error) {
	return ids(ctx, tx, `SELECT id FROM company WHERE heat_due <= $1 AND heat_due < 9000000000000000
		ORDER BY heat_due LIMIT $2 {postgres:FOR UPDATE SKIP LOCKED}`, tx.Now, limit)
}
