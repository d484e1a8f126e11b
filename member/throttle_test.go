package member

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/testkit"
)

// secondsOf is how long an attempt was told to wait; -1 if it was looked at.
func secondsOf(t *testing.T, err error) int {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key == "member.sign_in" {
		return -1
	}
	seconds, ok := f.Args["seconds"].(int)
	if f.Key != "member.throttled" || f.Kind != fault.Busy || !ok {
		t.Fatal(err)
	}
	return seconds
}

func TestWaitsDoubleUpToALimit(t *testing.T) {
	p := pace{2, clock.Second, 10 * clock.Second}
	for failures, want := range []int64{0, 0, 0, 1, 2, 4, 8, 10, 10} {
		if got := p.wait(failures); got != want*clock.Second {
			t.Errorf("after %d: %d ms, want %d s", failures, got, want)
		}
	}
	if got := p.wait(1_000_000); got != 10*clock.Second {
		t.Error(got)
	}
}

func TestGuessingAtAnAccountSlowsDown(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		door.DB.Clock.Set(door.DB.Clock.Now())
		addUser(t, door, "hanako@example.jp", act.Viewer)
		try := func(email, password string) error {
			_, err := SignIn(ctx, door.DB, email, password, desk)
			return err
		}
		for _, email := range []string{"hanako@example.jp", "nobody@example.jp"} { // no difference to be seen
			for range perPair.free + 1 {
				if s := secondsOf(t, try(email, "wrong")); s != -1 {
					t.Fatal("waits already:", s)
				}
			}
			if s := secondsOf(t, try(email, good)); s != 2 {
				t.Errorf("%s: %d s, want 2", email, s)
			}
			ahead(door, 2*clock.Second)
			if s := secondsOf(t, try(email, "wrong")); s != -1 {
				t.Error("a refusal made the wait longer:", s)
			}
			if s := secondsOf(t, try(email, "wrong")); s != 4 {
				t.Errorf("%s: %d s, want 4", email, s)
			}
			ahead(door, 4*clock.Second)
		}
		if err := try("hanako@example.jp", good); err != nil {
			t.Error("after the wait, the right password:", err)
		}
		if s := secondsOf(t, try("hanako@example.jp", "wrong")); s != -1 {
			t.Error("signing in forgives:", s)
		}
	})
}

func TestStrangersEverywhereDoNotKeepTheOwnerOut(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	door.DB.Clock.Set(door.DB.Clock.Now())
	hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
	signedIn(t, door, hanako, desk)
	from := func(n int) Visitor { return Visitor{Address: fmt.Sprintf("198.51.100.%d", n)} }
	for i := range perAccount.free + 1 {
		if _, err := SignIn(ctx, door.DB, "hanako@example.jp", "wrong", from(i)); secondsOf(t, err) != -1 {
			t.Fatal(err)
		}
	}
	if _, err := SignIn(ctx, door.DB, "hanako@example.jp", "wrong", from(200)); secondsOf(t, err) != 1 {
		t.Error("the account itself does not slow guesses down")
	}
	if _, err := SignIn(ctx, door.DB, "hanako@example.jp", good, desk); err != nil {
		t.Error("the owner is shut out of the own desk:", err)
	}
	for range perAccount.free + 20 { // hours of it
		_, _ = SignIn(ctx, door.DB, "hanako@example.jp", "wrong", from(201))
		ahead(door, perPair.most)
	}
	ahead(door, perAccount.most)
	if _, err := SignIn(ctx, door.DB, "hanako@example.jp", good, from(202)); err != nil {
		t.Error("a new place waits a minute at most:", err)
	}
}

func TestAnAddressSlowsDownWhomeverItTries(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	door.DB.Clock.Set(door.DB.Clock.Now())
	addUser(t, door, "own@example.jp", act.Viewer)
	for i := range perAddress.free + 1 {
		// One account of one's own does not wash the guesses off; nor does another address of the same network.
		from := Visitor{Address: fmt.Sprintf("2001:db8:0:1::%x", i)}
		if _, err := SignIn(ctx, door.DB, fmt.Sprintf("u%d@example.jp", i), "wrong", from); secondsOf(t, err) != -1 {
			t.Fatal(i, err)
		}
		if _, err := SignIn(ctx, door.DB, "own@example.jp", good, from); i < perAddress.free && err != nil {
			t.Fatal(i, err)
		}
	}
	_, err := SignIn(ctx, door.DB, "u@example.jp", "wrong", Visitor{Address: "2001:db8:0:1:ffff::1"})
	if secondsOf(t, err) < 1 {
		t.Error("an address may guess for ever")
	}
	if _, err := SignIn(ctx, door.DB, "u@example.jp", "wrong", Visitor{Address: "2001:db8:0:2::1"}); secondsOf(t, err) != -1 {
		t.Error("its neighbour waits, too:", err)
	}
}

