package lead

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
)

// Export writes into the audit log that somebody takes leads out of the product: which, and what of them.
type Export struct {
	Rule    string   `json:"rule,omitempty"`
	Search  string   `json:"search,omitempty"`
	Mine    bool     `json:"mine,omitempty"`
	Leads   []id.ID  `json:"leads,omitempty"` // chosen one by one
	Columns []string `json:"columns"`
	Format  string   `json:"format"`
}

// Name is the command in the audit log.
func (c *Export) Name() string { return "lead.export" }

// Allow lets those take leads out who work with them.
func (c *Export) Allow(who act.Who) bool { return workers(who) }

// Check has nothing to check.
func (c *Export) Check() error { return nil }

// Target is none: it is about many.
func (c *Export) Target() id.ID { return 0 }

// Do changes nothing: what counts is the row of the audit log.
func (c *Export) Do(context.Context, *db.Tx) error { return nil }
