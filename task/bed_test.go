package task_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/score"
	"kizashi/stage"
	"kizashi/task"
	"kizashi/testkit"
)

// office is a database with people who work, the engine, and a lead.
type office struct {
	*testing.T
	door   *act.Door
	engine *fold.Engine
	inside act.Who
	field  act.Who
	admin  act.Who
	lead   id.ID
}

// tuesday is Tuesday 24 November 2026, 10:00 in Tokyo; the Monday before was a holiday.
var tuesday = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC).UnixMilli()

func tokyo(day, hour int) int64 {
	return time.Date(2026, 11, day, hour-9, 0, 0, 0, time.UTC).UnixMilli()
}

func engines(t *testing.T, test func(o *office)) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		o := &office{T: t, door: act.NewDoor(d)}
		o.engine = fold.NewEngine(o.door)
		o.engine.Wire()
		task.Wire(o.door)
		act.Handle(o.door, func(ctx context.Context, tx *db.Tx, hot []fold.BecameHot) error {
			leads := make([]id.ID, len(hot))
			for i, h := range hot {
				leads[i] = h.Lead
			}
			return task.TellHot(ctx, tx, leads)
		})
		o.write(func(tx *db.Tx) error { return score.EnsureDefault(t.Context(), tx) })
		d.Clock.Set(tuesday)
		o.inside, o.field, o.admin = o.hire(act.Inside), o.hire(act.Field), o.hire(act.Admin)
		o.lead = o.meet("hanako@example.co.jp")
		test(o)
	})
}

func (o *office) hire(role act.Role) act.Who {
	o.Helper()
	add := &member.AddUser{Email: string(role) + "@kizashi.example", Role: role, Password: "shinjuku-3-chome-tram"}
	o.run(act.Product, add)
	return act.Who{ID: add.Account, Name: string(role), Role: role}
}

func (o *office) meet(mail string) (made id.ID) {
	o.Helper()
	o.write(func(tx *db.Tx) error {
		one, err := lead.Upsert(o.Context(), tx, lead.Fields{Email: mail}, lead.Options{})
		made = one.Lead
		return err
	})
	return made
}

func (o *office) write(f func(tx *db.Tx) error) {
	o.Helper()
	if err := o.door.Write(context.Background(), f); err != nil {
		o.Fatal(err)
	}
}

func (o *office) run(who act.Who, c act.Command) {
	o.Helper()
	if err := o.door.Run(context.Background(), who, c); err != nil {
		o.Fatalf("%s: %v", c.Name(), err)
	}
}

func (o *office) refuse(who act.Who, c act.Command, key string) {
	o.Helper()
	err := o.door.Run(context.Background(), who, c)
	var one *fault.Error
	var many fault.Many
	if errors.As(err, &many) {
		one = many[0]
	} else if !errors.As(err, &one) {
		o.Fatalf("%s: %v, want %s", c.Name(), err, key)
	}
	if one.Key != key {
		o.Errorf("%s: %v, want %s", c.Name(), err, key)
	}
}

func (o *office) wait(ms int64) { o.door.DB.Clock.Set(o.door.DB.Clock.Now() + ms) }

func (o *office) send(kind string) {
	o.Helper()
	in := fold.NewIntake(o.engine)
	defer in.Close()
	got, err := in.Put(o.Context(), []event.Message{{Lead: o.lead, Kind: kind}})
	if err != nil || got[0].Err != nil {
		o.Fatal(err, got)
	}
}

func (o *office) person() (l *lead.Lead) {
	o.Helper()
	o.write(func(tx *db.Tx) (err error) { l, err = lead.ByID(o.Context(), tx, o.lead); return err })
	return l
}

func (o *office) steps(ended bool) (list []*task.Task) {
	o.Helper()
	o.write(func(tx *db.Tx) (err error) {
		list, err = task.OfLead(o.Context(), tx, o.lead, ended, 0, 0, 100)
		return err
	})
	return list
}

func (o *office) number(query string, args ...any) (n int64) {
	o.Helper()
	o.write(func(tx *db.Tx) error { return tx.Row(o.Context(), query, args...).Scan(&n) })
	return n
}

func (o *office) stage() (s string) {
	o.Helper()
	o.write(func(tx *db.Tx) (err error) { s, err = stage.Of(o.Context(), tx, o.lead); return err })
	return s
}

// The state after all is what the log says.
func (o *office) verify() {
	o.Helper()
	report, err := o.engine.Verify(o.Context(), nil)
	if err != nil || len(report.Differences) > 0 {
		o.Errorf("the state differs from the log: %v %v", report, err)
	}
}
