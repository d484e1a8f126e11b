package imports

import (
	"context"
	"slices"

	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// Rows whose lead stays although the import made it, because others have added to it since. Their column before
// says why, as Kept.Why.
const (
	actionKept  = "kept"  // what the row said of the lead is still to be taken back
	actionStays = "stays" // it is taken back

	actionErased = "erased" // the person was erased: there is nothing to take back
)

// TakeBack undoes an import chunk by chunk, the last row first. Rows that are taken back are forgotten,
// so that it can be killed and run again at any moment.
func (m *Importer) TakeBack(ctx context.Context, number id.ID, progress func(Progress)) error {
	imp, err := m.find(ctx, number)
	if err != nil || imp.State == Undone {
		return err
	}
	if imp.State != Undoing {
		return fault.New(fault.Conflict, "imports.not_undoing", nil)
	}
	total := max(imp.Counts.Rows-imp.Counts.Refused, 1)
	for done, n := 0, chunkRows; n == chunkRows; done += n {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n, err = m.takeBackChunk(context.WithoutCancel(ctx), &imp); err != nil {
			return err
		}
		progress(Progress{Share: min(float64(done+n)/float64(total), 1), Counts: imp.Counts})
	}
	if err := m.withdrawKept(ctx, &imp); err != nil {
		return err
	}
	if err := m.takeBackCompanies(ctx, imp.ID); err != nil {
		return err
	}
	return m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE contact_import SET state = $2, undone_at = $3 WHERE id = $1 AND state = $4`,
			imp.ID, string(Undone), tx.Now, string(Undoing))
		return err
	})
}

// done is a row that the import has taken.
type done struct {
	row    int
	lead   id.ID
	made   bool
	traces trace
}

// takeBackChunk takes back the last rows that are left, and tells how many.
func (m *Importer) takeBackChunk(ctx context.Context, imp *Import) (n int, err error) {
	err = m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
		rows, err := lastRows(ctx, tx, imp.ID)
		if n = len(rows); err != nil || n == 0 {
			return err
		}
		moved, err := removeTraces(ctx, tx, rows)
		if err != nil {
			return err
		}
		kept, err := takeBackLeads(ctx, tx, rows)
		if err != nil {
			return err
		}
		if err := forgetRows(ctx, tx, imp.ID, rows, kept); err != nil {
			return err
		}
		for _, l := range moved {
			tx.Post(lead.Rewritten{Lead: l})
		}
		return nil
	})
	return n, err
}

func lastRows(ctx context.Context, tx *db.Tx, number id.ID) (rows []done, err error) {
	err = tx.Each(ctx, `SELECT row, lead, action, before FROM import_row WHERE import = $1 AND action NOT IN ($2, $3, $4) ORDER BY row DESC LIMIT $5`,
		[]any{number, actionKept, actionStays, actionErased, chunkRows}, func(scan func(...any) error) error {
			var d done
			var action, before string
			if err := scan(&d.row, &d.lead, &action, &before); err != nil {
				return err
			}
			var err error
			d.traces, err = readTrace(before)
			d.made = lead.Action(action) == lead.Made && d.traces.Lead == ""
			rows = append(rows, d)
			return err
		})
	return rows, err
}

// removeTraces removes the events and consents of rows, and gives the leads whose history changed.
func removeTraces(ctx context.Context, tx *db.Tx, rows []done) ([]id.ID, error) {
	var events, consents, answers []id.ID
	for _, d := range rows {
		if d.traces.Event != 0 {
			events = append(events, d.traces.Event)
		}
		if d.traces.Note != 0 {
			events = append(events, d.traces.Note)
		}
		answers = append(answers, d.traces.Heard...)
		if d.traces.Consent != 0 {
			consents = append(consents, d.traces.Consent)
		}
	}
	// The ledger only grows, but for rows that are as false as the import that brought them.
	if err := consent.Remove(ctx, tx, consents...); err != nil {
		return nil, err
	}
	if _, err := stage.Untell(ctx, tx, answers); err != nil {
		return nil, err
	}
	moved, err := event.Remove(ctx, tx, events)
	slices.Sort(moved)
	return slices.Compact(moved), err
}

// takeBackLeads takes back what rows told about leads, and gives the made leads that must stay, and why.
func takeBackLeads(ctx context.Context, tx *db.Tx, rows []done) (kept map[id.ID]Why, err error) {
	var made []id.ID
	for _, d := range rows {
		if d.made {
			made = append(made, d.lead)
		}
	}
	if kept, err = inUse(ctx, tx, made); err != nil {
		return nil, err
	}
	var list []lead.Undone
	for _, d := range rows {
		if d.made && kept[d.lead] == "" || d.traces.Lead != "" {
			list = append(list, lead.Undone{Lead: d.lead, Before: d.traces.Lead})
		}
	}
	changed, err := lead.Undo(ctx, tx, list)
	for _, l := range changed {
		kept[l] = Edited
	}
	return kept, err
}

// inUse are those of some leads that others have added to: what they did, what they agreed to, or what
// a person of ours did about them. What people did is the better reason.
func inUse(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]Why, error) {
	used := map[id.ID]Why{}
	if len(leads) == 0 {
		return used, nil
	}
	in, arg := tx.In("$1", leads)
	err := tx.Each(ctx, `SELECT DISTINCT lead FROM event WHERE lead`+in, []any{arg}, func(scan func(...any) error) error {
		var l id.ID
		err := scan(&l)
		used[l] = Behaved
		return err
	})
	if err != nil {
		return nil, err
	}
	worked, err := lead.Attached.Worked(ctx, tx, leads)
	for l, table := range worked {
		used[l] = whyOf(table)
	}
	return used, err
}

// forgetRows removes the rows that are taken back, and marks those whose leads stay.
func forgetRows(ctx context.Context, tx *db.Tx, number id.ID, rows []done, kept map[id.ID]Why) error {
	var gone, stay [][]any
	for _, d := range rows {
		if why := kept[d.lead]; d.made && why != "" {
			stay = append(stay, []any{int64(number), int64(d.row), actionKept, string(why)})
		} else {
			gone = append(gone, []any{int64(number), int64(d.row)})
		}
	}
	if err := tx.Many(ctx, `DELETE FROM import_row WHERE import = $1 AND row = $2`, gone); err != nil {
		return err
	}
	return tx.Many(ctx, `UPDATE import_row SET action = $3, before = $4 WHERE import = $1 AND row = $2`, stay)
}
