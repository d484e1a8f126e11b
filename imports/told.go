package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// notes makes events of the memos of rows. The same words about the same lead are one note, from
// whichever file they come.
func notes(ctx context.Context, tx *db.Tx, imp *Import, taken []line, results []lead.Result, traces []trace) ([]*event.Event, error) {
	var events []*event.Event
	var of []int // the line of each event
	seen := map[string]bool{}
	for i, l := range taken {
		if l.memo == "" {
			continue
		}
		e := l.note(imp, results[i].Lead)
		if !seen[e.Message] {
			seen[e.Message] = true
			events, of = append(events, e), append(of, i)
		}
	}
	messages := make([]event.Sent, len(events))
	for i, e := range events {
		messages[i].Message = e.Message
	}
	repeated, err := event.Repeats(ctx, tx, messages)
	if err != nil {
		return nil, err
	}
	fresh := events[:0]
	for i, e := range events {
		if repeated[i] == 0 {
			e.ID = tx.NewID()
			traces[of[i]].Note = e.ID
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

func (l *line) note(imp *Import, lead id.ID) *event.Event {
	raw, _ := json.Marshal(map[string]string{"note": l.memo}) // texts only: cannot fail
	sum := sha256.Sum256([]byte(l.memo))
	return &event.Event{
		At: l.touch.at, Lead: lead, Who: lead, Kind: event.NoteAdded, Class: event.Human, Channel: "import", Subject: imp.Name,
		Marks: l.touch.marks, Props: raw, Message: fmt.Sprintf("note:%s:%s", lead, hex.EncodeToString(sum[:12])),
	}
}

// writeHearing writes down what rows say for the hearing sheet.
func writeHearing(ctx context.Context, tx *db.Tx, imp *Import, taken []line, results []lead.Result, known []id.ID, traces []trace, work fold.Batch) error {
	var list []stage.Told
	var of []int // the line of each answer
	for i, l := range taken {
		for _, h := range l.heard {
			list = append(list, stage.Told{Lead: results[i].Lead, Item: h.item, Value: h.value, Who: imp.Who})
			of = append(of, i)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := stage.Tell(ctx, tx, list, known, imp.Overwrite); err != nil {
		return err
	}
	for i, t := range list {
		if t.ID != 0 {
			traces[of[i]].Heard = append(traces[of[i]].Heard, t.ID)
			work.For(t.Lead).Refresh = true
		}
	}
	return nil
}

// keepCompany remembers what the import told a company that was there.
func keepCompany(ctx context.Context, tx *db.Tx, imp *Import, changed []company.Changed) error {
	var rows [][]any
	for _, c := range changed {
		if c.Undo != "" {
			rows = append(rows, []any{int64(imp.ID), int64(tx.NewID()), int64(c.Company), c.Undo})
		}
	}
	return tx.Many(ctx, `INSERT INTO import_company (import, number, company, undo) VALUES ($1, $2, $3, $4)`, rows)
}

// takeBackCompanies takes back what the import told companies, the last first.
func (m *Importer) takeBackCompanies(ctx context.Context, number id.ID) error {
	for n := chunkRows; n == chunkRows; {
		err := m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
			var list []company.Undone
			var numbers [][]any
			err := tx.Each(ctx, `SELECT number, company, undo FROM import_company WHERE import = $1 ORDER BY number DESC LIMIT $2`,
				[]any{number, chunkRows}, func(scan func(...any) error) error {
					var place int64
					var u company.Undone
					err := scan(&place, &u.Company, &u.Undo)
					list, numbers = append(list, u), append(numbers, []any{int64(number), place})
					return err
				})
			if n = len(list); err != nil || n == 0 {
				return err
			}
			if err := company.TakeBack(ctx, tx, list); err != nil {
				return err
			}
			return tx.Many(ctx, `DELETE FROM import_company WHERE import = $1 AND number = $2`, numbers)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// others are the leads that were there before.
func others(results []lead.Result) []id.ID {
	var known []id.ID
	for _, r := range results {
		if !r.Made() {
			known = append(known, r.Lead)
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}
