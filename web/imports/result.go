package imports

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"strconv"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
)

// first is how many of those to contact an import leads to.
const first = 5

type result struct {
	row
	Share    float64 // that is done, 0 to 1; 0: not known yet
	Refused  []refusal
	Holds    imports.Held
	Ranks    []tally
	Sizes    []tally
	Sections []tally
	Today    []report.TodayItem
	Kept     []kept
	KeptN    int // on all pages
	KeptNext int // the row after which the next page begins; 0: there is none
}

// kept is a lead that stays although its import was undone.
type kept struct {
	Lead id.ID
	Name string
	Why  string
}

// shownKept is how many leads that stay are on a page.
const shownKept = 100

// Percent is the share in whole percents.
func (m result) Percent() int { return int(100 * m.Share) }

// AtWork tells whether something goes on.
func (m result) AtWork() bool { return m.State == imports.Running || m.State == imports.Undoing }

// Unshown is how many refused rows are not on the page.
func (m result) Unshown() int { return m.Counts.Refused - len(m.Refused) }

// Most is the size of the largest group.
func (m result) Most(groups []tally) (most int) {
	for _, one := range groups {
		most = max(most, one.Leads)
	}
	return most
}

// Untold tells whether nothing is known of anybody: a full bar of it would look like an answer.
func (m result) Untold(groups []tally) bool { return len(groups) == 1 && groups[0].Unknown }

// tally is a group of leads.
type tally struct {
	Name    string
	Leads   int
	Unknown bool // those of whom the file does not tell
}

const importPage = page.Of[result]("imports/import.html")

func pageOfImport(number id.ID) string { return "/imports/" + number.String() }

func (s screen) show(r *page.Request) error {
	m, err := s.read(r)
	if err != nil {
		return err
	}
	return importPage.Show(r, m)
}

func (s screen) read(r *page.Request) (m result, err error) {
	number, err := r.ID("id")
	if err != nil {
		return m, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		found, err := imports.Find(ctx, tx, number)
		if err != nil {
			return err
		}
		rows, err := named(ctx, tx, []imports.Import{found})
		if err != nil {
			return err
		}
		m.row = rows[0]
		if m.Share, err = imports.Share(ctx, tx, found); err != nil {
			return err
		}
		list, err := imports.Refusals(ctx, tx, number, 0, shownRefused)
		if err != nil {
			return err
		}
		m.Refused = refusals(r.Lang, list)
		switch found.State {
		case imports.Done:
			return m.readHeld(ctx, tx, r)
		case imports.Undone:
			return m.readKept(ctx, tx, r)
		}
		return nil
	})
	return m, err
}

