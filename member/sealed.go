package member

import (
	"context"
	"encoding/json"

	"kizashi/db"
	"kizashi/fault"
)

// sealedTicket is a ticket of somebody who is not known yet. The browser keeps it, sealed: a stranger who asks
// for many leaves nothing in the database.
type sealedTicket struct {
	Data  string `json:"data"`
	Until int64  `json:"until"` // ms UTC
}

// placeOfSealed ties a sealed ticket to what it is good for.
func placeOfSealed(kind string) string { return "ticket of " + kind }

// SealTicket makes a token that holds the ticket itself. It is good for so long, ms: at most TicketLife.
func SealTicket(d *db.DB, t Ticket, life int64) (token string, err error) {
	raw, err := json.Marshal(sealedTicket{t.Data, d.Clock.Now() + min(life, TicketLife)})
	if err != nil {
		return "", err
	}
	return d.Seal.Seal(string(raw), placeOfSealed(t.Kind))
}

// OpenTicket reads a sealed ticket; Conflict if it is too old, of another kind or not ours.
func OpenTicket(d *db.DB, kind, token string) (Ticket, error) {
	text, err := d.Seal.Open(token, placeOfSealed(kind))
	if err != nil {
		return Ticket{}, fault.New(fault.Conflict, "member.ticket", nil).Because(err)
	}
	var s sealedTicket
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return Ticket{}, err
	}
	if now := d.Clock.Now(); s.Until < now || s.Until > now+TicketLife {
		return Ticket{}, fault.New(fault.Conflict, "member.ticket", nil)
	}
	return Ticket{Kind: kind, Data: s.Data}, nil
}

// useSealed notes that a sealed ticket was used, once somebody has proved who they are: a second use is a Conflict.
func useSealed(ctx context.Context, tx *db.Tx, token string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM ticket WHERE expires_at < $1`, tx.Now); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO ticket (hash, kind, account, data, expires_at) VALUES ($1, 'used', 0, '', $2)
		ON CONFLICT (hash) DO NOTHING`, hashToken(token), tx.Now+TicketLife)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "member.ticket", nil)
	}
	return err
}
