package stage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"kizashi/act"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// Moved tells that the stage of a lead was changed by a person or a hand-over. The history is written;
// the state is to be brought into line with it before the transaction ends.
type Moved struct {
	Lead id.ID
	To   string
	At   int64 // ms UTC
}

// Move puts a lead into another stage.
type Move struct {
	Lead   id.ID  `json:"lead"`
	To     string `json:"to"`
	Reason string `json:"reason"` // a code of Reasons for Recycled and Disqualified, else words
	Note   string `json:"note"`
	Until  int64  `json:"until"` // ms UTC: when they will buy, or their contract ends; 0 = not said
	Was    string `json:"was"`   // result
}

// Name says which command this is.
func (c *Move) Name() string { return "stage.move" }

// Allow looks at where to; Do at where from. What is no stage is for Check to say.
func (c *Move) Allow(w act.Who) bool {
	return mayReach(w, c.To) || Order(c.To) < 0 && act.Work.Holds(w)
}

// Target is the lead.
func (c *Move) Target() id.ID { return c.Lead }

// Check looks at what can be known without the lead.
func (c *Move) Check() error {
	c.Reason = strings.TrimSpace(c.Reason)
	if Order(c.To) < 0 {
		return fault.New(fault.Invalid, "stage.unknown", fault.Args{"stages": strings.Join(Stages, ", ")}).At("to")
	}
	if err := checkTexts(c.Reason, c.Note); err != nil {
		return err
	}
	if c.To != Recycled && c.To != Disqualified {
		return nil
	}
	r, err := findReason(c.Reason, c.To)
	if err != nil {
		return err
	}
	return r.check(c.To, c.Note, c.Until)
}

// Do changes the stage and writes the history. A lead that field sales takes by itself needs no offer.
func (c *Move) Do(ctx context.Context, tx *db.Tx) error {
	who := act.By(ctx)
	m, err := begin(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	c.Lead, c.Was = m.lead.ID, m.from
	switch {
	case c.Was == c.To:
		return fault.New(fault.Conflict, "stage.same", fault.Args{"stage": c.To}).At("to")
	case !mayLeave(who, c.Was):
		return fault.New(fault.Forbidden, "stage.not_yours", fault.Args{"stage": c.Was})
	case c.Reason == "" && needsReason(c.Was, c.To):
		return fault.New(fault.Invalid, "stage.needs_reason", fault.Args{"from": c.Was, "to": c.To}).At("reason")
	}
	m.to, m.reason, m.note, m.until, m.who = c.To, c.Reason, c.Note, c.Until, who.ID
	if err := m.leaveHandover(ctx); err != nil {
		return err
	}
	if err := m.write(ctx); err != nil {
		return err
	}
	if c.To == SAL {
		return m.offer(ctx, who.Role == act.Field)
	}
	return nil
}

// change is one change of a stage on its way into the database.
type change struct {
	tx     *db.Tx
	lead   *lead.Lead
	from   string
	to     string
	reason string
	note   string
	until  int64
	who    id.ID // 0 = the product
}

// begin finds out where a lead stands, and holds it there until the transaction ends.
func begin(ctx context.Context, tx *db.Tx, who id.ID) (*change, error) {
	l, err := lead.ByID(ctx, tx, who) // follows merges
	if err != nil {
		return nil, err
	}
	if err := tx.Row(ctx, `SELECT id FROM lead WHERE id = $1 {postgres:FOR UPDATE}`, l.ID).Scan(&l.ID); err != nil {
		return nil, err
	}
	if l, err = lead.ByID(ctx, tx, l.ID); err != nil { // as it is now that we hold it
		return nil, err
	}
	if l.Gone != "" {
		return nil, fault.New(fault.NotFound, "stage.no_lead", nil)
	}
	from, err := Of(ctx, tx, l.ID)
	return &change{tx: tx, lead: l, from: from}, err
}

// Of is the stage of a lead now.
func Of(ctx context.Context, tx *db.Tx, who id.ID) (stage string, err error) {
	err = tx.Row(ctx, `SELECT stage FROM lead_state WHERE lead = $1`, who).Scan(&stage)
	if errors.Is(err, sql.ErrNoRows) {
		return Lead, nil
	}
	return stage, err
}

// Detail is what a person said beside the reason.
type Detail struct {
	Note  string `json:"note,omitempty"`
	Until int64  `json:"until,omitempty"` // ms UTC
}

// write keeps the history, lets follow what the reason brings, and tells of it.
func (c *change) write(ctx context.Context) error {
	detail := ""
	if d := (Detail{c.note, c.until}); d != (Detail{}) {
		text, _ := json.Marshal(d) // a text and a number: cannot fail
		detail = string(text)
	}
	err := Write(ctx, c.tx, []Change{{
		ID: c.tx.NewID(), Lead: c.lead.ID, Was: c.from, Became: c.to, Who: c.who, Reason: c.reason, Detail: detail,
	}})
	if err != nil {
		return err
	}
	if err := c.follow(ctx); err != nil {
		return err
	}
	c.tx.Post(Moved{c.lead.ID, c.to, c.tx.Now})
	return nil
}

// follow sets when a recycled lead is looked at again, and why somebody is no lead. Who was
// disqualified and is taken up again is a lead again, but a refusal stays until they consent.
func (c *change) follow(ctx context.Context) error {
	wake, excluded := int64(0), c.lead.Excluded
	if c.from == Disqualified && excluded != lead.ExcludedRefused {
		excluded = ""
	}
	if c.to != Recycled && c.to != Disqualified {
		return c.setLead(ctx, wake, excluded)
	}
	r, err := findReason(c.reason, c.to)
	if err != nil {
		return err
	}
	if c.until != 0 && c.until <= c.tx.Now {
		return fault.New(fault.Invalid, "stage.past", nil).At("until")
	}
	if c.to == Recycled {
		wake = r.Wake(c.tx.Now, c.until)
	}
	if r.Excludes == lead.ExcludedRefused {
		if err := c.refuse(ctx); err != nil { // which excludes
			return err
		}
		excluded = r.Excludes
	} else if excluded == "" {
		excluded = r.Excludes
	}
	return c.setLead(ctx, wake, excluded)
}

func (c *change) setLead(ctx context.Context, wake int64, excluded string) error {
	if wake == c.lead.WakeAt && excluded == c.lead.Excluded {
		return nil
	}
	_, err := lead.AlterOne(ctx, c.tx, c.lead.ID, func(l *lead.Lead) { l.WakeAt, l.Excluded = wake, excluded })
	return err
}

func (c *change) refuse(ctx context.Context) error {
	return consent.Add(ctx, c.tx, []consent.Entry{{Lead: c.lead.ID, Purpose: consent.All, Source: "stage", Wording: c.note}})
}

// Write adds rows to the history, of now. It does not move the leads: whoever writes keeps their state.
func Write(ctx context.Context, tx *db.Tx, list []Change) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{int64(c.ID), int64(c.Lead), tx.Now, c.Was, c.Became, int64(c.Who), c.Reason, c.Detail}
	}
	return tx.Many(ctx, `INSERT INTO stage_change (id, lead, at, was, became, who, reason, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, rows)
}
