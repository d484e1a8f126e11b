package consent_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
)

func open(t *testing.T, url string) *act.Door {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return act.NewDoor(d)
}

func newLead(t *testing.T, door *act.Door, email string) id.ID {
	t.Helper()
	var made lead.Result
	ctx := context.Background()
	err := door.Write(ctx, func(tx *db.Tx) (err error) {
		made, err = lead.Upsert(ctx, tx, lead.Fields{Email: email, Name: "山田 花子"}, lead.Options{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.Lead
}

func record(t *testing.T, door *act.Door, e consent.Entry) consent.Entry {
	t.Helper()
	c := &consent.Record{Entry: e}
	if err := door.Run(context.Background(), act.Who{ID: 5, Role: act.Inside}, c); err != nil {
		t.Fatal(err)
	}
	return c.Entry
}

func TestRecordAddsAndNeverChanges(t *testing.T) { // X13
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako := newLead(t, door, "hanako@example.co.jp")
		var changed []id.ID
		act.Handle(door, func(_ context.Context, _ *db.Tx, posts []lead.Changed) error {
			for _, p := range posts {
				changed = append(changed, p.Lead)
			}
			return nil
		})
		now := door.DB.Clock.Now()
		at := func(minutes int64) int64 { return now - clock.Hour + minutes*clock.Minute }
		written := []consent.Entry{
			record(t, door, consent.Entry{Lead: hanako, Purpose: consent.Mail, Basis: consent.Card, Granted: true, Source: "名刺 2026-03", At: at(1)}),
			record(t, door, consent.Entry{Lead: hanako, Purpose: consent.All, Source: "電話", Wording: "連絡しないでほしい", At: at(2)}),
		}
		excluded(t, door, hanako, lead.ExcludedRefused)
		written = append(written, record(t, door,
			consent.Entry{Lead: hanako, Purpose: consent.All, Basis: consent.Explicit, Granted: true, Source: "フォーム"}))
		excluded(t, door, hanako, "")
		if written[1].Basis != consent.Refusal || written[2].At < now || !slices.Equal(changed, []id.ID{hanako, hanako}) {
			t.Errorf("%+v %v", written, changed)
		}
		err := door.DB.Read(ctx, func(tx *db.Tx) error {
			all, err := consent.OfMany(ctx, tx, []id.ID{hanako, 1})
			if !slices.Equal([]consent.Entry(all[hanako]), written) || len(all) != 1 {
				t.Errorf("%+v, want %+v", all, written)
			}
			if v := all[hanako].For(consent.Mail); !v.Allowed {
				t.Errorf("%+v", v)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func excluded(t *testing.T, door *act.Door, who id.ID, want string) {
	t.Helper()
	ctx := context.Background()
	err := door.DB.Read(ctx, func(tx *db.Tx) error {
		l, err := lead.ByID(ctx, tx, who)
		if err == nil && l.Excluded != want {
			t.Errorf("excluded is %q, want %q", l.Excluded, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestARefusalSurvivesAMerge(t *testing.T) { // X04 X13
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		a, b := newLead(t, door, "hanako@example.co.jp"), newLead(t, door, "yamada@example.co.jp")
		record(t, door, consent.Entry{Lead: a, Purpose: consent.Mail, Source: "配信停止リンク"})
		record(t, door, consent.Entry{Lead: b, Purpose: consent.Mail, Basis: consent.Business, Granted: true, Source: "取引先"})
		may := func(who id.ID) (v consent.Verdict) {
			err := door.DB.Read(ctx, func(tx *db.Tx) error {
				s, err := consent.Of(ctx, tx, who)
				v = s.For(consent.Mail)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if may(a).Allowed || !may(b).Allowed {
			t.Fatal(may(a), may(b))
		}
		if err := door.Run(ctx, act.Product, &lead.Merge{Winner: b, Loser: a}); err != nil {
			t.Fatal(err)
		}
		if may(b).Allowed {
			t.Error("the merge lost a refusal")
		}
		// What is said to the lead that is gone is said to the one it is now.
		if e := record(t, door, consent.Entry{Lead: a, Purpose: consent.Call, Source: "電話"}); e.Lead != b {
			t.Errorf("%+v", e)
		}
	})
}

func TestRowsThatProveNothingAreRefused(t *testing.T) {
	good := consent.Entry{Lead: 1, Purpose: consent.Mail, Basis: consent.Card, Granted: true, Source: "展示会"}
	for path, spoil := range map[string]func(*consent.Entry){
		"purpose": func(e *consent.Entry) { e.Purpose = "all:news" },
		"basis":   func(e *consent.Entry) { e.Basis = "hope" },
		"source":  func(e *consent.Entry) { e.Source = " " },
		"wording": func(e *consent.Entry) { e.Wording = string(make([]rune, 20001)) },
	} {
		e := good
		spoil(&e)
		var f *fault.Error
		if err := (&consent.Record{Entry: e}).Check(); !errors.As(err, &f) || f.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	given := consent.Entry{Lead: 1, Purpose: "provide:booth", Basis: consent.Business, Granted: true, Source: "x"}
	if fault.KindOf((&consent.Record{Entry: given}).Check()) != fault.Invalid {
		t.Error("data may be given away without the person's consent")
	}
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	if err := door.Run(ctx, act.Product, &consent.Record{Entry: good}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	good.Lead, good.At = newLead(t, door, "a@example.jp"), door.DB.Clock.Now()+clock.Day
	if err := door.Run(ctx, act.Product, &consent.Record{Entry: good}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if err := door.Run(ctx, act.Who{Role: act.Viewer}, &consent.Record{Entry: good}); fault.KindOf(err) != fault.Forbidden {
		t.Error(err)
	}
}
