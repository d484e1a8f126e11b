package member

import (
	"context"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/testkit"
)

var desk = Visitor{Address: "192.0.2.7", Agent: "Firefox"}

func signedIn(t *testing.T, door *act.Door, account id.ID, from Visitor) (token string, s Session) {
	t.Helper()
	token, s, err := StartSession(context.Background(), door, Account{ID: account, Role: act.Viewer}, "password", from)
	if err != nil {
		t.Fatal(err)
	}
	return token, s
}

func isSignedIn(t *testing.T, door *act.Door, token string) bool {
	t.Helper()
	_, _, err := FindSession(context.Background(), door.DB, token)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		t.Fatal(err)
	}
	return err == nil
}

func run(t *testing.T, door *act.Door, who act.Who, c act.Command) {
	t.Helper()
	if err := door.Run(context.Background(), who, c); err != nil {
		t.Fatal(err)
	}
}

func ahead(door *act.Door, ms int64) { door.DB.Clock.Set(door.DB.Clock.Now() + ms) }

func TestSessionsLiveWhileTheyAreUsed(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako := addUser(t, door, "hanako@example.jp", act.Admin)
		token, started := signedIn(t, door, hanako, desk)
		a, s, err := FindSession(ctx, door.DB, token)
		if err != nil || a.ID != hanako || a.Email != "hanako@example.jp" || s != started {
			t.Fatal(a, s, err)
		}
		for range 2 {
			ahead(door, SessionIdle-clock.Second)
			if !isSignedIn(t, door, token) {
				t.Fatal("ended while in use")
			}
		}
		ahead(door, SessionLife-2*SessionIdle+3*clock.Second)
		if isSignedIn(t, door, token) {
			t.Error("a session lives longer than its life")
		}
		token, _ = signedIn(t, door, hanako, desk)
		ahead(door, SessionIdle+clock.Second)
		if isSignedIn(t, door, token) {
			t.Error("a session lives though nobody uses it")
		}
		for _, wrong := range []string{"", "x", strings.Repeat("a", 43), token + "\x00"} {
			if isSignedIn(t, door, wrong) {
				t.Errorf("%q is a session", wrong)
			}
		}
	})
}

func TestASessionIsWrittenAtMostOnceAMinute(t *testing.T) {
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	token, s := signedIn(t, door, addUser(t, door, "hanako@example.jp", act.Admin), desk)
	for _, c := range []struct{ after, want int64 }{{59 * clock.Second, 0}, {clock.Second, clock.Minute}, {clock.Second, clock.Minute}} {
		if door.DB.Clock.Now() >= s.CreatedAt+clock.Day { // stopped at the first step
			t.Fatal("the clock ran away")
		}
		door.DB.Clock.Set(max(door.DB.Clock.Now(), s.CreatedAt))
		ahead(door, c.after)
		if _, _, err := FindSession(ctx, door.DB, token); err != nil {
			t.Fatal(err)
		}
		kept := sessionsOf(t, door, s.Account)[0]
		if c.want == 0 && kept.SeenAt != s.SeenAt || c.want > 0 && kept.SeenAt < s.SeenAt+c.want {
			t.Errorf("seen %d ms after it began, want %d", kept.SeenAt-s.SeenAt, c.want)
		}
	}
}

func sessionsOf(t *testing.T, door *act.Door, account id.ID) (list []Session) {
	t.Helper()
	err := door.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
		list, err = Sessions(context.Background(), tx, account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSessionsEndOneByOneOrAllOthersOrWithTheAccount(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako, taro := addUser(t, door, "hanako@example.jp", act.Viewer), addUser(t, door, "taro@example.jp", act.Viewer)
		addUser(t, door, "admin@example.jp", act.Admin)
		tokens, sessions := make([]string, 4), make([]Session, 4)
		for i := range tokens {
			tokens[i], sessions[i] = signedIn(t, door, hanako, desk)
		}
		other, _ := signedIn(t, door, taro, desk)
		open := func() (n int) {
			for _, token := range tokens {
				if isSignedIn(t, door, token) {
					n++
				}
			}
			return n
		}
		me := act.Who{ID: hanako, Role: act.Viewer}
		if err := door.Run(ctx, act.Who{ID: taro, Role: act.Viewer}, &EndSession{hanako, sessions[0].ID}); fault.KindOf(err) != fault.Forbidden {
			t.Error("somebody may end another's session:", err)
		}
		run(t, door, act.Who{ID: taro, Role: act.Viewer}, &EndSession{taro, sessions[0].ID}) // not taro's: nothing ends
		if open() != 4 {
			t.Error("somebody ended another's session")
		}
		run(t, door, me, &EndSession{hanako, sessions[0].ID})
		if open() != 3 || isSignedIn(t, door, tokens[0]) || len(sessionsOf(t, door, hanako)) != 3 {
			t.Error("one session was to end")
		}
		run(t, door, me, &EndOtherSessions{hanako, sessions[1].ID})
		if open() != 1 || !isSignedIn(t, door, tokens[1]) {
			t.Error("all others were to end")
		}
		tokens[2], _ = signedIn(t, door, hanako, desk)
		run(t, door, me, &SetPassword{Account: hanako, Password: good + "2", Keep: sessions[1].ID})
		if open() != 1 || !isSignedIn(t, door, tokens[1]) {
			t.Error("a new password ends the other sessions")
		}
		run(t, door, act.Product, &DisableUser{Account: hanako})
		if open() != 0 {
			t.Error("a disabled account is signed in")
		}
		run(t, door, act.Product, &EnableUser{Account: hanako})
		if open() != 0 || !isSignedIn(t, door, other) {
			t.Error("old sessions woke, or others ended")
		}
	})
}

func TestARoleChangesInOpenSessionsAtOnce(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	hanako := addUser(t, door, "hanako@example.jp", act.Marketing)
	addUser(t, door, "admin@example.jp", act.Admin)
	token, _ := signedIn(t, door, hanako, desk)
	run(t, door, act.Product, &ChangeUser{Account: hanako, FullName: "花子", Role: act.Viewer})
	if a, _, err := FindSession(ctx, door.DB, token); err != nil || a.Role != act.Viewer {
		t.Error(a, err)
	}
}

func TestTicketsAreGoodOnceForOneThing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		want := Ticket{"totp", 7, "/leads"}
		issue := func() string {
			token, err := IssueTicket(ctx, door.DB, want)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		token := issue()
		for range 2 {
			if got, err := FindTicket(ctx, door.DB, "totp", token); err != nil || got != want {
				t.Fatal(got, err)
			}
		}
		_, err := TakeTicket(ctx, door.DB, "oidc", token)
		wantKey(t, err, "member.ticket")
		if got, err := TakeTicket(ctx, door.DB, "totp", token); err != nil || got != want {
			t.Fatal(got, err)
		}
		_, err = TakeTicket(ctx, door.DB, "totp", token)
		wantKey(t, err, "member.ticket")
		late := issue()
		ahead(door, TicketLife+clock.Second)
		_, err = TakeTicket(ctx, door.DB, "totp", late)
		wantKey(t, err, "member.ticket")
	})
}

func TestDevices(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox, Linux",
		"curl/8": "", "": "", "Linux": "Linux",
	} {
		if got := (Session{Agent: agent}).Device(); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}
