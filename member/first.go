package member

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"math"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
)

// ticketSetUp is the kind of the code that OpenSetUp makes.
const ticketSetUp = "set_up"

// setUpBits are the random bits of the code: nobody guesses 80 over a network, and a person can type 16 characters.
const setUpBits = 80

// OpenSetUp makes the code without which nobody makes the first account: whoever reads the terminal of the
// server is its owner, and the first stranger to find its address is not. A code of before is good no longer.
// "" where there is an account already.
func OpenSetUp(ctx context.Context, d *db.DB) (code string, err error) {
	var b [setUpBits / 8]byte
	rand.Read(b[:]) // never fails
	text := keyText.EncodeToString(b[:])
	err = d.Write(ctx, func(tx *db.Tx) error {
		code = ""
		none, err := Empty(ctx, tx)
		if err != nil || !none {
			return err
		}
		code = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		if err := dropTickets(ctx, tx, ticketSetUp, 0); err != nil {
			return err
		}
		return keepTicket(ctx, tx, plainCode(code), Ticket{Kind: ticketSetUp}, math.MaxInt64)
	})
	return code, err
}

// plainCode is a code however it was typed.
func plainCode(code string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "", "\u3000", "").Replace(code))
}

// CheckSetUp tells whether a code opens the set-up; Invalid if it does not. It stays good.
func CheckSetUp(ctx context.Context, d *db.DB, code string) error {
	_, err := FindTicket(ctx, d, ticketSetUp, plainCode(code))
	if fault.KindOf(err) == fault.Conflict {
		err = wrongSetUp()
	}
	return err
}

func wrongSetUp() error { return fault.New(fault.Invalid, "member.set_up_code", nil).At("code") }

// AddFirst makes the first account, an administrator, where there is none yet; Conflict where there is one.
type AddFirst struct {
	Email    string    `json:"email"`
	FullName string    `json:"name"`
	Lang     i18n.Lang `json:"lang"`
	Password string    `json:"-"`
	Code     string    `json:"-"`       // of OpenSetUp
	Account  Account   `json:"account"` // result

	hash string // made by Check, as in AddUser
}

func (c *AddFirst) Name() string       { return "member.add_first" }
func (c *AddFirst) Allow(act.Who) bool { return true } // Do lets only the first one in, who has the code
func (c *AddFirst) Target() id.ID      { return c.Account.ID }

// Check also brings the address into the form in which it is kept.
func (c *AddFirst) Check() error {
	c.Email = NormalEmail(c.Email)
	err := all(checkEmail(c.Email), checkName(c.FullName), checkPassword(c.Password, c.Email))
	if err == nil {
		c.hash = hashPassword(c.Password)
	}
	return err
}

// Do looks under a lock: two who come first at the same moment are one too many.
func (c *AddFirst) Do(ctx context.Context, tx *db.Tx) error {
	if tx.Engine() == db.Postgres {
		if _, err := tx.Exec(ctx, `{postgres:LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE}`); err != nil {
			return err
		}
	}
	none, err := Empty(ctx, tx)
	if err != nil {
		return err
	}
	if !none {
		return fault.New(fault.Conflict, "member.set_up", nil)
	}
	if _, err = takeTicket(ctx, tx, ticketSetUp, plainCode(c.Code)); errors.Is(err, sql.ErrNoRows) {
		err = wrongSetUp()
	}
	if err != nil {
		return err
	}
	c.Account, err = insertAccount(ctx, tx, Account{Email: c.Email, Name: c.FullName, Role: act.Admin, Lang: c.Lang}, c.hash)
	return err
}

// Empty tells whether there is no account at all.
func Empty(ctx context.Context, tx *db.Tx) (bool, error) {
	some := 0
	err := tx.Row(ctx, `SELECT count(*) FROM (SELECT 1 FROM account LIMIT 1) AS one`).Scan(&some)
	return some == 0, err
}
