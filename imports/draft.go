package imports

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/sheet"
)

// NoBasis is the answer of a draft that mail may not be sent to its people: an import without a basis.
// A draft whose basis is "" was not asked yet.
const NoBasis = "none"

// What an account may let wait.
const (
	maxDrafts     = 10
	maxDraftBytes = 2 * sheet.MaxBytes
)

// Draft is a stored file that an account is about to import, and what it has chosen so far. It is
// nobody else's, and ends with its import or after a day (see Sweep).
type Draft struct {
	ID        id.ID
	File      File
	Plan      Plan // without a limit
	CreatedAt int64
}

const draftColumns = `id, name, digest, bytes, mapping, basis, overwrite, created_at`

func scanDraft(scan func(...any) error) (d Draft, err error) {
	var mapping string
	var overwrite int64
	err = scan(&d.ID, &d.File.Name, &d.File.Digest, &d.File.Bytes, &mapping, &d.Plan.Basis, &overwrite, &d.CreatedAt)
	if err == nil {
		err = json.Unmarshal([]byte(mapping), &d.Plan.Mapping)
	}
	d.File.Path, d.Plan.Overwrite = filepath.Join(folder, d.File.Digest), overwrite != 0
	return d, err
}

// FindDraft is a draft of an account; NotFound if it is somebody else's or nobody's.
func FindDraft(ctx context.Context, tx *db.Tx, number, who id.ID) (Draft, error) {
	d, err := scanDraft(tx.Row(ctx, `SELECT `+draftColumns+` FROM import_draft WHERE id = $1 AND who = $2`, number, who).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "imports.no_draft", nil)
	}
	return d, err
}

// Drafts are those of an account, the newest first.
func Drafts(ctx context.Context, tx *db.Tx, who id.ID) (list []Draft, err error) {
	err = tx.Each(ctx, `SELECT `+draftColumns+` FROM import_draft WHERE who = $1 ORDER BY id DESC`, []any{who},
		func(scan func(...any) error) error {
			d, err := scanDraft(scan)
			list = append(list, d)
			return err
		})
	return list, err
}

// KeepDraft lets a stored file wait until its columns are looked at. The same file waits once.
type KeepDraft struct {
	File    File          `json:"file"`
	Mapping sheet.Mapping `json:"-"` // as it was understood

	Draft id.ID `json:"draft"`
}

// Name says which command this is.
func (c *KeepDraft) Name() string { return "imports.keep_draft" }

// Allow lets those prepare an import who may start it.
func (c *KeepDraft) Allow(w act.Who) bool { return (&Start{}).Allow(w) }

// Check looks at the mapping.
func (c *KeepDraft) Check() error { return c.Mapping.Check() }

// Target is the draft.
func (c *KeepDraft) Target() id.ID { return c.Draft }

// Do keeps the draft, unless too much waits already.
func (c *KeepDraft) Do(ctx context.Context, tx *db.Tx) error {
	who := act.By(ctx).ID
	if _, err := tx.Exec(ctx, `DELETE FROM import_draft WHERE who = $1 AND digest = $2`, who, c.File.Digest); err != nil {
		return err
	}
	waiting, err := Drafts(ctx, tx, who)
	if err != nil {
		return err
	}
	bytes := c.File.Bytes
	for _, d := range waiting {
		bytes += d.File.Bytes
	}
	if len(waiting) >= maxDrafts || bytes > maxDraftBytes {
		return fault.New(fault.Conflict, "imports.drafts_full", fault.Args{"n": len(waiting)}).At("file")
	}
	mapping, err := json.Marshal(c.Mapping)
	if err != nil {
		return err
	}
	c.Draft = tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO import_draft (id, name, digest, bytes, who, mapping, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.Draft, c.File.Name, c.File.Digest, c.File.Bytes, who, string(mapping), tx.Now)
	return err
}

// ChangeDraft is what the person has chosen.
type ChangeDraft struct {
	Draft id.ID `json:"draft"`
	Plan  Plan  `json:"-"`
}

// Name says which command this is.
func (c *ChangeDraft) Name() string { return "imports.change_draft" }

// Allow lets those prepare an import who may start it.
func (c *ChangeDraft) Allow(w act.Who) bool { return (&Start{}).Allow(w) }

// Check looks at mapping and basis.
func (c *ChangeDraft) Check() error {
	if c.Plan.Basis != NoBasis {
		if err := checkBasis(c.Plan.Basis); err != nil {
			return err
		}
	}
	return c.Plan.Mapping.Check()
}

// Target is the draft.
func (c *ChangeDraft) Target() id.ID { return c.Draft }

// Do changes the draft, which must be the person's own and, unless another table of the file is chosen,
// of the same columns.
func (c *ChangeDraft) Do(ctx context.Context, tx *db.Tx) error {
	known, err := FindDraft(ctx, tx, c.Draft, act.By(ctx).ID)
	if err != nil {
		return err
	}
	same := func(a, b sheet.Column) bool { return a.Index == b.Index && a.Header == b.Header }
	sameTable := known.Plan.Mapping.Options() == c.Plan.Mapping.Options()
	if sameTable && !slices.EqualFunc(known.Plan.Mapping.Columns, c.Plan.Mapping.Columns, same) {
		return fault.New(fault.Conflict, "imports.draft_columns", nil)
	}
	mapping, err := json.Marshal(c.Plan.Mapping)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE import_draft SET mapping = $2, basis = $3, overwrite = $4 WHERE id = $1`,
		c.Draft, string(mapping), c.Plan.Basis, flag(c.Plan.Overwrite))
	return err
}

// DropDraft forgets a draft; its file goes with Discard.
type DropDraft struct {
	Draft id.ID `json:"draft"`
}

// Name says which command this is.
func (c *DropDraft) Name() string { return "imports.drop_draft" }

// Allow lets those prepare an import who may start it.
func (c *DropDraft) Allow(w act.Who) bool { return (&Start{}).Allow(w) }

// Check has nothing to check without the database.
func (c *DropDraft) Check() error { return nil }

// Target is the draft.
func (c *DropDraft) Target() id.ID { return c.Draft }

// Do forgets the draft.
func (c *DropDraft) Do(ctx context.Context, tx *db.Tx) error { return forgetDraft(ctx, tx, c.Draft) }

func forgetDraft(ctx context.Context, tx *db.Tx, number id.ID) error {
	if number == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM import_draft WHERE id = $1 AND who = $2`, number, act.By(ctx).ID)
	return err
}
