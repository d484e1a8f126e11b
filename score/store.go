package score

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Stored is a version of the model as it is kept.
type Stored struct {
	ID          id.ID
	Version     int
	Status      string // draft, published, retired
	Source      string // YAML
	Note        string
	CreatedAt   int64 // ms UTC
	PublishedAt int64 // ms UTC; 0: never
}

// The states of a model.
const (
	Draft     = "draft"
	Live      = "published"
	Retired   = "retired"
	Discarded = "discarded" // a draft that nobody wants; no list shows it
	maxNote   = 2000
	modelCols = `id, version, status, source, note, created_at, published_at`
)

func scanStored(scan func(...any) error) (Stored, error) {
	var s Stored
	err := scan(&s.ID, &s.Version, &s.Status, &s.Source, &s.Note, &s.CreatedAt, &s.PublishedAt)
	return s, err
}

// Model makes a stored version run.
func (s Stored) Model() (*Model, error) {
	pack, err := ParsePack(s.Source)
	if err != nil {
		return nil, err
	}
	m, err := Compile(pack)
	if err != nil {
		return nil, err
	}
	m.ID, m.Version = s.ID, s.Version
	return m, nil
}

// Published is the model in force.
func Published(ctx context.Context, tx *db.Tx) (*Model, error) {
	s, err := scanStored(tx.Row(ctx, `SELECT `+modelCols+` FROM model WHERE status = $1`, Live).Scan)
	if err != nil {
		return nil, err
	}
	return s.Model()
}

// List gives all versions, newest first.
func List(ctx context.Context, tx *db.Tx) ([]Stored, error) {
	var list []Stored
	err := tx.Each(ctx, `SELECT `+modelCols+` FROM model WHERE status <> $1 ORDER BY version DESC`, []any{Discarded}, func(scan func(...any) error) error {
		s, err := scanStored(scan)
		list = append(list, s)
		return err
	})
	return list, err
}

