package signin

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/member"
	"kizashi/page"
)

// guests are the accounts of a demonstration that anybody may be.
func guests(ctx context.Context, tx *db.Tx, r *page.Request) (list []member.Account, err error) {
	emails := r.Site().Guests
	if len(emails) == 0 {
		return nil, nil
	}
	all, err := member.Accounts(ctx, tx)
	for _, email := range emails {
		at := slices.IndexFunc(all, func(a member.Account) bool { return a.Email == email && a.DisabledAt == 0 })
		if at >= 0 {
			list = append(list, all[at])
		}
	}
	return list, err
}

// beGuest signs in without a password, where the installation is a demonstration.
func beGuest(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	var list []member.Account
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = guests(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(a member.Account) bool { return a.Email == form.Get("email") })
	if at < 0 {
		return fault.New(fault.NotFound, "signin.no_guest", nil)
	}
	return enter(r, list[at], "demo", nextOf(form))
}
