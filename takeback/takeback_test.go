package takeback_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"kizashi/act"
	"kizashi/app"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/takeback"
	"kizashi/task"
	"kizashi/testkit"
)

// start is ahead of the clock of any machine, since ids never go back.
const start int64 = 2_000_000_000_000 // 2033-05-18

// bed is an open installation with a public and a secret key.
type bed struct {
	*testing.T
	*app.App
	site, crm sender
	now       int64
}

type sender struct {
	key      id.ID
	standing lead.Standing
}

func engines(t *testing.T, test func(b *bed)) {
	testkit.Engines(t, func(t *testing.T, url string) {
		a, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Database: url})
		if err != nil {
			t.Fatal(err)
		}
		b := &bed{T: t, App: a, now: start}
		b.pass(0)
		a.Intake = fold.NewIntake(a.Engine)
		t.Cleanup(func() {
			a.Intake.Close()
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		for role, to := range map[act.Role]*sender{act.Track: &b.site, act.Server: &b.crm} {
			add := &member.AddKey{Label: string(role), Role: role}
			b.run(add)
			*to = sender{add.Key, lead.StandingOf(act.Who{Role: role})}
		}
		b.pass(clock.Hour)
		test(b)
	})
}

func (b *bed) pass(ms int64) {
	b.now += ms
	b.DB.Clock.Set(b.now)
}

func (b *bed) run(c act.Command) {
	b.Helper()
	if err := b.Door.Run(b.Context(), act.Product, c); err != nil {
		b.Fatal(err)
	}
}

// send hands in messages of a sender, and gives whose the first is.
func (b *bed) send(from sender, messages ...event.Message) id.ID {
	b.Helper()
	for i := range messages {
		messages[i].Door, messages[i].Standing = from.key, from.standing
	}
	answers, err := b.Intake.Put(b.Context(), messages)
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range answers {
		if a.Err != nil {
			b.Fatal(a.Err)
		}
	}
	return answers[0].Lead
}

func (b *bed) read(f func(ctx context.Context, tx *db.Tx) error) {
	b.Helper()
	if err := b.DB.Read(b.Context(), func(tx *db.Tx) error { return f(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
}

func (b *bed) count(query string, args ...any) (n int) {
	b.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) error { return tx.Row(ctx, query, args...).Scan(&n) })
	return n
}

func (b *bed) lead(number id.ID) (l *lead.Lead) {
	b.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = lead.ByID(ctx, tx, number)
		return err
	})
	return l
}

// names are what a lead is recognised by.
func (b *bed) names(number id.ID) string {
	var list []lead.Identity
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = lead.Identities(ctx, tx, number)
		return err
	})
	return fmt.Sprint(list)
}

// clean asks that a replay of everything finds the stored state.
func (b *bed) clean() {
	b.Helper()
	v, err := b.Engine.Verify(b.Context(), nil)
	if err != nil || len(v.Differences) > 0 {
		b.Errorf("%+v %v", v.Differences, err)
	}
}

func (b *bed) preview(r takeback.Range) takeback.Counts {
	b.Helper()
	c, err := takeback.Preview(b.Context(), b.DB, act.Product, r)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// take takes a range back and gives what it has done.
func (b *bed) take(r takeback.Range) (t takeback.TakeBack) {
	b.Helper()
	c := &takeback.Start{Range: r, Events: b.preview(r).Events}
	b.run(c)
	if err := takeback.Work(b.Context(), b.Door, c.TakeBack, func(takeback.TakeBack) {}); err != nil {
		b.Fatal(err)
	}
	return b.find(c.TakeBack)
}

func (b *bed) find(number id.ID) (t takeback.TakeBack) {
	b.Helper()
	b.read(func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = takeback.Find(ctx, tx, number)
		return err
	})
	return t
}

func page(visitor string) event.Message {
	return event.Message{Visitor: visitor, Kind: "page_view", Subject: "https://a.example/price", Channel: "web"}
}

