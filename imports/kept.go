package imports

import (
	"context"
	"errors"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// Kept is a lead that an import made and that stays although the import was undone.
type Kept struct {
	Row  int // of the file
	Lead id.ID
	Why  Why
}

// Why is the reason for which a lead stays.
type Why string

// The reasons. What a person of ours did counts before what the lead did.
const (
	Edited    Why = "edited"    // it was changed, or merged with another
	Promised  Why = "task"      // somebody is to do something about it, or has done so
	Contacted Why = "activity"  // somebody has logged a contact
	Asked     Why = "hearing"   // somebody has filled the hearing sheet
	HandedOn  Why = "handover"  // field sales has answered
	Moved     Why = "stage"     // somebody has moved it
	Agreed    Why = "consent"   // the person has agreed to something, or refused
	Chosen    Why = "bulk"      // a change of many leads took it in
	Changed   Why = "command"   // somebody has done something else about it
	Behaved   Why = "behaviour" // the person has done something
)

// Whys are all reasons.
var Whys = []Why{Edited, Promised, Contacted, Asked, HandedOn, Moved, Agreed, Chosen, Changed, Behaved}

// whyOf is the reason that a row of a table is, see lead.Attached.
func whyOf(table string) Why {
	switch table {
	case "lead_merge":
		return Edited
	case "stage_change":
		return Moved
	case "bulk_lead":
		return Chosen
	case "task", "activity", "hearing", "handover", "consent":
		return Why(table)
	}
	return Changed
}

// worked tells whether a person of ours has dealt with the lead: they still need to know whom to call.
func (w Why) worked() bool { return w != Behaved && w != Agreed && w != Edited }

// withdrawn is what is taken back of a row: not the name and the numbers of somebody whom we deal with, for what
// was promised to them must be kept.
func (k Kept) withdrawn(said lead.Fields) lead.Fields {
	said.Lead = k.Lead
	if k.Why.worked() {
		said.Name, said.LastName, said.FirstName, said.Kana = "", "", "", ""
		said.Phone, said.Mobile, said.Phones = "", "", nil
	}
	return said
}

// KeptLeads are leads that an undone import made and that stay, in the order of the file, at most limit; after is
// the last row of the page before, 0 for the first page.
func KeptLeads(ctx context.Context, tx *db.Tx, number id.ID, after, limit int) (list []Kept, err error) {
	err = tx.Each(ctx, `SELECT row, lead, before FROM import_row WHERE import = $1 AND action IN ($2, $3) AND row > $4
		ORDER BY row LIMIT $5`, []any{number, actionKept, actionStays, after, limit}, func(scan func(...any) error) error {
		var k Kept
		err := scan(&k.Row, &k.Lead, &k.Why)
		list = append(list, k)
		return err
	})
	return list, err
}

// CountKept is how many rows of an undone import have a lead that stays.
func CountKept(ctx context.Context, tx *db.Tx, number id.ID) (n int, err error) {
	err = tx.Row(ctx, `SELECT COUNT(*) FROM import_row WHERE import = $1 AND action IN ($2, $3)`, number, actionKept, actionStays).Scan(&n)
	return n, err
}

// Key names the words of a reason.
func (w Why) Key() string { return "imports.why." + string(w) }

// withdrawKept takes back what the rows of leads that stay said of them. It is read again from the file;
// without the file it stays.
func (m *Importer) withdrawKept(ctx context.Context, imp *Import) error {
	rows, err := m.keptRows(ctx, imp.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	t, err := m.open(imp.Name, imp.File, imp.Mapping.Options())
	if err != nil {
		return err
	}
	err = m.withdraw(ctx, imp, t, rows)
	return errors.Join(err, t.Close())
}

// keptRows are the rows of leads that stay and that still know what the file said of them.
func (m *Importer) keptRows(ctx context.Context, number id.ID) (rows map[int]Kept, err error) {
	rows = map[int]Kept{}
	err = m.Engine.Door.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT row, lead, before FROM import_row WHERE import = $1 AND action = $2`, []any{number, actionKept},
			func(scan func(...any) error) error {
				var k Kept
				err := scan(&k.Row, &k.Lead, &k.Why)
				rows[k.Row] = k
				return err
			})
	})
	return rows, err
}

func (m *Importer) withdraw(ctx context.Context, imp *Import, t *table, rows map[int]Kept) error {
	r := newReader(imp, imp.owners)
	var list []lead.Fields
	var numbers [][]any
	flush := func() error {
		err := m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
			if err := lead.Withdraw(ctx, tx, list); err != nil {
				return err
			}
			return tx.Many(ctx, `UPDATE import_row SET action = $3 WHERE import = $1 AND row = $2`, numbers)
		})
		list, numbers = nil, nil
		return err
	}
	for row := range t.Rows() {
		k, ok := rows[row.Number]
		if !ok {
			continue
		}
		list = append(list, k.withdrawn(r.line(row).fields))
		numbers = append(numbers, []any{int64(imp.ID), int64(row.Number), actionStays})
		if len(list) == chunkRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
