package member

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/testkit"
)

func invite(t *testing.T, door *act.Door, email string, role act.Role) *Invite {
	t.Helper()
	c := &Invite{Email: email, Role: role}
	run(t, door, act.Who{ID: 5, Role: act.Admin}, c)
	return c
}

func invitations(t *testing.T, door *act.Door) (list []Invitation) {
	t.Helper()
	err := door.DB.Read(context.Background(), func(tx *db.Tx) (err error) { list, err = Invitations(context.Background(), tx); return err })
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAnInvitationMakesOneAccount(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		link := invite(t, door, " Hanako@Example.jp", act.Inside)
		if list := invitations(t, door); len(list) != 1 || list[0].Email != "hanako@example.jp" || list[0].Role != act.Inside || list[0].Host != 5 {
			t.Fatal(list)
		}
		accept := make([]*Accept, 4)
		errs := make([]error, len(accept))
		var all sync.WaitGroup
		for i := range accept {
			accept[i] = &Accept{FullName: "田中花子", Lang: i18n.English, Password: good, Token: link.Token}
			all.Go(func() { errs[i] = door.Run(ctx, act.Who{}, accept[i]) })
		}
		all.Wait()
		made := 0
		for i, err := range errs {
			if err == nil {
				made++
				if a := accept[i].Account; a.Email != "hanako@example.jp" || a.Role != act.Inside || a.Lang != i18n.English {
					t.Error(a)
				}
			}
		}
		if made != 1 || len(invitations(t, door)) != 0 {
			t.Errorf("%d accounts of one link: %v", made, errs)
		}
		if a, err := SignIn(ctx, door.DB, "hanako@example.jp", good, desk); err != nil || a.Name != "田中花子" {
			t.Error(a, err)
		}
		wantKey(t, door.Run(ctx, act.Who{Role: act.Admin}, &Invite{Email: "hanako@example.jp", Role: act.Field}), "member.taken")
	})
}

func TestInvitationsEnd(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		accept := func(token string) error {
			return door.Run(ctx, act.Who{}, &Accept{FullName: "花子", Password: good, Token: token})
		}
		first := invite(t, door, "hanako@example.jp", act.Admin)
		second := invite(t, door, "hanako@example.jp", act.Viewer)
		wantKey(t, accept(first.Token), "member.no_invitation") // the later link counts
		wantKey(t, accept("x"), "member.no_invitation")
		run(t, door, act.Product, &RevokeInvitation{second.Invitation})
		wantKey(t, accept(second.Token), "member.no_invitation")
		third := invite(t, door, "hanako@example.jp", act.Viewer)
		wantKey(t, door.Run(ctx, act.Who{}, &Accept{FullName: "花子", Password: "hanako@example.jp", Token: third.Token}), "member.password.common")
		ahead(door, InvitationLife)
		wantKey(t, accept(third.Token), "member.no_invitation")
		if list := invitations(t, door); len(list) != 0 {
			t.Error(list)
		}
		wantKey(t, door.Run(ctx, act.Product, &Invite{Email: "x@example.jp", Role: act.Viewer, Team: 9}), "member.no_team")
		for _, role := range []act.Role{act.Marketing, act.Viewer, ""} {
			if err := door.Run(ctx, act.Who{ID: 7, Role: role}, &Invite{Email: "x@example.jp", Role: act.Admin}); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s invites: %v", role, err)
			}
		}
	})
}

func TestTeams(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako := addUser(t, door, "hanako@example.jp", act.Inside)
		east, west := &AddTeam{Label: " 東日本 "}, &AddTeam{Label: "西日本"}
		run(t, door, act.Product, east)
		run(t, door, act.Product, west)
		wantKey(t, door.Run(ctx, act.Product, &AddTeam{Label: "東日本"}), "member.team_taken")
		wantKey(t, door.Run(ctx, act.Product, &RenameTeam{west.Team, "東日本"}), "member.team_taken")
		run(t, door, act.Product, &RenameTeam{west.Team, "関西"})
		run(t, door, act.Product, &JoinTeam{hanako, west.Team})
		wantKey(t, door.Run(ctx, act.Product, &JoinTeam{hanako, 9}), "member.no_team")
		members := func() (teams []Team, people []Account) {
			err := door.DB.Read(ctx, func(tx *db.Tx) error {
				var err1, err2 error
				teams, err1 = Teams(ctx, tx)
				people, err2 = TeamMembers(ctx, tx, west.Team)
				return errors.Join(err1, err2)
			})
			if err != nil {
				t.Fatal(err)
			}
			return teams, people
		}
		if teams, people := members(); len(teams) != 2 || len(people) != 1 || people[0].ID != hanako || people[0].Team != west.Team {
			t.Error(teams, people)
		}
		run(t, door, act.Product, &RemoveTeam{west.Team})
		if teams, people := members(); len(teams) != 1 || len(people) != 0 {
			t.Error(teams, people)
		}
	})
}

