package member

import (
	"context"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/testkit"
)

// A clock that ran a year ahead and came back locks nobody out, and no session outlives its time.
func TestClockThatCameBackLocksNobodyOut(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		now := door.DB.Clock.Now()
		door.DB.Clock.Set(now + 365*clock.Day)
		hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
		for range perPair.free + 3 {
			_, _ = SignIn(ctx, door.DB, "hanako@example.jp", "wrong", desk)
		}
		token, _ := signedIn(t, door, hanako, desk)

		door.DB.Clock.Set(now)
		_, err := SignIn(ctx, door.DB, "hanako@example.jp", good, desk)
		if s := secondsOf(t, err); s > int(perPair.most/clock.Second) {
			t.Errorf("has to wait for %d s", s)
		}
		if !isSignedIn(t, door, token) {
			t.Error("signed out")
		}
		door.DB.Clock.Set(now + SessionLife + clock.Minute)
		if isSignedIn(t, door, token) {
			t.Error("a session that was opened in the future does not end")
		}
	})
}

// What a stranger asks for before signing in leaves nothing in the database.
func TestTicketsOfStrangersLeaveNoRow(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		for range 50 {
			if _, _, err := BeginPasskeySignIn(ctx, door.DB, Place{Host: "kizashi.example", Origin: "https://kizashi.example"}); err != nil {
				t.Fatal(err)
			}
		}
		var rows int
		if err := door.DB.Read(ctx, func(tx *db.Tx) error { return tx.Row(ctx, `SELECT COUNT(*) FROM ticket`).Scan(&rows) }); err != nil || rows != 0 {
			t.Errorf("%d rows %v", rows, err)
		}
		token, err := SealTicket(door.DB, Ticket{Kind: "sso", Data: "x"}, TicketLife)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := OpenTicket(door.DB, "sso", token); err != nil || got.Data != "x" {
			t.Errorf("%+v %v", got, err)
		}
		_, other := OpenTicket(door.DB, "passkey", token)
		_, forged := OpenTicket(door.DB, "sso", strings.ToUpper(token))
		ahead(door, TicketLife+clock.Second)
		_, late := OpenTicket(door.DB, "sso", token)
		wantKey(t, other, "member.ticket")
		wantKey(t, forged, "member.ticket")
		wantKey(t, late, "member.ticket")
	})
}