func TestGuessesAtTheSameMomentAreAllCounted(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		door.DB.Clock.Set(door.DB.Clock.Now())
		counters := []counter{{"a", perPair}, {"b", perAddress}}
		var looked atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if attempt(ctx, door.DB, append([]counter(nil), counters...)) == nil {
					looked.Add(1)
				}
			})
		}
		all.Wait()
		if n := int(looked.Load()); n != perPair.free+1 {
			t.Errorf("%d of 20 guesses at once were looked at, want %d", n, perPair.free+1)
		}
	})
}

// Guesses from ever new addresses at ever new accounts leave a bounded number of rows, and do not wash off what was
// counted against somebody who guesses in earnest.
func TestCountersOfManyAddressesAreBounded(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		door.DB.Clock.Set(door.DB.Clock.Now())
		guess := func(n int) error {
			return attempt(ctx, door.DB, countersOf(fmt.Sprintf("u%d@example.jp", n), fmt.Sprintf("[2001:db8:%x:%x::1]:5", n>>16, n&0xffff), false))
		}
		for range perPair.free + 1 {
			if err := guess(-1); err != nil {
				t.Fatal(err)
			}
		}
		rows := make([][]any, maxCounters)
		for i := range rows {
			rows[i] = []any{fmt.Sprintf("from:%d", i), 1 + i%2, door.DB.Clock.Now() - int64(i)}
		}
		fill(t, door, rows)
		for n := range swept/3 + 50 { // three rows each: it is swept twice
			if err := guess(n); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(t, door, "throttle"); n > maxCounters {
			t.Errorf("%d rows, want %d at most", n, maxCounters)
		}
		if err := guess(-1); secondsOf(t, err) < 1 {
			t.Error("many new addresses wash the guesses of another off")
		}
		ahead(door, 2*clock.Day)
		if err := guess(0); err != nil {
			t.Fatal(err)
		}
		if n := count(t, door, "throttle"); n > 3 {
			t.Errorf("%d rows after two quiet days", n)
		}
	})
}

func fill(t *testing.T, door *act.Door, rows [][]any) {
	t.Helper()
	err := door.DB.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Many(t.Context(), `INSERT INTO throttle (name, failures, last_at) VALUES ($1, $2, $3)`, rows)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, door *act.Door, table string) (n int) {
	t.Helper()
	err := door.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Row(t.Context(), `SELECT count(*) FROM `+table).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Who knows a password cannot fill the database with sign-ins that wait for a code, nor a guest with sessions.
func TestTicketsAndSessionsOfAnAccountAreBounded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		door.DB.Clock.Set(door.DB.Clock.Now())
		hanako, taro := addUser(t, door, "hanako@example.jp", act.Viewer), addUser(t, door, "taro@example.jp", act.Viewer)
		other, err := IssueTicket(ctx, door.DB, Ticket{Kind: "code", Account: taro})
		if err != nil {
			t.Fatal(err)
		}
		var last string
		for range maxTickets + 30 { // all at one moment
			if last, err = IssueTicket(ctx, door.DB, Ticket{Kind: "code", Account: hanako}); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(t, door, "ticket"); n != maxTickets+1 {
			t.Errorf("%d tickets, want %d of one account and 1 of the other", n, maxTickets)
		}
		for _, token := range []string{last, other} {
			if _, err := FindTicket(ctx, door.DB, "code", token); err != nil {
				t.Error("a ticket that counts was dropped:", err)
			}
		}
		for range maxSessions + 5 {
			last, _ = signedIn(t, door, hanako, desk)
		}
		signedIn(t, door, taro, desk)
		if n := count(t, door, "session"); n != maxSessions+1 {
			t.Errorf("%d sessions, want %d", n, maxSessions+1)
		}
		if _, _, err := FindSession(ctx, door.DB, last); err != nil {
			t.Error("the newest session:", err)
		}
	})
}
