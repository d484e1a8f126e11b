package member

import (
	"context"
	"sync"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/testkit"
)

// offer makes a link for a new password, as an administrator does.
func offer(t *testing.T, door *act.Door, c *OfferReset) string {
	t.Helper()
	run(t, door, act.Who{ID: 1, Role: act.Admin}, c)
	return c.Token
}

func TestALinkForANewPassword(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		door.DB.Clock.Set(door.DB.Clock.Now())
		hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
		account := Account{ID: hanako, Role: act.Viewer}
		wantKey(t, door.Run(ctx, account.Who(), &OfferReset{Account: hanako}), "fault.forbidden")
		token, _, err := StartSession(ctx, door, account, "password", Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		waiting, err := IssueTicket(ctx, door.DB, Ticket{Kind: "code", Account: hanako})
		if err != nil {
			t.Fatal(err)
		}
		former := offer(t, door, &OfferReset{Account: hanako})
		link := offer(t, door, &OfferReset{Account: hanako})
		for _, bad := range []string{"", "x", former, waiting} {
			wantKey(t, door.Run(ctx, act.Who{}, &ResetPassword{Token: bad, Password: good + "2"}), "member.no_reset")
		}
		wantKey(t, door.Run(ctx, act.Who{}, &ResetPassword{Token: link, Password: "short"}), "member.password.short")
		if _, _, err := FindSession(ctx, door.DB, token); err != nil {
			t.Error("an unused link ends sessions:", err)
		}
		for range perPair.free + 1 {
			_, _ = SignIn(ctx, door.DB, "hanako@example.jp", "guess", Visitor{Address: "192.0.2.1"})
		}
		errs := make([]error, 3)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = door.Run(ctx, act.Who{}, &ResetPassword{Token: link, Password: good + "2"}) })
		}
		all.Wait()
		used := 0
		for _, err := range errs {
			if err == nil {
				used++
			} else {
				wantKey(t, err, "member.no_reset")
			}
		}
		if used != 1 {
			t.Error(used, "uses of one link")
		}
		if _, _, err := FindSession(ctx, door.DB, token); err == nil {
			t.Error("a session outlives the password")
		}
		_, err = FindTicket(ctx, door.DB, "code", waiting)
		wantKey(t, err, "member.ticket")
		if _, err := SignIn(ctx, door.DB, "hanako@example.jp", good+"2", Visitor{Address: "192.0.2.1"}); err != nil {
			t.Error("the new password:", err) // and what was guessed before does not make its owner wait
		}
	})
}

func TestALinkForANewPasswordEnds(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		door.DB.Clock.Set(door.DB.Clock.Now())
		addUser(t, door, "admin@example.jp", act.Admin) // who stays
		hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
		find := func(link string) error {
			return door.DB.Read(ctx, func(tx *db.Tx) error { _, err := FindReset(ctx, tx, link); return err })
		}
		link := offer(t, door, &OfferReset{Account: hanako})
		if err := find(link); err != nil {
			t.Fatal(err)
		}
		run(t, door, act.Product, &DisableUser{Account: hanako})
		wantKey(t, find(link), "member.no_reset")
		wantKey(t, door.Run(ctx, act.Product, &OfferReset{Account: hanako}), "member.no_account")
		run(t, door, act.Product, &EnableUser{Account: hanako})
		link = offer(t, door, &OfferReset{Account: hanako})
		door.DB.Clock.Set(door.DB.Clock.Now() + ResetLife + 1)
		wantKey(t, find(link), "member.no_reset")
	})
}
