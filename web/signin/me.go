package signin

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
)

// me is the page on which people look after their own account.
type me struct {
	Name     string
	Lang     i18n.Lang
	Password bool // false: signs in elsewhere only
	TOTP     bool
	Recovery int // codes that are left
	Passkeys []member.Passkey
	Named    bool // passkeys can be added here
	Sessions []member.Session
	Here     id.ID // the session of this page
	Works    bool  // on leads, so many a day
	Capacity *int  // leads a day; nil: the usual
	Usual    int
	SSO      string // the provider's name; "" if there is none
	Linked   bool   // the account signs in there
	Proved   bool   // and did so just now
	Fresh    bool   // signed in here just now
	Minutes  int    // for which either holds
}

const mePage = page.Of[me]("signin/me.html")

func findMe(r *page.Request) (v me, err error) {
	v.Name, v.Lang, v.Here, v.Named = r.Account.Name, r.Lang, r.Session.ID, place(r).Named()
	v.Works, v.Fresh, v.Minutes = act.Work.Holds(r.Who), justSignedIn(r), int(provedFor/clock.Minute)
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) error {
		var errs [4]error
		v.Password, errs[0] = member.HasPassword(ctx, tx, r.Account.ID)
		v.TOTP, v.Recovery, errs[1] = member.HasTOTP(ctx, tx, r.Account.ID)
		v.Passkeys, errs[2] = member.Passkeys(ctx, tx, r.Account.ID)
		v.Sessions, errs[3] = member.Sessions(ctx, tx, r.Account.ID)
		if err := v.readSSO(ctx, tx, r); err != nil {
			return err
		}
		capacity, err := setting.LeadCapacity(ctx, tx)
		v.Usual = capacity.Usual
		if own, ok := capacity.Accounts[r.Account.ID.String()]; ok {
			v.Capacity = &own
		}
		return errors.Join(append(errs[:], err)...)
	})
	return v, err
}

func (v *me) readSSO(ctx context.Context, tx *db.Tx, r *page.Request) error {
	sso, err := setting.SingleSignOn(ctx, tx)
	if err != nil || !sso.On() {
		return err
	}
	v.SSO, v.Proved = cmp.Or(sso.Name, "SSO"), proved(r)
	v.Linked, err = member.HasLink(ctx, tx, r.Account.ID, sso.Issuer)
	return err
}

func showMe(r *page.Request) error {
	v, err := findMe(r)
	if err != nil {
		return err
	}
	return mePage.Show(r, v)
}

// again shows the page once more, with what was wrong.
func again(r *page.Request, wrong error) error {
	v, err := findMe(r)
	if err != nil {
		return err
	}
	return mePage.Again(r, v, mistake(r, wrong))
}

// done carries a command out, and says so on the page.
func done(r *page.Request, c act.Command, key string) error {
	if err := r.Run(c); err != nil {
		return again(r, err)
	}
	return r.Done("/me", key, nil, "")
}

func changeProfile(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	c := &member.ChangeProfile{Account: r.Account.ID, FullName: form.Get("name"), Lang: i18n.Parse(form.Get("lang"))}
	if err := r.Run(c); err != nil {
		return again(r, err)
	}
	return r.Done("/me?lang="+string(c.Lang), "signin.saved", nil, "")
}

// changeCapacity keeps how many leads a day one can work on; an empty field stands for the usual. To take
// it back is to send the address with the number of before.
func changeCapacity(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	c := &setting.SetOwnCapacity{}
	if text := cmp.Or(form.Get("capacity"), r.URL.Query().Get("capacity")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			n = -1 // which is refused with the words for it
		}
		c.Leads = &n
	}
	if err := r.Run(c); err != nil {
		return again(r, err)
	}
	undo := "/me/capacity?capacity="
	if c.Before != nil {
		undo += strconv.Itoa(*c.Before)
	}
	return r.Done("/me", "signin.saved", nil, undo)
}

// proven asks for the present password before what a borrowed browser must not do. Who has none signs in again.
func proven(r *page.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	var has bool
	err := r.Lookup(func(ctx context.Context, tx *db.Tx) (err error) {
		has, err = member.HasPassword(ctx, tx, r.Account.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !has {
		return provenBySignIn(r)
	}
	err = member.VerifyPassword(r.Context(), r.Door().DB, r.Account.ID, secret(r, "current"), visitor(r))
	if fault.KindOf(err) == fault.Unauthenticated {
		return fault.New(fault.Invalid, "signin.current_wrong", nil).At("current")
	}
	return err
}

func changePassword(r *page.Request) error {
	if err := proven(r); err != nil {
		return again(r, err)
	}
	c := &member.SetPassword{Account: r.Account.ID, Password: secret(r, "password"), Keep: r.Session.ID}
	return done(r, c, "signin.password_changed")
}

func endSession(r *page.Request) error {
	session, err := r.ID("id")
	if err != nil {
		return err
	}
	return done(r, &member.EndSession{Account: r.Account.ID, Session: session}, "signin.session_ended")
}

func endOtherSessions(r *page.Request) error {
	return done(r, &member.EndOtherSessions{Account: r.Account.ID, Keep: r.Session.ID}, "signin.sessions_ended")
}

func removePasskey(r *page.Request) error {
	passkey, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := proven(r); err != nil {
		return again(r, err)
	}
	return done(r, &member.RemovePasskey{Account: r.Account.ID, Passkey: passkey}, "signin.passkey_removed")
}