// ByID is one version.
func ByID(ctx context.Context, tx *db.Tx, number id.ID) (Stored, error) {
	s, err := scanStored(tx.Row(ctx, `SELECT `+modelCols+` FROM model WHERE id = $1`, number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return s, err
}

// EnsureDefault publishes the default pack where there is no model yet.
func EnsureDefault(ctx context.Context, tx *db.Tx) error {
	if tx.Engine() == db.Postgres { // two nodes that start at once on an empty database
		if _, err := tx.Exec(ctx, `{postgres:LOCK TABLE model IN SHARE ROW EXCLUSIVE MODE}`); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO model (id, version, status, source, created_at, published_at)
		SELECT CAST($1 AS {int}), 1, $2, $3, CAST($4 AS {int}), CAST($4 AS {int})
		WHERE NOT EXISTS (SELECT 1 FROM model)`, tx.NewID(), Live, DefaultPack(), tx.Now)
	return err
}

// ModelPublished is posted when another model takes force: every lead is to be folded again.
type ModelPublished struct{ Model id.ID }

// SaveDraft keeps a new version, or changes a draft.
type SaveDraft struct {
	ID     id.ID  `json:"id"` // 0: a new draft; set by Do
	Source string `json:"-"`
	Note   string `json:"note"`
	// Of is the source that was edited: if the draft is another one by now, somebody else has changed it,
	// and nothing is overwritten. "": whatever it is.
	Of string `json:"-"`
}

// Name of the command.
func (c *SaveDraft) Name() string { return "model.draft" }

// Allow marketing.
func (c *SaveDraft) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Target is the draft.
func (c *SaveDraft) Target() id.ID { return c.ID }

// Check compiles the pack.
func (c *SaveDraft) Check() error {
	if len([]rune(c.Note)) > maxNote {
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxNote}).At("note")
	}
	_, err := Stored{Source: c.Source}.Model()
	return err
}

// Do saves it.
func (c *SaveDraft) Do(ctx context.Context, tx *db.Tx) error {
	if c.ID != 0 {
		return c.change(ctx, tx)
	}
	c.ID = tx.NewID()
	_, err := tx.Exec(ctx, `INSERT INTO model (id, version, status, source, note, created_at)
		SELECT CAST($1 AS {int}), COALESCE(MAX(version), 0) + 1, $2, $3, $4, CAST($5 AS {int}) FROM model`,
		c.ID, Draft, c.Source, c.Note, tx.Now)
	return err
}

func (c *SaveDraft) change(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE model SET source = $2, note = $3 WHERE id = $1 AND status = $4 AND ($5 = '' OR source = $5)`,
		c.ID, c.Source, c.Note, Draft, c.Of)
	if err != nil || n > 0 {
		return err
	}
	s, err := ByID(ctx, tx, c.ID)
	if err == nil && s.Status == Draft {
		return fault.New(fault.Conflict, "score.edited_meanwhile", nil)
	}
	if err == nil {
		err = fault.New(fault.Conflict, "score.not_draft", nil)
	}
	return err
}

// Discard takes a draft out of the way, or with Back brings it back.
type Discard struct {
	ID   id.ID `json:"id"`
	Back bool  `json:"back"`
}

// Name of the command.
func (c *Discard) Name() string { return "model.discard" }

// Allow marketing.
func (c *Discard) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Target is the draft.
func (c *Discard) Target() id.ID { return c.ID }

// Check has nothing to check without the database.
func (c *Discard) Check() error { return nil }

// Do marks the draft.
func (c *Discard) Do(ctx context.Context, tx *db.Tx) error {
	from, to := Draft, Discarded
	if c.Back {
		from, to = Discarded, Draft
	}
	n, err := tx.Exec(ctx, `UPDATE model SET status = $3 WHERE id = $1 AND status = $2`, c.ID, from, to)
	if err != nil || n > 0 {
		return err
	}
	if _, err := ByID(ctx, tx, c.ID); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "score.not_draft", nil)
}

// Hands are who made a version and who last put it into force, by name; "" where it was the product.
type Hands struct{ Author, Publisher string }

// HandsOf tells whose hands versions went through, as the audit log knows.
func HandsOf(ctx context.Context, tx *db.Tx, models []id.ID) (map[id.ID]Hands, error) {
	hands := map[id.ID]Hands{}
	in, arg := tx.In("$1", models)
	err := tx.Each(ctx, `SELECT target, command, who_name FROM audit WHERE target`+in+`
		AND command IN ('model.draft', 'model.publish') ORDER BY id`, []any{arg}, func(scan func(...any) error) error {
		var model id.ID
		var command, who string
		if err := scan(&model, &command, &who); err != nil {
			return err
		}
		h := hands[model]
		if command == "model.publish" {
			h.Publisher = who
		} else {
			h.Author = who
		}
		hands[model] = h
		return nil
	})
	return hands, err
}

// Publish puts a version into force; the former one is retired. A retired version may be published again.
type Publish struct {
	ID   id.ID  `json:"id"`
	Note string `json:"note"`
	// Of is the source that was read before: if the draft is another one by now, it is not published
	// unread. "": whatever it is.
	Of string `json:"-"`
}

// Name of the command.
func (c *Publish) Name() string { return "model.publish" }

// Allow marketing.
func (c *Publish) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Target is the version.
func (c *Publish) Target() id.ID { return c.ID }

// Check limits the note.
func (c *Publish) Check() error {
	if len([]rune(c.Note)) > maxNote {
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxNote}).At("note")
	}
	return nil
}

// Do publishes.
func (c *Publish) Do(ctx context.Context, tx *db.Tx) error {
	s, err := ByID(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if s.Status == Live {
		return nil
	}
	if s.Status == Discarded {
		return fault.New(fault.Conflict, "score.discarded", nil)
	}
	if c.Of != "" && c.Of != s.Source {
		return fault.New(fault.Conflict, "score.changed_unread", nil)
	}
	if _, err := s.Model(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE model SET status = $1 WHERE status = $2`, Retired, Live); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE model SET status = $2, published_at = $3, note = CASE WHEN $4 = '' THEN note ELSE $4 END WHERE id = $1`,
		c.ID, Live, tx.Now, c.Note)
	tx.Post(ModelPublished{c.ID})
	return err
}