// readKept reads whom the undoing has left, and why.
func (m *result) readKept(ctx context.Context, tx *db.Tx, r *page.Request) (err error) {
	if m.KeptN, err = imports.CountKept(ctx, tx, m.ID); err != nil || m.KeptN == 0 {
		return err
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after")) // what is no number is the first page
	list, err := imports.KeptLeads(ctx, tx, m.ID, after, shownKept+1)
	if err != nil {
		return err
	}
	if len(list) > shownKept {
		list = list[:shownKept]
		m.KeptNext = list[shownKept-1].Row
	}
	ids := make([]id.ID, len(list))
	for i, k := range list {
		ids[i] = k.Lead
	}
	leads, err := lead.ByIDs(ctx, tx, ids)
	for _, k := range list {
		one := kept{Lead: k.Lead, Name: k.Lead.String(), Why: i18n.T(r.Lang, k.Why.Key(), nil)}
		if l := leads[k.Lead]; l != nil {
			one.Name = l.Called()
		}
		m.Kept = append(m.Kept, one)
	}
	return err
}

// readHeld reads what a finished import held, and whom to contact now.
func (m *result) readHeld(ctx context.Context, tx *db.Tx, r *page.Request) (err error) {
	if m.Holds, err = imports.Holds(ctx, tx, m.ID); err != nil {
		return err
	}
	unknown := i18n.T(r.Lang, "imports.unknown", nil)
	for _, one := range m.Holds.Ranks {
		m.Ranks = append(m.Ranks, tally{Name: i18n.T(r.Lang, lead.RankKey(one.Rank), nil), Leads: one.Leads})
	}
	for _, one := range m.Holds.Sizes {
		m.Sizes = append(m.Sizes, tally{sizeName(r.Lang, one.Band.From, one.Band.To), one.Leads, one.Band.From == 0})
	}
	for _, one := range m.Holds.Industries {
		name := unknown
		if one.Industry != "" {
			name = i18n.T(r.Lang, one.Industry.Key(), nil)
		}
		m.Sections = append(m.Sections, tally{name, one.Leads, one.Industry == ""})
	}
	m.Today, err = report.Today(ctx, tx, r.Engine(), report.TodayFilter{Limit: first}, r.Lang)
	return err
}

func sizeName(lang i18n.Lang, from, to int) string {
	args := fault.Args{"from": from, "to": to}
	switch {
	case from == 0:
		return i18n.T(lang, "imports.unknown", nil)
	case to == 0:
		return i18n.T(lang, "imports.size.from", args)
	}
	return i18n.T(lang, "imports.size.between", args)
}

// nextSheet lets the next sheet of the same workbook wait for its import, and leads to its columns.
func (s screen) nextSheet(r *page.Request) error {
	m, err := s.read(r)
	if err != nil {
		return err
	}
	file, err := s.importer.Stored(m.Name, m.Digest)
	if err != nil {
		return err
	}
	keep := &imports.KeepDraft{File: file}
	if keep.Mapping, err = s.importer.NextSheet(file, m.Mapping.Sheet); err != nil {
		return err
	}
	if err := r.Run(keep); err != nil {
		return err
	}
	return r.Go(pageOfDraft(keep.Draft))
}

// resume lets the background go on with an import, or its undoing, that has given up.
func (s screen) resume(r *page.Request) error {
	m, err := s.read(r)
	if err != nil {
		return err
	}
	switch m.State {
	case imports.Running:
		file := imports.File{Name: m.Name, Digest: m.Digest, Path: m.File}
		err = r.Run(&imports.Start{File: file, Mapping: m.Mapping, Basis: m.Basis, Overwrite: m.Overwrite})
	case imports.Undoing:
		err = r.Run(&imports.Undo{Import: m.ID})
	}
	if err != nil {
		return err
	}
	return r.Go(pageOfImport(m.ID))
}

const undoPage = page.Of[result]("imports/undo.html")

// askUndo says what taking an import back does.
func (s screen) askUndo(r *page.Request) error {
	m, err := s.read(r)
	if err != nil {
		return err
	}
	return undoPage.Show(r, m)
}

func (s screen) undo(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&imports.Undo{Import: number}); err != nil {
		return err
	}
	return r.Go(pageOfImport(number))
}

// refused sends the rows that were not taken, as a file to correct and bring in again.
func (s screen) refused(r *page.Request) error {
	m, err := s.read(r)
	if err != nil {
		return err
	}
	download(r, "refused-"+m.ID.String()+".csv")
	return begun(s.importer.WriteRefused(r.Context(), r.Paced(), m.ID, titles(r.Lang), reason(r.Lang)))
}

// draftRefused sends the rows that would not be taken.
func (s screen) draftRefused(r *page.Request) error {
	d, err := s.findDraft(r)
	if err != nil {
		return err
	}
	if _, err := s.importer.Stored(d.File.Name, d.File.Digest); err != nil {
		return err
	}
	download(r, "refused-"+d.ID.String()+".csv")
	return begun(s.importer.WritePreviewRefused(r.Paced(), d.File, d.Plan.Mapping, titles(r.Lang), reason(r.Lang)))
}

func download(r *page.Request, name string) {
	r.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	r.W.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// begun breaks off a file that is on its way and cannot be finished, so that nobody takes it for whole.
func begun(err error) error {
	if err != nil {
		slog.Error("refused rows", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func titles(lang i18n.Lang) [3]string {
	return [3]string{i18n.T(lang, "imports.refused_row", nil), i18n.T(lang, "imports.refused_column", nil), i18n.T(lang, "imports.refused_reason", nil)}
}

func reason(lang i18n.Lang) func(imports.Refusal) string {
	return func(one imports.Refusal) string { return i18n.T(lang, one.Reason, one.Args) }
}
