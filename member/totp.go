package member

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"github.com/pquerna/otp/hotp"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// A code of RFC 6238 is good in its own 30 seconds, and in those before and after: clocks differ.
const (
	stepLength = 30 * clock.Second
	stepsAside = 1
)

// Codes for the day on which the telephone is lost.
const (
	recoveryCodes = 10
	recoveryLen   = 16 // characters of 5 random bits
)

// NewTOTP makes the secret that a telephone and we will share. It is kept by SetTOTP only, once a code
// has shown that the telephone has it.
func NewTOTP() string { return rand.Text() + rand.Text()[:6] } // 32 characters of base32: 160 bits, as RFC 4226 wants

// TOTPAddress is what the telephone reads off the picture (otpauth://…).
func TOTPAddress(a Account, secret string) string {
	values := url.Values{"secret": {secret}, "issuer": {"Kizashi"}}
	return "otpauth://totp/Kizashi:" + url.PathEscape(a.Email) + "?" + values.Encode()
}

// SetTOTP asks for codes at sign-in from now on. Recovery codes of before no longer count.
type SetTOTP struct {
	Account id.ID    `json:"account"`
	Secret  string   `json:"-"` // of NewTOTP
	Code    string   `json:"-"` // of the telephone
	Codes   []string `json:"-"` // result: recovery codes, shown once, never again
}

func (c *SetTOTP) Name() string         { return "member.set_totp" }
func (c *SetTOTP) Allow(w act.Who) bool { return w.ID != 0 && w.ID == c.Account }
func (c *SetTOTP) Check() error         { return nil }
func (c *SetTOTP) Target() id.ID        { return c.Account }

// Do keeps the secret, apart from the account.
func (c *SetTOTP) Do(ctx context.Context, tx *db.Tx) error {
	step, ok := stepOf(c.Secret, c.Code, tx.Now)
	if !ok {
		return fault.New(fault.Invalid, "member.code", nil).At("code")
	}
	sealed, err := tx.Seal().Seal(c.Secret, placeOfTOTP(c.Account))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO totp (account, secret, step, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, step = excluded.step, created_at = excluded.created_at`,
		c.Account, sealed, step, tx.Now)
	if err == nil {
		c.Codes, err = newRecoveryCodes(ctx, tx, c.Account)
	}
	return err
}

// placeOfTOTP ties a sealed secret to its account: copied to another row it does not open.
func placeOfTOTP(account id.ID) string { return "totp:" + account.String() }

// DropTOTP asks for codes no longer: everybody for themselves, an administrator for who lost the
// telephone and the recovery codes.
type DropTOTP struct {
	Account id.ID `json:"account"`
}

func (c *DropTOTP) Name() string { return "member.drop_totp" }
func (c *DropTOTP) Allow(w act.Who) bool {
	return act.Administer.Holds(w) || w.ID != 0 && w.ID == c.Account
}
func (c *DropTOTP) Check() error  { return nil }
func (c *DropTOTP) Target() id.ID { return c.Account }

// Do forgets the secret and the recovery codes.
func (c *DropTOTP) Do(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM totp WHERE account = $1`, c.Account)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM recovery_code WHERE account = $1`, c.Account)
	}
	return err
}

// DropAllTOTP takes the second factor from everybody: the key that opens them is lost.
func DropAllTOTP(ctx context.Context, tx *db.Tx) error {
	for _, query := range []string{`DELETE FROM totp`, `DELETE FROM recovery_code`, `DELETE FROM ticket`} {
		if _, err := tx.Exec(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// HasTOTP tells whether an account is asked for a code at sign-in, and how many recovery codes are left.
func HasTOTP(ctx context.Context, tx *db.Tx, account id.ID) (has bool, left int, err error) {
	n := 0
	err = tx.Row(ctx, `SELECT (SELECT count(*) FROM totp WHERE account = $1), (SELECT count(*) FROM recovery_code WHERE account = $1)`,
		account).Scan(&n, &left)
	return n > 0, left, err
}

// CheckCode looks at a code of the telephone or a recovery code; each is good once. Unauthenticated if
// it is wrong, Busy with the seconds to wait after too many failures.
func CheckCode(ctx context.Context, d *db.DB, account id.ID, code string) error {
	counters := []counter{{"code:" + account.String(), perCode}}
	if err := attempt(ctx, d, counters); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		err := useCode(ctx, tx, account, strings.ReplaceAll(code, " ", ""))
		if err == nil {
			err = forgive(ctx, tx, counters)
		}
		return err
	})
}

func useCode(ctx context.Context, tx *db.Tx, account id.ID, code string) error {
	used, err := tx.Exec(ctx, `DELETE FROM recovery_code WHERE account = $1 AND hash = $2`, account, hashRecovery(account, code))
	if err != nil || used > 0 {
		return err // recovery codes need no key: they work when it is lost
	}
	var sealed string
	err = tx.Row(ctx, `SELECT secret FROM totp WHERE account = $1`, account).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return wrongCode()
	}
	if err != nil {
		return err
	}
	secret, err := tx.Seal().Open(sealed, placeOfTOTP(account))
	if err != nil {
		return err
	}
	step, ok := stepOf(secret, code, tx.Now)
	if !ok {
		return wrongCode()
	}
	// Not the same code twice. A step that is still to come was kept while the clock ran ahead.
	used, err = tx.Exec(ctx, `UPDATE totp SET step = $2 WHERE account = $1 AND (step < $2 OR step > $3)`,
		account, step, tx.Now/stepLength+stepsAside)
	if err == nil && used == 0 {
		err = wrongCode()
	}
	return err
}

func wrongCode() error { return fault.New(fault.Unauthenticated, "member.code", nil) }

// stepOf is the half minute, counted from 1970, whose code this is; false if it is none of these days.
func stepOf(secret, code string, now int64) (step int64, ok bool) {
	for step = now/stepLength - stepsAside; step <= now/stepLength+stepsAside; step++ {
		want, err := hotp.GenerateCode(secret, uint64(step)) //nolint:gosec // after 1970
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// newRecoveryCodes replaces the recovery codes of an account. They are read off paper: no look-alikes.
func newRecoveryCodes(ctx context.Context, tx *db.Tx, account id.ID) ([]string, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_code WHERE account = $1`, account); err != nil {
		return nil, err
	}
	codes, rows := make([]string, recoveryCodes), make([][]any, recoveryCodes)
	for i := range codes {
		var b [recoveryLen * 5 / 8]byte
		rand.Read(b[:]) // never fails
		text := keyText.EncodeToString(b[:])
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		rows[i] = []any{hashRecovery(account, codes[i]), account}
	}
	return codes, tx.Many(ctx, `INSERT INTO recovery_code (hash, account) VALUES ($1, $2)`, rows)
}

// hashRecovery is how a recovery code is kept: 80 random bits need no slow hash.
func hashRecovery(account id.ID, code string) []byte {
	return hashToken(account.String() + strings.ToLower(strings.ReplaceAll(code, "-", "")))
}