// What a stranger sent with the key of the page goes as if it had never come: invented people vanish, those whom
// people of ours have worked on stay and say so, and who is known by others loses what the stranger claimed.
func TestWhatCameWithAKeyGoes(t *testing.T) {
	engines(t, func(b *bed) {
		known := b.send(b.crm, event.Message{User: "7", Email: "mori@aozora.example", Traits: map[string]string{"name": "森 葵"}})
		b.send(b.site, page("honest"), event.Message{Visitor: "honest", Email: "mori@aozora.example"})
		b.send(b.site, page("later"))
		before := b.state(known)
		b.pass(clock.Hour)
		from := b.now
		b.send(b.site,
			event.Message{Visitor: "stranger", Email: "mori@aozora.example", Traits: map[string]string{"phone": "03-1234-5678", "title": "社長", "plan": "gold"}},
			page("stranger"), event.Message{Visitor: "later", Email: "mori@aozora.example"})
		invented := b.send(b.site, event.Message{Visitor: "v9", Email: "nobody@bogus.example", Kind: "quote_requested", Traits: map[string]string{"name": "偽 者"}})
		called := b.send(b.site, event.Message{Email: "called@bogus.example", Kind: "quote_requested", Traits: map[string]string{"name": "架 空"}})
		b.run(&task.Log{Lead: called, Kind: task.Call, Result: "no_answer"})
		b.send(b.site, page("passer-by"))
		b.pass(clock.Hour)
		until := b.now
		b.send(b.crm, event.Message{User: "7", Kind: "inquiry_sent"})

		r := takeback.Range{Key: b.site.key, From: from, Until: until}
		want := takeback.Counts{Events: 6, Values: 4, People: map[takeback.Fate]int64{takeback.Gone: 1, takeback.Worked: 1, takeback.Known: 1}}
		if got := b.preview(r); fmt.Sprint(got) != fmt.Sprint(want) {
			b.Errorf("preview %+v, want %+v", got, want)
		}
		if got := b.take(r); got.State != takeback.Done || fmt.Sprint(got.Counts) != fmt.Sprint(want) || got.Share() != 1 {
			b.Errorf("%+v, want %+v", got, want)
		}
		if l := b.lead(invented); l.Gone != lead.GoneDeleted || l.Email+l.Name != "" {
			b.Errorf("invented: %+v", l)
		}
		if l := b.lead(called); l.Gone != "" || l.Email != "called@bogus.example" || l.Name != "" {
			b.Errorf("called: %+v", l)
		}
		if l := b.lead(known); l.Phone+l.Title+l.Props["plan"] != "" || l.Name != "森 葵" {
			b.Errorf("known: %+v", l)
		}
		if got := b.names(known); got != "[{user 7} {email mori@aozora.example} {visitor honest}]" {
			b.Error(got)
		}
		if n := b.count(`SELECT COUNT(*) FROM lead_phone`); n != 0 {
			b.Errorf("%d numbers are left", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM event e JOIN identity i ON i.id = e.lead WHERE i.value = 'later' AND i.lead = 0`); n != 1 {
			b.Errorf("the visitor has %d events of before", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM identity WHERE value IN ('stranger', 'v9', 'passer-by', 'nobody@bogus.example')`); n != 0 {
			b.Errorf("%d identities are left", n)
		}
		b.clean()
		b.take(r) // once more is harmless
		if again := b.state(known); len(again) < len(before) {
			b.Error(again)
		}
		b.clean()
	})
}

// state is what is stored of a lead's own row.
func (b *bed) state(number id.ID) string {
	raw, err := json.Marshal(b.lead(number))
	if err != nil {
		b.Fatal(err)
	}
	return string(raw)
}

// Whom a member has made one with another, changed, or found in a file, a take-back does not take away.
func TestWhatPeopleDecidedStays(t *testing.T) {
	engines(t, func(b *bed) {
		from := b.now
		one := b.send(b.site, event.Message{Email: "a@bogus.example", Kind: "page_view"})
		two := b.send(b.site, event.Message{Email: "b@bogus.example", Kind: "page_view"})
		three := b.send(b.site, event.Message{Email: "c@bogus.example", Kind: "page_view"})
		b.run(&lead.Merge{Winner: one, Loser: two})
		note := "電話番号を確認"
		b.run(&task.Log{Lead: three, Kind: task.Note, Note: note})
		b.pass(clock.Minute)
		got := b.take(takeback.Range{Key: b.site.key, From: from, Until: b.now})
		if got.Counts.Events != 3 || got.Counts.People[takeback.Worked] != 2 || got.Counts.People[takeback.Gone] != 0 {
			b.Errorf("%+v", got.Counts)
		}
		if names := b.names(one); names != "[{email a@bogus.example} {email b@bogus.example}]" {
			b.Error(names)
		}
		b.run(&lead.Unmerge{Loser: two})
		if l := b.lead(two); l.Email != "b@bogus.example" || l.Gone != "" {
			b.Errorf("%+v", l)
		}
		b.clean()
	})
}

// An address that a stranger tied to somebody goes with the claim, and the lead keeps its own.
func TestATieGoesWithItsEvent(t *testing.T) {
	engines(t, func(b *bed) {
		known := b.send(b.crm, event.Message{User: "7", Kind: "page_view"})
		b.pass(clock.Minute)
		from := b.now
		if b.send(b.site, event.Message{User: "7", Email: "evil@bogus.example", Kind: "page_view"}) != known {
			b.Fatal("somebody else")
		}
		if l := b.lead(known); l.Email != "evil@bogus.example" {
			b.Fatal(l.Email)
		}
		b.pass(clock.Minute)
		b.take(takeback.Range{Key: b.site.key, From: from, Until: b.now})
		if l := b.lead(known); l.Email != "" || b.names(known) != "[{user 7}]" {
			b.Errorf("%q, %s", l.Email, b.names(known))
		}
		b.clean()
		b.pass(clock.Minute) // and can be somebody else's
		if b.send(b.site, event.Message{Email: "evil@bogus.example", Kind: "page_view"}) == known {
			b.Error("the same again")
		}
		b.clean()
	})
}

// Killed in the middle it goes on where it was; more events than one transaction takes go in parts; and after a stop
// nothing more is taken back.
func TestATakeBackGoesOnAndStops(t *testing.T) {
	engines(t, func(b *bed) {
		from := b.now
		const many = 5001 // more than a transaction takes
		for n := 0; n < many; n += 1000 {
			var batch []event.Message
			for i := n; i < min(n+1000, many); i++ {
				batch = append(batch, event.Message{ID: fmt.Sprint("m", i), Email: "a@bogus.example", Kind: "page_view"})
			}
			b.send(b.site, batch...)
		}
		b.pass(clock.Minute)
		c := &takeback.Start{Range: takeback.Range{Key: b.site.key, From: from, Until: b.now}, Events: many}
		b.run(c)
		ctx, kill := context.WithCancel(b.Context())
		if err := takeback.Work(ctx, b.Door, c.TakeBack, func(t takeback.TakeBack) { kill() }); err != nil && !errors.Is(err, context.Canceled) {
			b.Fatal(err)
		}
		b.clean()
		if err := takeback.Work(b.Context(), b.Door, c.TakeBack, func(takeback.TakeBack) {}); err != nil {
			b.Fatal(err)
		}
		if got := b.find(c.TakeBack); got.Counts.Events != many || got.Counts.People[takeback.Gone] != 1 || got.State != takeback.Done {
			b.Errorf("%+v", got)
		}
		if n := b.count(`SELECT COUNT(*) FROM event`); n != 0 {
			b.Errorf("%d events are left", n)
		}
		b.send(b.site, event.Message{ID: "m0", Email: "a@bogus.example", Kind: "page_view"}) // its id is free again
		b.pass(clock.Minute)
		c = &takeback.Start{Range: takeback.Range{Key: b.site.key, From: from, Until: b.now}}
		b.run(c)
		b.run(&takeback.Stop{TakeBack: c.TakeBack})
		err := takeback.Work(b.Context(), b.Door, c.TakeBack, func(takeback.TakeBack) {})
		wantKey(b, err, "takeback.ended")
		wantKey(b, b.Door.Run(b.Context(), act.Product, &takeback.Stop{TakeBack: c.TakeBack}), "takeback.ended")
		if n := b.count(`SELECT COUNT(*) FROM event`); n != 1 {
			b.Errorf("%d events", n)
		}
		b.clean()
	})
}

// Only administrators take back, and only a range of a key that there is.
func TestWhoMayTakeBack(t *testing.T) {
	engines(t, func(b *bed) {
		r := takeback.Range{Key: b.site.key, From: start, Until: b.now}
		marketing := act.Who{ID: 1, Name: "x", Role: act.Marketing}
		_, err := takeback.Preview(b.Context(), b.DB, marketing, r)
		wantKey(b, err, "fault.forbidden")
		wantKey(b, b.Door.Run(b.Context(), marketing, &takeback.Start{Range: r}), "fault.forbidden")
		wantKey(b, b.Door.Run(b.Context(), act.Product, &takeback.Start{Range: takeback.Range{Key: 5, From: 1, Until: 2}}), "member.no_key")
		wantKey(b, b.Door.Run(b.Context(), act.Product, &takeback.Start{Range: takeback.Range{Key: r.Key, From: 2, Until: 2}}), "takeback.range")
		if got := b.preview(r); got.Events != 0 {
			b.Errorf("%+v", got)
		}
	})
}

func wantKey(b *bed, err error, key string) {
	b.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key {
		b.Errorf("%v, want %s", err, key)
	}
}
