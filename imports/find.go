package imports

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const columns = `id, name, digest, file, basis, mapping, state, place, rows_read, rows_new, rows_updated, rows_merged,
	rows_same, rows_refused, rows_unowned, rows_total, overwrite, who, created_at, ended_at, undone_at`

func scanImport(scan func(...any) error) (m Import, err error) {
	var mapping string
	var overwrite int64
	err = scan(&m.ID, &m.Name, &m.Digest, &m.File, &m.Basis, &mapping, &m.State, &m.Place, &m.Counts.Rows, &m.Counts.New,
		&m.Counts.Updated, &m.Counts.Merged, &m.Counts.Same, &m.Counts.Refused, &m.Counts.Unowned, &m.Total, &overwrite, &m.Who, &m.CreatedAt, &m.EndedAt, &m.UndoneAt)
	if err == nil {
		err = json.Unmarshal([]byte(mapping), &m.Mapping)
	}
	m.Overwrite = overwrite != 0
	return m, err
}

// Find is one import; a NotFound fault if there is none.
func Find(ctx context.Context, tx *db.Tx, number id.ID) (Import, error) {
	m, err := scanImport(tx.Row(ctx, `SELECT `+columns+` FROM contact_import WHERE id = $1`, number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "imports.not_found", fault.Args{"id": number})
	}
	return m, err
}

// List are imports, the newest first, at most limit; before is the last id of the page before, 0 for
// the first page.
func List(ctx context.Context, tx *db.Tx, before id.ID, limit int) (list []Import, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	err = tx.Each(ctx, `SELECT `+columns+` FROM contact_import WHERE id < $1 ORDER BY id DESC LIMIT $2`,
		[]any{before, limit}, func(scan func(...any) error) error {
			m, err := scanImport(scan)
			list = append(list, m)
			return err
		})
	return list, err
}

// Refusals are the refused rows of an import in the order of the file, at most limit; after is the last
// row of the page before, 0 for the first page.
func Refusals(ctx context.Context, tx *db.Tx, number id.ID, after, limit int) (list []Refusal, err error) {
	err = tx.Each(ctx, `SELECT row, col, reason, args FROM import_refusal WHERE import = $1 AND row > $2 ORDER BY row LIMIT $3`,
		[]any{number, after, limit}, func(scan func(...any) error) error {
			var r Refusal
			var args string
			if err := scan(&r.Row, &r.Column, &r.Reason, &args); err != nil {
				return err
			}
			list = append(list, r)
			return json.Unmarshal([]byte(args), &list[len(list)-1].Args)
		})
	return list, err
}

// Share is how far an import or its undoing is, 0 to 1; 0 where nobody can tell yet.
func Share(ctx context.Context, tx *db.Tx, m Import) (float64, error) {
	switch {
	case m.State == Done || m.State == Undone:
		return 1, nil
	case m.State == Running && m.Total == 0 || m.Place == 0:
		return 0, nil
	case m.State == Running:
		return min(float64(m.Place)/float64(m.Total), 1), nil
	}
	// It is taken back from the last row to the first.
	last := 0
	err := tx.Each(ctx, `SELECT row FROM import_row WHERE import = $1 AND action NOT IN ($2, $3, $4) ORDER BY row DESC LIMIT 1`,
		[]any{m.ID, actionKept, actionStays, actionErased}, func(scan func(...any) error) error { return scan(&last) })
	return max(1-float64(last)/float64(m.Place+1), 0), err
}
