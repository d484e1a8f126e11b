package fold

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
)

// Reclassify says what events are after all, and folds their leads again.
func (e *Engine) Reclassify(ctx context.Context, tx *db.Tx, events []id.ID, class event.Class) error {
	changed, err := event.SetClass(ctx, tx, events, class)
	if err != nil {
		return err
	}
	work := Batch{}
	for _, c := range changed {
		work.For(c.Lead).Rewrite(c.Since)
	}
	if err := e.Visit(ctx, tx, work); err != nil {
		return err
	}
	return remeasure(ctx, tx, work.leads())
}

// Classify is the command of a person who knows better who made a hit.
type Classify struct {
	Engine *Engine     `json:"-"`
	Event  id.ID       `json:"event"`
	Class  event.Class `json:"class"`
}

// Name is the command in the audit log.
func (c *Classify) Name() string { return "event.classify" }

// Allow lets those decide who decide which leads there are.
func (c *Classify) Allow(who act.Who) bool { return act.Curate.Holds(who) }

// Check has nothing to check without the database.
func (c *Classify) Check() error { return nil }

// Target is the event.
func (c *Classify) Target() id.ID { return c.Event }

// Do corrects the past of the event's lead.
func (c *Classify) Do(ctx context.Context, tx *db.Tx) error {
	var there int
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM event WHERE id = $1`, c.Event).Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return c.Engine.Reclassify(ctx, tx, []id.ID{c.Event}, c.Class)
}
