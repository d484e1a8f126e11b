package member

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const accountColumns = `id, email, name, role, created_at, disabled_at`

func scanAccount(scan func(...any) error) (a Account, err error) {
	err = scan(&a.ID, &a.Email, &a.Name, &a.Role, &a.CreatedAt, &a.DisabledAt)
	return a, err
}

// FindAccount is the account of an id; NotFound if there is none.
func FindAccount(ctx context.Context, tx *db.Tx, account id.ID) (Account, error) {
	a, err := scanAccount(tx.Row(ctx, `SELECT `+accountColumns+` FROM account WHERE id = $1`, account).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = noAccount()
	}
	return a, err
}

// Accounts are all accounts, by name.
func Accounts(ctx context.Context, tx *db.Tx) (list []Account, err error) {
	err = tx.Each(ctx, `SELECT `+accountColumns+` FROM account ORDER BY name, id`, nil, func(scan func(...any) error) error {
		a, err := scanAccount(scan)
		list = append(list, a)
		return err
	})
	return list, err
}

// Keys are all keys, the newest first.
func Keys(ctx context.Context, tx *db.Tx) (list []Key, err error) {
	err = tx.Each(ctx, `SELECT id, name, role, created_at, revoked_at FROM api_key ORDER BY id DESC`, nil,
		func(scan func(...any) error) error {
			var k Key
			err := scan(&k.ID, &k.Name, &k.Role, &k.CreatedAt, &k.RevokedAt)
			list = append(list, k)
			return err
		})
	return list, err
}

// SignIn tells whose address and password these are; Unauthenticated, after the same time, whether
// the address is unknown, the password wrong or the account disabled.
func SignIn(ctx context.Context, d *db.DB, email, password string) (act.Who, error) {
	var a Account
	kept := nobody
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		return tx.Row(ctx, `SELECT `+accountColumns+`, password FROM account WHERE email = $1 AND disabled_at = 0`,
			NormalEmail(email)).Scan(&a.ID, &a.Email, &a.Name, &a.Role, &a.CreatedAt, &a.DisabledAt, &kept)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return act.Who{}, err
	}
	if fits := verifyPassword(password, kept); !fits || a.ID == 0 {
		return act.Who{}, fault.New(fault.Unauthenticated, "member.sign_in", nil)
	}
	return a.Who(), nil
}

func noAccount() error { return fault.New(fault.NotFound, "member.no_account", nil) }
