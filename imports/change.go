package imports

import (
	"context"
	"encoding/json"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/sheet"
)

// Start begins to import a table of a stored file. One whose import has not ended goes on as that
// import: Resumed says so.
type Start struct {
	File    File          `json:"file"`
	Basis   string        `json:"basis"`
	Mapping sheet.Mapping `json:"mapping"`
	// Overwrite lets the file win where both say something; else it only fills what is empty.
	Overwrite bool `json:"overwrite"`
	// Wait is how long the background leaves the import alone, ms: the command line does the work
	// itself, and the background only if the command line was killed.
	Wait int64 `json:"-"`
	// Draft is what the file waited as, 0 if it did not; it ends.
	Draft id.ID `json:"draft,omitempty"`

	Import  id.ID `json:"import"`
	Resumed bool  `json:"resumed"`
}

// Name says which command this is.
func (c *Start) Name() string { return "imports.start" }

// Allow lets those bring in leads who work with them.
func (c *Start) Allow(w act.Who) bool { return act.Curate.Holds(w) }

// Check looks at the basis and the mapping.
func (c *Start) Check() error {
	if err := checkBasis(c.Basis); err != nil {
		return err
	}
	return c.Mapping.Check()
}

// Target is the import.
func (c *Start) Target() id.ID { return c.Import }

// Do writes the import down and asks for its job.
func (c *Start) Do(ctx context.Context, tx *db.Tx) error {
	err := c.findRunning(ctx, tx)
	if c.Resumed = c.Import != 0; err == nil && !c.Resumed {
		err = c.insert(ctx, tx)
	}
	if err != nil {
		return err
	}
	if err := forgetDraft(ctx, tx, c.Draft); err != nil {
		return err
	}
	_, err = job.Add(ctx, tx, job.Spec{Kind: JobImport, Key: jobKey(c.Import), Payload: payload{c.Import}, RunAt: tx.Now + c.Wait})
	return err
}

// findRunning finds the import of the same table that has not ended.
func (c *Start) findRunning(ctx context.Context, tx *db.Tx) error {
	c.Import = 0
	return tx.Each(ctx, `SELECT id, mapping FROM contact_import WHERE digest = $1 AND basis = $2 AND state = $3 AND overwrite = $4 ORDER BY id`,
		[]any{c.File.Digest, c.Basis, string(Running), flag(c.Overwrite)}, func(scan func(...any) error) error {
			var number id.ID
			var text string
			var mapping sheet.Mapping
			if err := scan(&number, &text); err != nil {
				return err
			}
			err := json.Unmarshal([]byte(text), &mapping)
			if err == nil && mapping.Options() == c.Mapping.Options() {
				c.Import = number // the newest
			}
			return err
		})
}

func (c *Start) insert(ctx context.Context, tx *db.Tx) error {
	mapping, err := json.Marshal(c.Mapping)
	if err != nil {
		return err
	}
	c.Import = tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO contact_import (id, name, digest, file, basis, mapping, state, overwrite, who, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.Import, c.File.Name, c.File.Digest, c.File.Path, c.Basis, string(mapping), string(Running), flag(c.Overwrite), act.By(ctx).ID, tx.Now)
	return err
}

func flag(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Undo begins to take an import back. An import that is taken back already stays so.
type Undo struct {
	Import id.ID `json:"import"`
	Wait   int64 `json:"-"` // as in Start
}

// Name says which command this is.
func (c *Undo) Name() string { return "imports.undo" }

// Allow lets those take an import back who may bring one in.
func (c *Undo) Allow(w act.Who) bool { return (&Start{}).Allow(w) }

// Check has nothing to check without the database.
func (c *Undo) Check() error { return nil }

// Target is the import.
func (c *Undo) Target() id.ID { return c.Import }

// Do stops the import where it stands, and asks for the job that takes it back.
func (c *Undo) Do(ctx context.Context, tx *db.Tx) error {
	m, err := Find(ctx, tx, c.Import)
	if err != nil || m.State == Undone {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE contact_import SET state = $2 WHERE id = $1`, c.Import, string(Undoing)); err != nil {
		return err
	}
	if err := job.Drop(ctx, tx, jobKey(c.Import)); err != nil {
		return err
	}
	_, err = job.Add(ctx, tx, job.Spec{Kind: JobUndo, Key: undoKey(c.Import), Payload: payload{c.Import}, RunAt: tx.Now + c.Wait})
	return err
}

// errStopped ends a run whose import is taken back meanwhile.
func errStopped(name string) error {
	return fault.New(fault.Conflict, "imports.stopped", fault.Args{"file": name})
}
