package member

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Ticket is what a browser brings back within minutes, once: between password and code, between a
// passkey's challenge and its answer, from a provider of single sign-on. It stands in the database,
// so that any node can take it back.
type Ticket struct {
	Kind    string // one is never good for another
	Account id.ID  // 0 while nobody is known
	Data    string // what the browser must not see or change
}

// placeOfTicket ties sealed data to its row.
func placeOfTicket(token string) string { return "ticket:" + string(hashToken(token)) }

// sealed is the data as it is kept: it may be a secret that a telephone is about to learn.
func (t Ticket) sealed(tx *db.Tx, token string) (string, error) {
	if t.Data == "" {
		return "", nil
	}
	return tx.Seal().Seal(t.Data, placeOfTicket(token))
}

// unseal makes the data readable again.
func (t *Ticket) unseal(tx *db.Tx, token string) (err error) {
	if t.Data != "" {
		t.Data, err = tx.Seal().Open(t.Data, placeOfTicket(token))
	}
	return err
}

// TicketLife is how long a ticket is good, in ms.
const TicketLife = 10 * clock.Minute

// maxTickets is how many tickets of one kind an account has at most: whoever knows its password cannot fill the
// database with sign-ins that wait for a code.
const maxTickets = 20

// IssueTicket keeps a ticket and gives the token for it. Of too many of an account the oldest is good no longer.
func IssueTicket(ctx context.Context, d *db.DB, t Ticket) (token string, err error) {
	token = newToken()
	return token, d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM ticket WHERE expires_at < $1`, tx.Now); err != nil {
			return err
		}
		if err := keepTicket(ctx, tx, token, t, tx.Now+TicketLife); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM ticket WHERE hash IN (SELECT hash FROM ticket WHERE kind = $1 AND account = $2 AND hash <> $3
			ORDER BY expires_at DESC LIMIT {sqlite:-1}{postgres:ALL} OFFSET $4)`, t.Kind, t.Account, hashToken(token), maxTickets-1)
		return err
	})
}

// FindTicket looks at a ticket that stays good: a mistyped code may be tried again. Conflict if it is
// used, too old or of another kind.
func FindTicket(ctx context.Context, d *db.DB, kind, token string) (t Ticket, err error) {
	err = d.Lookup(ctx, func(tx *db.Tx) error {
		err := tx.Row(ctx, `SELECT kind, account, data FROM ticket WHERE hash = $1 AND kind = $2 AND expires_at >= $3`,
			hashToken(token), kind, tx.Now).Scan(&t.Kind, &t.Account, &t.Data)
		if err != nil {
			return err
		}
		return t.unseal(tx, token)
	})
	return t, goneTicket(err)
}

// TakeTicket takes a ticket back, once; errors as FindTicket.
func TakeTicket(ctx context.Context, d *db.DB, kind, token string) (t Ticket, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		t, err = takeTicket(ctx, tx, kind, token)
		return err
	})
	return t, goneTicket(err)
}

// takeTicket takes a ticket back within a transaction; sql.ErrNoRows if it is gone.
func takeTicket(ctx context.Context, tx *db.Tx, kind, token string) (t Ticket, err error) {
	err = tx.Row(ctx, `DELETE FROM ticket WHERE hash = $1 AND kind = $2 AND expires_at >= $3 RETURNING kind, account, data`,
		hashToken(token), kind, tx.Now).Scan(&t.Kind, &t.Account, &t.Data)
	if err != nil {
		return t, err
	}
	return t, t.unseal(tx, token)
}

// keepTicket keeps what a token is good for, until a moment.
func keepTicket(ctx context.Context, tx *db.Tx, token string, t Ticket, until int64) error {
	data, err := t.sealed(tx, token)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ticket (hash, kind, account, data, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		hashToken(token), t.Kind, t.Account, data, until)
	return err
}

// dropTickets makes the tickets of an account worthless, those of no account by 0, of one kind.
func dropTickets(ctx context.Context, tx *db.Tx, kind string, account id.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM ticket WHERE kind = $1 AND account = $2`, kind, account)
	return err
}

func goneTicket(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Conflict, "member.ticket", nil)
	}
	return err
}
