package member

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/seal"
	"kizashi/testkit"
)

const good = "shinjuku-3-chome-tram"

func open(t testing.TB, url string) *act.Door {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if d.Seal, err = seal.Parse(seal.NewText()); err != nil {
		t.Fatal(err)
	}
	return act.NewDoor(d)
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func addUser(t *testing.T, door *act.Door, email string, role act.Role) id.ID {
	t.Helper()
	c := &AddUser{Email: email, Role: role, Password: good}
	if err := door.Run(context.Background(), act.Product, c); err != nil {
		t.Fatal(err)
	}
	return c.Account
}

func TestSignInKnowsOnlyTheRightPasswordOfAnEnabledAccount(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako := addUser(t, door, " Hanako@Example.co.jp ", act.Marketing)
		addUser(t, door, "admin@example.co.jp", act.Admin)
		signIn := func(email, password string) (act.Who, error) {
			a, err := SignIn(ctx, door.DB, email, password, Visitor{Address: "192.0.2.1"})
			return a.Who(), err
		}
		who, err := signIn("hanako@example.co.jp", good)
		if err != nil || who != (act.Who{ID: hanako, Name: "hanako", Role: act.Marketing}) {
			t.Fatal(who, err)
		}
		for _, wrong := range [][2]string{{"hanako@example.co.jp", good + "x"}, {"taro@example.co.jp", good}, {"hanako@example.co.jp", ""}} {
			_, err := signIn(wrong[0], wrong[1])
			wantKey(t, err, "member.sign_in")
		}
		wantKey(t, door.Run(ctx, act.Product, &AddUser{Email: "HANAKO@example.co.jp", Role: act.Field, Password: good}), "member.taken")
		if err := door.Run(ctx, who, &SetPassword{Account: hanako, Password: good + "2"}); err != nil {
			t.Fatal(err)
		}
		if err := door.Run(ctx, act.Product, &DisableUser{Account: hanako}); err != nil {
			t.Fatal(err)
		}
		_, err = signIn("hanako@example.co.jp", good+"2")
		wantKey(t, err, "member.sign_in")
		if err := door.Run(ctx, act.Product, &EnableUser{Account: hanako}); err != nil {
			t.Fatal(err)
		}
		if _, err = signIn("hanako@example.co.jp", good+"2"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		a, b := addUser(t, door, "a@example.jp", act.Admin), addUser(t, door, "b@example.jp", act.Admin)
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, one := range []act.Command{&DisableUser{Account: a}, &ChangeUser{Account: b, FullName: "B", Role: act.Viewer}} {
			both.Go(func() { errs[i] = door.Run(ctx, act.Product, one) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("one of two must be refused: %v", errs)
		}
		wantKey(t, errors.Join(errs...), "member.last_admin")
	})
}

func TestOnlyAdministratorsManageMembers(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	hanako := addUser(t, door, "hanako@example.jp", act.Marketing)
	commands := []act.Command{
		&AddUser{Email: "x@example.jp", Role: act.Viewer, Password: good}, &AddKey{Label: "x", Role: act.Track},
		&RevokeKey{}, &ChangeUser{Account: hanako, FullName: "x", Role: act.Admin}, &DisableUser{Account: hanako},
		&EnableUser{Account: hanako}, &SetPassword{Password: good}, &SetPassword{Account: hanako, Password: good},
	}
	for _, role := range []act.Role{act.Marketing, act.Inside, act.Field, act.Viewer, act.Track, ""} {
		for i, c := range commands {
			who := act.Who{ID: id.ID(7 * (i % 2)), Role: role} // also nobody in particular
			if fault.KindOf(door.Run(ctx, who, c)) != fault.Forbidden {
				t.Errorf("%s may run %s", role, c.Name())
			}
		}
	}
}

func TestMistakesAreNamedTogether(t *testing.T) {
	var many fault.Many
	err := (&AddUser{Email: "nobody", FullName: strings.Repeat("あ", 101), Role: act.System, Password: "short"}).Check()
	if !errors.As(err, &many) || len(many) != 4 {
		t.Fatal(err)
	}
	for i, path := range []string{"email", "name", "role", "password"} {
		if many[i].Path != path {
			t.Errorf("%d is about %s, not %s", i, many[i].Path, path)
		}
	}
}

func TestKeysAreShownOnceAndRevokedAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		add := &AddKey{Label: "site", Role: act.Track}
		if err := door.Run(ctx, act.Product, add); err != nil {
			t.Fatal(err)
		}
		want := act.Who{ID: add.Key, Name: "site", Role: act.Track}
		for range 2 { // from the database, then from memory
			if who, err := FindKey(ctx, door.DB, add.Secret); err != nil || who != want {
				t.Fatal(who, err)
			}
		}
		for _, secret := range []string{"", "kz_", newSecret(), add.Secret + "x", strings.Repeat("\x00", len(add.Secret))} {
			_, err := FindKey(ctx, door.DB, secret)
			wantKey(t, err, "fault.unauthenticated")
		}
		if err := door.Run(ctx, act.Product, &RevokeKey{Key: add.Key}); err != nil {
			t.Fatal(err)
		}
		_, err := FindKey(ctx, door.DB, add.Secret)
		wantKey(t, err, "fault.unauthenticated")
		wantKey(t, door.Run(ctx, act.Product, &RevokeKey{Key: 1}), "member.no_key")
	})
}

func TestAnotherNodeForgetsARevokedKeyInFiveSeconds(t *testing.T) {
	url := testkit.PostgresURL(t)
	ctx, here, there := context.Background(), open(t, url), open(t, url)
	add := &AddKey{Label: "site", Role: act.Track}
	if err := here.Run(ctx, act.Product, add); err != nil {
		t.Fatal(err)
	}
	if _, err := FindKey(ctx, there.DB, add.Secret); err != nil {
		t.Fatal(err)
	}
	err := here.DB.Write(ctx, func(tx *db.Tx) error { // as another process does it: our memory is not told
		_, err := tx.Exec(ctx, `UPDATE api_key SET revoked_at = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	there.DB.Clock.Set(there.DB.Clock.Now() + 5*clock.Second)
	_, err = FindKey(ctx, there.DB, add.Secret)
	wantKey(t, err, "fault.unauthenticated")
}

func TestSecretsStandNeitherInTheDatabaseNorInTheAuditLog(t *testing.T) {
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	add := &AddKey{Label: "site", Role: act.Viewer}
	if err := door.Run(ctx, act.Product, add); err != nil {
		t.Fatal(err)
	}
	addUser(t, door, "hanako@example.jp", act.Viewer)
	err := door.DB.Read(ctx, func(tx *db.Tx) error {
		all := &strings.Builder{}
		err := tx.Each(ctx, `SELECT detail FROM audit UNION ALL SELECT password FROM account UNION ALL SELECT hex(hash) FROM api_key`,
			nil, func(scan func(...any) error) error {
				var s string
				err := scan(&s)
				all.WriteString(s + "\n")
				return err
			})
		if strings.Contains(all.String(), add.Secret) || strings.Contains(all.String(), good) {
			t.Error(all)
		}
		keys, err2 := Keys(ctx, tx)
		accounts, err3 := Accounts(ctx, tx)
		shown, err4 := json.Marshal([]any{keys, accounts})
		if len(keys) != 1 || len(accounts) != 1 || strings.Contains(string(shown), "argon2") {
			t.Errorf("%s", shown)
		}
		return errors.Join(err, err2, err3, err4)
	})
	if err != nil {
		t.Fatal(err)
	}
}
