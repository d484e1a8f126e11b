package stage

import (
	"context"
	"strings"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/setting"
)

// Handover is one offer of a lead to field sales, with the time by which it is answered (X05).
type Handover struct {
	ID         id.ID  `json:"id"`
	Lead       id.ID  `json:"lead"`
	State      string `json:"state"`
	OfferedAt  int64  `json:"offered_at"`
	DueAt      int64  `json:"due_at"`      // ms UTC, in open time of the business calendar; Never = no clock
	AnsweredAt int64  `json:"answered_at"` // 0 = not yet
	Reason     string `json:"reason"`      // of a return
	Note       string `json:"note"`
	Who        id.ID  `json:"who"` // answered
}

// States of a hand-over.
const (
	Offered   = "offered"
	Accepted  = "accepted"
	Returned  = "returned"  // with a reason
	Expired   = "expired"   // nobody answered in time; it can still be accepted or returned
	Withdrawn = "withdrawn" // the lead went elsewhere meanwhile
)

// Overdue tells that nobody answered an offer in time: somebody else has to hear of it.
type Overdue struct{ Lead, Handover id.ID }

// HandoverOffered tells that a lead waits for field sales; HandoverReturned that it came back.
type (
	HandoverOffered  struct{ Lead, Handover id.ID }
	HandoverReturned struct{ Lead, Handover id.ID }
)

// CalendarOf is when the company works, by its settings, and how long it works on a day.
func CalendarOf(ctx context.Context, tx *db.Tx) (c Calendar, perDay time.Duration, err error) {
	hours, err := setting.BusinessHours(ctx, tx)
	if err != nil {
		return c, 0, err
	}
	zone, err := setting.TimeZone(ctx, tx)
	if err != nil {
		return c, 0, err
	}
	span := Span{minuteOf(hours.From), minuteOf(hours.To)}
	c = Calendar{Zone: zone, Holidays: true, YearEnd: true}
	for _, day := range hours.Days {
		c.Hours[day] = []Span{span}
	}
	for _, text := range hours.Closed {
		if t, err := time.Parse(time.DateOnly, text); err == nil { // checked when it was set
			c.Closed = append(c.Closed, dayOf(t))
		}
	}
	return c, time.Duration(span.To-span.From) * time.Minute, nil
}

// minuteOf is the minute of the day of "09:30", which was checked when it was set.
func minuteOf(text string) int {
	t, _ := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute()
}

