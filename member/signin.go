package member

import (
	"context"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// SignIn tells whose address and password these are; Unauthenticated, after the same time, whether
// the address is unknown, the password wrong or the account disabled; Busy with the seconds to wait
// after too many failures. Whether a second factor is due is up to HasTOTP.
func SignIn(ctx context.Context, d *db.DB, email, password string, from Visitor) (Account, error) {
	email = NormalEmail(email)
	var known bool
	a, kept, err := passwordOf(ctx, d, func(tx *db.Tx) (Account, error) {
		a, err := accountWhere(ctx, tx, `a.email = $1 AND a.disabled_at = 0`, email)
		if err == nil {
			known, err = hasSessionFrom(ctx, tx, a.ID, from.Address)
		}
		return a, err
	})
	if err != nil {
		return Account{}, err
	}
	counters := countersOf(email, from.Address, known)
	if err := guess(ctx, d, counters, func() bool { return verifyPassword(password, kept) && a.ID != 0 }); err != nil {
		return Account{}, err
	}
	return a, nil
}

// VerifyPassword asks somebody who is signed in once more for their password, before what would be hard
// to take back; Unauthenticated if it is wrong, Busy after too many failures.
func VerifyPassword(ctx context.Context, d *db.DB, account id.ID, password string, from Visitor) error {
	a, kept, err := passwordOf(ctx, d, func(tx *db.Tx) (Account, error) { return FindAccount(ctx, tx, account) })
	if err != nil {
		return err
	}
	return guess(ctx, d, countersOf(a.Email, from.Address, true), func() bool { return verifyPassword(password, kept) && a.ID != 0 })
}

// passwordOf reads an account with the hash of its password; where there is none, nobody and the hash
// of a random text.
func passwordOf(ctx context.Context, d *db.DB, find func(*db.Tx) (Account, error)) (a Account, kept string, err error) {
	err = d.Lookup(ctx, func(tx *db.Tx) (err error) {
		if a, err = find(tx); err == nil {
			err = tx.Row(ctx, `SELECT password FROM account WHERE id = $1`, a.ID).Scan(&kept)
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return Account{}, nobody, nil
	}
	if kept == "" { // who signs in elsewhere has no password here
		kept = nobody
	}
	return a, kept, err
}

// guess looks at a guess where its counters allow one, and takes it off them if it was right.
func guess(ctx context.Context, d *db.DB, counters []counter, right func() bool) error {
	if err := attempt(ctx, d, counters); err != nil {
		return err
	}
	if !right() {
		return fault.New(fault.Unauthenticated, "member.sign_in", nil)
	}
	return d.Write(ctx, func(tx *db.Tx) error { return forgive(ctx, tx, counters) })
}
