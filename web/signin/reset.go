package signin

import (
	"context"

	"kizashi/db"
	"kizashi/member"
	"kizashi/page"
)

// resetting is the page to which the link for a new password leads. Opening it changes nothing: what
// follows links in mails uses none up.
type resetting struct {
	Token string
	Email string
}

const resetPage = page.Of[resetting]("signin/reset.html")

func findReset(r *page.Request) (v resetting, err error) {
	v.Token = r.PathValue("token")
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) error {
		a, err := member.FindReset(ctx, tx, v.Token)
		v.Email = a.Email
		return err
	})
	return v, err
}

func showReset(r *page.Request) error {
	v, err := findReset(r)
	if err != nil {
		return err
	}
	return resetPage.Show(r, v)
}

// reset leads to the page to sign in: a second factor is asked for there.
func reset(r *page.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	v, err := findReset(r)
	if err != nil {
		return err // no password is hashed for strangers
	}
	if err := r.Run(&member.ResetPassword{Token: v.Token, Password: secret(r, "password")}); err != nil {
		return resetPage.Again(r, v, err)
	}
	return r.Done("/sign-in", "signin.reset.done", nil, "")
}
