package api

import (
	"context"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/member"
)

// L07: the team of a list is the person's own; a key is in none and sees everybody's.
func TestTeamOfToday(t *testing.T) {
	engines(t, func(b *bed) {
		ctx := context.Background()
		run := func(c act.Command) {
			b.Helper()
			if err := b.door.Run(ctx, act.Product, c); err != nil {
				b.Fatal(err)
			}
		}
		team := &member.AddTeam{Label: "東日本"}
		run(team)
		in := &member.AddUser{Email: "in@kizashi.example", Role: act.Inside, Password: "shinjuku-3-chome-tram"}
		out := &member.AddUser{Email: "out@kizashi.example", Role: act.Inside, Password: "shinjuku-3-chome-tram"}
		key := &member.AddKey{Label: "k", Role: act.Inside}
		run(in)
		run(out)
		run(key)
		run(&member.JoinTeam{Account: in.Account, Team: team.Team})
		for who, want := range map[id.ID]id.ID{in.Account: team.Team, out.Account: 0, key.Key: 0} {
			b.write(func(tx *db.Tx) error {
				got, err := teamOf(ctx, tx, act.Who{ID: who, Role: act.Inside})
				if got != want {
					b.Errorf("%v: team %v, want %v", who, got, want)
				}
				return err
			})
		}
	})
}
