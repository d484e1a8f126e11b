package member

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

const accountColumns = `a.id, a.email, a.name, a.role, a.lang, a.team, a.created_at, a.disabled_at`

func (a *Account) fields() []any {
	return []any{&a.ID, &a.Email, &a.Name, &a.Role, &a.Lang, &a.Team, &a.CreatedAt, &a.DisabledAt}
}

// FindAccount is the account of an id; NotFound if there is none.
func FindAccount(ctx context.Context, tx *db.Tx, account id.ID) (Account, error) {
	return accountWhere(ctx, tx, `a.id = $1`, account)
}

// FindAccountOf is the account of a mail address; NotFound if there is none.
func FindAccountOf(ctx context.Context, tx *db.Tx, email string) (Account, error) {
	return accountWhere(ctx, tx, `a.email = $1`, NormalEmail(email))
}

// accountWhere is the one account that fits a condition; NotFound if none does.
func accountWhere(ctx context.Context, tx *db.Tx, condition string, args ...any) (a Account, err error) {
	err = tx.Row(ctx, `SELECT `+accountColumns+` FROM account a WHERE `+condition, args...).Scan(a.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = noAccount()
	}
	return a, err
}

// Accounts are all accounts, by name.
func Accounts(ctx context.Context, tx *db.Tx) (list []Account, err error) {
	err = tx.Each(ctx, `SELECT `+accountColumns+` FROM account a ORDER BY a.name, a.id`, nil, func(scan func(...any) error) error {
		var a Account
		err := scan(a.fields()...)
		list = append(list, a)
		return err
	})
	return list, err
}

// HasPassword tells whether an account signs in with a password; else it does so elsewhere, or with a passkey.
func HasPassword(ctx context.Context, tx *db.Tx, account id.ID) (bool, error) {
	n := 0
	err := tx.Row(ctx, `SELECT count(*) FROM account WHERE id = $1 AND password <> ''`, account).Scan(&n)
	return n > 0, err
}

// Keys are all keys, the newest first.
func Keys(ctx context.Context, tx *db.Tx) (list []Key, err error) {
	err = tx.Each(ctx, `SELECT id, name, role, created_at, revoked_at, expires_at, used_at FROM api_key ORDER BY id DESC`, nil,
		func(scan func(...any) error) error {
			var k Key
			err := scan(&k.ID, &k.Name, &k.Role, &k.CreatedAt, &k.RevokedAt, &k.ExpiresAt, &k.UsedAt)
			list = append(list, k)
			return err
		})
	return list, err
}

func noAccount() error { return fault.New(fault.NotFound, "member.no_account", nil) }

// KeyOf is the key of an id; NotFound if there is none.
func KeyOf(ctx context.Context, tx *db.Tx, key id.ID) (k Key, err error) {
	err = tx.Row(ctx, `SELECT id, name, role, created_at, revoked_at, expires_at, used_at FROM api_key WHERE id = $1`, key).
		Scan(&k.ID, &k.Name, &k.Role, &k.CreatedAt, &k.RevokedAt, &k.ExpiresAt, &k.UsedAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "member.no_key", nil)
	}
	return k, err
}
