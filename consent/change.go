package consent

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// Record adds a row for a lead.
type Record struct {
	Entry
	act.Recorded
}

// Name says which command this is.
func (c *Record) Name() string { return "consent.record" }

// Allow lets those record who talk to people.
func (c *Record) Allow(w act.Who) bool { return act.Work.Holds(w) }

// Target is the lead.
func (c *Record) Target() id.ID { return c.Lead }

// Check refuses rows that would prove nothing.
func (c *Record) Check() error { return c.Entry.Check() }

// Do adds the row; its time is now unless it was given.
func (c *Record) Do(ctx context.Context, tx *db.Tx) error {
	l, err := lead.ByID(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	if l.Gone == lead.GoneDeleted {
		return fault.New(fault.NotFound, "consent.no_lead", nil).At("lead")
	}
	c.Lead = l.ID // what it was merged into, if it was
	rows := []Entry{c.Entry}
	err = Add(ctx, tx, rows)
	c.Entry = rows[0]
	return err
}

// Back takes the row out of the ledger again, as long as nothing was recorded of its purpose since.
func (c *Record) Back(ctx context.Context, tx *db.Tx) error {
	all, err := Of(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(e Entry) bool { return e.ID == c.ID })
	if at < 0 || slices.ContainsFunc(all[at+1:], func(e Entry) bool { return e.Purpose == c.Purpose }) {
		return act.ChangedSince()
	}
	if err := Remove(ctx, tx, c.ID); err != nil || c.Purpose != All {
		return err
	}
	return exclude(ctx, tx, &c.Entry)
}

const (
	maxSource  = 300   // characters
	maxWording = 20000 // characters
)

// Check tells what is wrong with a row.
func (e *Entry) Check() error {
	var found fault.Many
	wrong := func(key, path string, args fault.Args) {
		found = append(found, fault.New(fault.Invalid, key, args).At(path))
	}
	if !purposeForm.MatchString(e.Purpose) {
		wrong("consent.purpose", "purpose", nil)
	}
	if e.Granted && !slices.Contains(Bases, e.Basis) {
		wrong("consent.basis", "basis", fault.Args{"bases": strings.Join(Bases, ", ")})
	} else if e.Granted && strings.HasPrefix(e.Purpose, Provide) && e.Basis != Explicit {
		wrong("consent.provide", "basis", nil)
	}
	if strings.TrimSpace(e.Source) == "" {
		wrong("consent.source", "source", nil)
	}
	if utf8.RuneCountInString(e.Source) > maxSource {
		wrong("fault.too_long", "source", fault.Args{"limit": maxSource})
	}
	if utf8.RuneCountInString(e.Wording) > maxWording {
		wrong("fault.too_long", "wording", fault.Args{"limit": maxWording})
	}
	return found.OrNil()
}

// Add writes checked rows of leads that exist, and gives them ids and times. For doors that bring
// many: imports, forms. A refusal of everything also takes the lead out of all lists; the person's
// own later consent to be contacted brings it back.
func Add(ctx context.Context, tx *db.Tx, rows []Entry) error {
	args := make([][]any, len(rows))
	for i := range rows {
		e := &rows[i]
		e.ID = tx.NewID()
		if e.At == 0 {
			e.At = tx.Now
		}
		if e.At > tx.Now {
			return fault.New(fault.Invalid, "consent.future", nil).At("at")
		}
		granted := 1
		if !e.Granted {
			granted, e.Basis = 0, Refusal
		}
		args[i] = []any{int64(e.ID), int64(e.Lead), e.Purpose, e.Basis, granted, e.Source, e.Wording, e.At}
	}
	err := tx.Many(ctx, `INSERT INTO consent (id, lead, purpose, basis, granted, source, wording, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, args)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Purpose == All {
			if err := exclude(ctx, tx, &rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// exclude keeps lead.excluded with the ledger: "refused" while everything is refused.
func exclude(ctx context.Context, tx *db.Tx, e *Entry) error {
	all, err := Of(ctx, tx, e.Lead)
	if err != nil {
		return err
	}
	refused := all.For(All).Why == Refused
	_, err = lead.AlterOne(ctx, tx, e.Lead, func(l *lead.Lead) {
		switch {
		case refused:
			l.Excluded = lead.ExcludedRefused
		case l.Excluded == lead.ExcludedRefused:
			l.Excluded = l.Listed
		}
	})
	return err
}

// Remove takes rows out of the ledger that were entered by mistake a moment ago, or by a file that is taken back; the
// caller's command stands in the audit log. Whatever they excluded is the caller's to bring back.
func Remove(ctx context.Context, tx *db.Tx, rows ...id.ID) error {
	in, arg := tx.In("$1", rows)
	_, err := tx.Exec(ctx, `DELETE FROM consent WHERE id`+in, arg)
	return err
}