// offer opens a hand-over with its clock; one that field sales takes by itself is accepted at once.
func (c *change) offer(ctx context.Context, taken bool) error {
	open, perDay, err := CalendarOf(ctx, c.tx)
	if err != nil {
		return err
	}
	days, err := setting.HandoverDays(ctx, c.tx)
	if err != nil {
		return err
	}
	h := Handover{ID: c.tx.NewID(), Lead: c.lead.ID, State: Offered, OfferedAt: c.tx.Now,
		DueAt: open.Add(c.tx.Now, time.Duration(days)*perDay)}
	if taken {
		h.State, h.AnsweredAt, h.Who = Accepted, c.tx.Now, c.who
	}
	_, err = c.tx.Exec(ctx, `INSERT INTO handover (id, lead, state, offered_at, due_at, answered_at, who)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, h.ID, h.Lead, h.State, h.OfferedAt, h.DueAt, h.AnsweredAt, h.Who)
	if err != nil || taken {
		return err
	}
	c.tx.Post(HandoverOffered{h.Lead, h.ID})
	if h.DueAt == Never {
		return nil
	}
	_, err = job.Add(ctx, c.tx, job.Spec{Kind: JobExpire, Key: JobExpire + "/" + h.ID.String(), Payload: h.ID, RunAt: h.DueAt})
	return err
}

// leaveHandover ends the hand-over of a lead that a person moves on: pursuing it accepts it.
func (c *change) leaveHandover(ctx context.Context) error {
	h, err := Last(ctx, c.tx, c.lead.ID)
	if err != nil || h == nil || h.State != Offered && h.State != Expired {
		return err
	}
	h.State = Withdrawn
	if c.to == SQL || c.to == Won {
		h.State = Accepted
	}
	h.Reason, h.Note = c.reason, c.note
	return h.answer(ctx, c.tx, c.who)
}

func (h *Handover) answer(ctx context.Context, tx *db.Tx, who id.ID) error {
	h.AnsweredAt, h.Who = tx.Now, who
	_, err := tx.Exec(ctx, `UPDATE handover SET state = $2, answered_at = $3, reason = $4, note = $5, who = $6 WHERE id = $1`,
		h.ID, h.State, h.AnsweredAt, h.Reason, h.Note, h.Who)
	return err
}

// OfferReady offers a lead that passed the gate to field sales, by the product itself (P25). What came
// back is not offered again until somebody has asked and heard something new.
func OfferReady(ctx context.Context, tx *db.Tx, who id.ID) error {
	c, err := begin(ctx, tx, who)
	if err != nil || c.from != TQL {
		return err
	}
	last, err := Last(ctx, tx, c.lead.ID)
	if err != nil {
		return err
	}
	if last != nil {
		var heard int64
		err := tx.Row(ctx, `SELECT COALESCE(MAX(at), 0) FROM hearing WHERE lead = $1`, c.lead.ID).Scan(&heard)
		if err != nil || heard <= last.AnsweredAt {
			return err
		}
	}
	c.to, c.reason = SAL, ReasonGate
	if err := c.write(ctx); err != nil {
		return err
	}
	return c.offer(ctx, false)
}

// Accept takes an offered lead.
type Accept struct {
	Handover id.ID `json:"handover"`
	Lead     id.ID `json:"lead"` // result
}

// Name says which command this is.
func (c *Accept) Name() string { return "stage.accept" }

// Allow lets field sales accept.
func (c *Accept) Allow(w act.Who) bool { return act.Sell.Holds(w) }

// Check needs nothing.
func (c *Accept) Check() error { return nil }

// Target is the lead.
func (c *Accept) Target() id.ID { return c.Lead }

// Do accepts, also after the time has passed; who accepts owns the lead.
func (c *Accept) Do(ctx context.Context, tx *db.Tx) error {
	who := act.By(ctx)
	h, m, err := answering(ctx, tx, c.Handover, Offered, Expired)
	if err != nil {
		return err
	}
	c.Lead, h.State = m.lead.ID, Accepted
	if err := h.answer(ctx, tx, who.ID); err != nil {
		return err
	}
	// A key that accepts for somebody owns nothing.
	var accounts int
	err = tx.Row(ctx, `SELECT COUNT(*) FROM account WHERE id = $1`, who.ID).Scan(&accounts)
	if err == nil && accounts > 0 {
		_, err = lead.AlterOne(ctx, tx, c.Lead, func(l *lead.Lead) { l.Owner = who.ID })
	}
	return err
}

// Return gives a lead back with a reason, which says where it goes.
type Return struct {
	Handover id.ID  `json:"handover"`
	Reason   string `json:"reason"` // a code of Reasons
	Note     string `json:"note"`
	Until    int64  `json:"until"` // as in Move
	To       string `json:"to"`    // TQL, Recycled or Disqualified; "" = where the reason leads
	Lead     id.ID  `json:"lead"`  // result
}

// Name says which command this is.
func (c *Return) Name() string { return "stage.return" }

// Allow lets field sales return.
func (c *Return) Allow(w act.Who) bool { return act.Sell.Holds(w) }

// Target is the lead.
func (c *Return) Target() id.ID { return c.Lead }

// Check finds out where the lead goes.
func (c *Return) Check() error {
	c.Reason = strings.TrimSpace(c.Reason)
	if err := checkTexts(c.Reason, c.Note); err != nil {
		return err
	}
	to := c.To
	if to == "" || to == TQL { // back to inside sales is always possible
		to = Disqualified // which every reason may lead to
	} else if to != Recycled && to != Disqualified {
		return fault.New(fault.Invalid, "stage.return_to", nil).At("to")
	}
	r, err := findReason(c.Reason, to)
	if err != nil {
		return err
	}
	if c.To == "" {
		c.To = r.To
	}
	return r.check(c.To, c.Note, c.Until)
}

// Do returns, also what was accepted, as long as it is not pursued as SQL.
func (c *Return) Do(ctx context.Context, tx *db.Tx) error {
	who := act.By(ctx)
	h, m, err := answering(ctx, tx, c.Handover, Offered, Expired, Accepted)
	if err != nil {
		return err
	}
	c.Lead = m.lead.ID
	h.State, h.Reason, h.Note = Returned, c.Reason, c.Note
	if err := h.answer(ctx, tx, who.ID); err != nil {
		return err
	}
	m.to, m.reason, m.note, m.until, m.who = c.To, c.Reason, c.Note, c.Until, who.ID
	tx.Post(HandoverReturned{c.Lead, h.ID})
	return m.write(ctx)
}

// answering finds a hand-over in one of the states whose lead is still offered.
func answering(ctx context.Context, tx *db.Tx, handover id.ID, states ...string) (*Handover, *change, error) {
	h, err := FindHandover(ctx, tx, handover)
	if err != nil {
		return nil, nil, err
	}
	m, err := begin(ctx, tx, h.Lead)
	if err != nil {
		return nil, nil, err
	}
	if h, err = FindHandover(ctx, tx, handover); err != nil { // again, now that nobody else answers
		return nil, nil, err
	}
	for _, s := range states {
		if h.State == s && m.from == SAL {
			return h, m, nil
		}
	}
	return nil, nil, fault.New(fault.Conflict, "stage.answered", fault.Args{"state": h.State, "stage": m.from})
}
