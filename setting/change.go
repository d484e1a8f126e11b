package setting

import (
	"context"
	"encoding/json"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const maxValue = 256 << 10 // bytes

// Set gives a known setting a value.
type Set struct {
	Setting string          `json:"name"`
	Value   json.RawMessage `json:"value"`

	ChangedAt int64 `json:"-"` // result: of this change, ms UTC, for Revert; 0 if the value was the same
}

// Name says which command this is.
func (c *Set) Name() string { return "setting.set" }

// Allow lets administrators set everything, and others what their work is.
func (c *Set) Allow(w act.Who) bool { return editorOf(c.Setting).Holds(w) }

// Target is nothing with an id.
func (c *Set) Target() id.ID { return 0 }

// Check also brings the value into its normal form.
func (c *Set) Check() error {
	d, ok := known[c.Setting]
	if !ok {
		return fault.New(fault.NotFound, "setting.unknown", fault.Args{"name": c.Setting}).At("name")
	}
	if len(c.Value) > maxValue {
		return fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": "256 KiB"}).At("value")
	}
	value, err := d.tidy(c.Value)
	c.Value = value
	return err
}

// MayEdit tells whether somebody may change a setting.
func MayEdit(w act.Who, name string) bool {
	d, ok := known[name]
	return ok && d.editor.Holds(w)
}

// Do keeps the value and the one before, and tells of it, if it is another.
func (c *Set) Do(ctx context.Context, tx *db.Tx) error {
	changed, err := keep(ctx, tx, c.Setting, c.Value)
	if changed {
		c.ChangedAt = tx.Now
	}
	return err
}

// keep keeps a value that is in its normal form, and the one before, and tells of it, if it is another.
func keep(ctx context.Context, tx *db.Tx, name string, value []byte) (changed bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET former = setting.value, value = excluded.value, changed_at = excluded.changed_at
		WHERE setting.value <> excluded.value`, name, string(value), tx.Now)
	if err != nil || n == 0 {
		return false, err
	}
	tx.Post(Changed{name})
	return true, nil
}

// Revert takes the last change of a setting back, unless somebody changed it since.
type Revert struct {
	Setting   string `json:"name"`
	ChangedAt int64  `json:"changed_at"` // of the change, as Set said it
}

// Name says which command this is.
func (c *Revert) Name() string { return "setting.revert" }

// Allow lets those who may set it.
func (c *Revert) Allow(w act.Who) bool { return editorOf(c.Setting).Holds(w) }

// Target is nothing with an id.
func (c *Revert) Target() id.ID { return 0 }

// Check looks whether there is such a setting.
func (c *Revert) Check() error {
	if _, ok := known[c.Setting]; !ok {
		return fault.New(fault.NotFound, "setting.unknown", fault.Args{"name": c.Setting}).At("name")
	}
	return nil
}

// Do exchanges the value with the former one, so that a revert can be taken back as well.
func (c *Revert) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE setting SET value = former, former = value, changed_at = $3
		WHERE name = $1 AND changed_at = $2`, c.Setting, c.ChangedAt, tx.Now)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "setting.changed_since", nil)
	}
	c.ChangedAt = tx.Now
	tx.Post(Changed{c.Setting})
	return nil
}

// editorOf is who may change a setting; that there is no such setting is told to administrators.
func editorOf(name string) act.Right {
	if d, there := known[name]; there {
		return d.editor
	}
	return act.Administer
}