func TestTheFirstAccountIsOneAndAdministrates(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		former, err := OpenSetUp(ctx, door.DB)
		if err != nil {
			t.Fatal(err)
		}
		code, err := OpenSetUp(ctx, door.DB) // as at the next start
		if err != nil || CheckSetUp(ctx, door.DB, " "+strings.ToUpper(code)) != nil {
			t.Fatal(code, err)
		}
		for _, wrong := range []string{"", "abcd-efgh-jkmn-pqrs", former} {
			wantKey(t, CheckSetUp(ctx, door.DB, wrong), "member.set_up_code")
			c := &AddFirst{Email: "x@example.jp", FullName: "管理者", Password: good, Code: wrong}
			wantKey(t, door.Run(ctx, act.Who{}, c), "member.set_up_code")
		}
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			c := &AddFirst{Email: string(rune('a'+i)) + "@example.jp", FullName: "管理者", Password: good, Code: code}
			all.Go(func() { errs[i] = door.Run(ctx, act.Who{}, c) })
		}
		all.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else {
				wantKey(t, err, "member.set_up")
			}
		}
		var accounts []Account
		err = door.DB.Read(ctx, func(tx *db.Tx) (err error) { accounts, err = Accounts(ctx, tx); return err })
		if err != nil || made != 1 || len(accounts) != 1 || accounts[0].Role != act.Admin {
			t.Error(made, accounts, err)
		}
		if code, err := OpenSetUp(ctx, door.DB); code != "" || err != nil {
			t.Error("a code though there is an account:", code, err)
		}
	})
}

func TestPeopleFromOutside(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		rule := Admission{Domains: []string{"example.jp"}, Role: act.Viewer}
		admit := func(subject, email string, verified bool) (Account, error) {
			c := &Admit{Outsider: Outsider{"https://id.example", subject, email, verified, "名前"}, Rule: rule}
			err := door.Run(ctx, act.Product, c)
			return c.Account, err
		}
		taro := addUser(t, door, "taro@example.com", act.Field)
		addUser(t, door, "boss@example.jp", act.Admin)
		invite(t, door, "guest@elsewhere.example", act.Marketing)
		for _, c := range []struct {
			why, subject, email string
			verified            bool
			key                 string
			role                act.Role
		}{
			{"an allowed domain", "1", "hanako@example.jp", true, "", act.Viewer},
			{"known by the subject, whatever the address", "1", "hanako@other.example", false, "", act.Viewer},
			{"an address that is not verified", "2", "x@example.jp", false, "member.sso.unverified", ""},
			{"another domain", "3", "x@example.org", true, "member.sso.unknown", ""},
			{"a domain that ends like an allowed one", "3", "x@evil-example.jp", true, "member.sso.unknown", ""},
			{"a subdomain", "3", "x@a.example.jp", true, "member.sso.unknown", ""},
			{"invited", "4", "Guest@Elsewhere.example", true, "", act.Marketing},
			{"an account that is there, of another domain", "5", "taro@example.com", true, "member.sso.confirm", ""},
			{"an administrator, of an allowed domain", "9", "boss@example.jp", true, "member.sso.confirm", ""},
			{"the Kelvin sign is no k", "1b", "ta\u212Ao@example.jp", true, "member.sso.unverified", ""},
			{"no address", "6", "", true, "member.sso.unverified", ""},
			{"nobody", "", "x@example.jp", true, "fault.required", ""},
		} {
			command := &Admit{Outsider: Outsider{"https://id.example", c.subject, c.email, c.verified, "名前"}, Rule: rule}
			err := door.Run(ctx, act.Product, command)
			if c.key != "" {
				wantKey(t, err, c.key)
			} else if err != nil || command.Account.Role != c.role {
				t.Errorf("%s: %+v, %v", c.why, command.Account, err)
			}
		}
		if len(invitations(t, door)) != 0 {
			t.Error("an invitation is left")
		}
		run(t, door, act.Product, &DisableUser{taro})
		_, err := admit("5", "taro@example.com", true)
		wantKey(t, err, "member.sso.unknown")
		_, err = admit("7", "taro@example.com", true)
		wantKey(t, err, "member.sso.unknown")
		rule = Admission{}
		if _, err = admit("8", "jiro@example.jp", true); fault.KindOf(err) != fault.Forbidden {
			t.Error("without a rule:", err)
		}
		_, err = SignIn(ctx, door.DB, "hanako@example.jp", "", desk)
		wantKey(t, err, "member.sign_in") // has no password here
		for _, role := range []act.Role{act.Admin, act.Viewer, ""} {
			if err := door.Run(ctx, act.Who{ID: 1, Role: role}, &Admit{}); fault.KindOf(err) != fault.Forbidden {
				t.Error(role, "admits")
			}
		}
	})
}

// Who has shown that an account is theirs links it to single sign-on; nobody links another's, nor one person twice.
func TestOwnersLinkTheirAccounts(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		taro, other := addUser(t, door, "taro@example.com", act.Admin), addUser(t, door, "other@example.com", act.Field)
		outsider := Outsider{"https://id.example", "5", "taro@example.com", true, "名前"}
		run(t, door, act.Who{ID: taro, Role: act.Admin}, &Link{Account: taro, Outsider: outsider})
		admit := &Admit{Outsider: outsider}
		if err := door.Run(ctx, act.Product, admit); err != nil || admit.Account.ID != taro {
			t.Error("linked by its owner:", admit.Account, err)
		}
		as := act.Who{ID: other, Role: act.Field}
		wantKey(t, door.Run(ctx, as, &Link{Account: other, Outsider: outsider}), "member.sso.taken")
		if err := door.Run(ctx, as, &Link{Account: taro, Outsider: outsider}); fault.KindOf(err) != fault.Forbidden {
			t.Error("links somebody else's account:", err)
		}
	})
}
