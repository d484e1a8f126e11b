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
}

// Name says which command this is.
func (c *Set) Name() string { return "setting.set" }

// Allow lets administrators set everything, and others what their work is.
func (c *Set) Allow(w act.Who) bool { return w.Is(known[c.Setting].editors...) }

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

// Do keeps the value and tells of it, if it is another.
func (c *Set) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE setting.value <> excluded.value`,
		c.Setting, string(c.Value))
	if err == nil && n > 0 {
		tx.Post(Changed{c.Setting})
	}
	return err
}
