package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/bulk"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/sheet"
	"kizashi/stage"
	"kizashi/task"
	"kizashi/testkit/desk"
)

// personal are texts that tell of one person in each place where such texts are kept.
var personal = []string{
	"himitsu", "秘密", "花子", "ヒミツ", "09087654321", "0387654321", "ないしょ", "極秘の件",
}

// known makes two leads of one person, known in every way, and one by merging; it gives the lead that stays.
func known(d *desk.Desk) (winner, loser id.ID) {
	d.Helper()
	file, err := d.App.Importer().Store("list.csv", strings.NewReader("氏名,フリガナ,メールアドレス,電話番号,部署,予算,備考\n"+
		"秘密 花子,ヒミツ ハナコ,himitsu@secret.example,090-8765-4321,ないしょ部,ないしょ万円,ないしょの備考\n"))
	if err != nil {
		d.Fatal(err)
	}
	mapping, err := d.App.Importer().Mapping(file, sheet.Options{})
	if err != nil {
		d.Fatal(err)
	}
	start := &imports.Start{File: file, Mapping: mapping, Basis: "card", Wait: 1e9}
	d.Run(start)
	if err := d.App.Importer().RunHere(d.Context(), start.Import, func(imports.Progress) {}); err != nil {
		d.Fatal(err)
	}
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		l, err := lead.ByEmail(ctx, tx, "himitsu@secret.example")
		winner = l.ID
		return err
	})
	loser = d.Lead(lead.Fields{Name: "秘密 はなこ", Email: "himitsu2@secret.example", Phone: "03-8765-4321", Title: "ないしょ係長"})
	d.Did(
		event.Message{ID: "himitsu-1", Visitor: "himitsu-browser", Email: "himitsu@secret.example", Kind: "quote_requested",
			Subject: "https://example.jp/?mail=himitsu", Props: json.RawMessage(`{"note":"ないしょ"}`)},
		event.Message{User: "himitsu-user", Email: "himitsu@secret.example",
			Traits: map[string]string{"plan": "ないしょ", "name": "秘密 ハナコ"}},
	)
	for _, one := range []id.ID{winner, loser} {
		work(d, one)
	}
	d.Run(&lead.Merge{Winner: winner, Loser: loser})
	return winner, loser
}

// work leaves what people write about a lead.
func work(d *desk.Desk, one id.ID) {
	d.Helper()
	kana := "ヒミツ"
	for _, c := range []act.Command{
		&task.Add{Lead: one, Step: task.Step{Kind: task.Call, DueAt: 1, Text: "極秘の件"}},
		&task.Log{Lead: one, Result: "absent_recall", Note: "極秘の件", When: 4e12},
		&stage.Answer{Lead: one, Item: "budget", Value: "極秘の件", Source: "call"},
		&stage.Move{Lead: one, To: stage.MQL, Reason: "極秘の件"},
		&consent.Record{Entry: consent.Entry{Lead: one, Purpose: consent.Mail, Source: "極秘の件", Wording: "極秘の件"}},
		&lead.Change{ID: one, Kana: &kana},
		&bulk.Start{Act: bulk.Act{Kind: bulk.Tag, Tag: "重要"}, Leads: []id.ID{one}},
	} {
		if err := d.App.Door.Run(d.Context(), d.Who(act.Admin), c); err != nil {
			d.Fatalf("%s: %v", c.Name(), err)
		}
	}
}

// places are the columns that hold a text.
func places(d *desk.Desk, text string) (found []string) {
	d.Helper()
	all := columns(d)
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		for name := range all {
			table, column, _ := strings.Cut(name, ".")
			if table == "event_rest" || strings.HasPrefix(table, "pg_") || strings.Contains(table, "_search_") {
				continue
			}
			var n int
			err := tx.Row(ctx, `SELECT COUNT(*) FROM "`+table+`" WHERE CAST("`+column+`" AS TEXT) LIKE $1`, "%"+text+"%").Scan(&n)
			if err != nil {
				return err
			}
			if n > 0 {
				found = append(found, name)
			}
		}
		return nil
	})
	return found
}

// What is known of a person is disclosed as one file, and after the erasure stands nowhere in the database; counts
// stay, no file brings the person back as somebody to contact, and everything still verifies.
func TestAPersonIsDisclosedAndErased(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		winner, loser := known(d)
		before := counts(d)
		a := d.Post(act.Marketing, "/leads/"+winner.String()+"/disclosure", nil)
		var all map[string]any
		if err := json.Unmarshal([]byte(a.Body), &all); err != nil || a.Status != http.StatusOK {
			d.Fatalf("%d %v %s", a.Status, err, a.Body)
		}
		for _, text := range append(personal, "himitsu2@secret.example", "himitsu-user", "list.csv") {
			if len(places(d, text)) == 0 && text != "list.csv" {
				d.Errorf("%q stands nowhere: the test proves nothing of it", text)
			}
			if !a.Has(text) {
				d.Errorf("%q is not disclosed: %s", text, a.Body)
			}
		}
		if a := d.Get(act.Admin, "/leads/"+winner.String()+"/erase"); !a.Has("list.csv") {
			d.Errorf("the files are not named: %s", a.Body)
		}
		for _, role := range []act.Role{act.Marketing, act.Inside, act.Field, act.Viewer} {
			if a := d.Post(role, "/leads/"+winner.String()+"/erase", nil); a.Status != http.StatusForbidden {
				d.Errorf("%s erases: %d", role, a.Status)
			}
		}
		d.Post(act.Admin, "/leads/"+winner.String()+"/erase", url.Values{})
		for _, text := range personal {
			if left := places(d, text); len(left) > 0 {
				d.Errorf("%q is left in %v", text, left)
			}
		}
		if after := counts(d); after != before {
			d.Errorf("counts %s, before %s", after, before)
		}
		gone(d, winner, loser)
		again := d.Lead(lead.Fields{Name: "秘密 花子", Email: "himitsu@secret.example"})
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			l, err := lead.ByID(ctx, tx, again)
			if l.Excluded != lead.ExcludedRefused || again == winner {
				d.Errorf("somebody who refused is back: %q", l.Excluded)
			}
			return err
		})
		verifies(d)
	})
}

// gone tries what may be done to leads that are erased.
func gone(d *desk.Desk, winner, loser id.ID) {
	d.Helper()
	for _, c := range []act.Command{
		&lead.Restore{ID: winner}, &lead.Erase{ID: winner}, &lead.Unmerge{Loser: loser}, &lead.Disclose{ID: loser},
		&task.Add{Lead: winner, Step: task.Step{Kind: task.Call, DueAt: 1}}, &lead.Merge{Winner: winner, Loser: loser},
	} {
		if err := d.App.Door.Run(d.Context(), d.Who(act.Admin), c); err == nil {
			d.Errorf("%s is done to an erased person", c.Name())
		}
	}
	if a := d.Get(act.Admin, "/leads/"+winner.String()); !a.Has("消去したリード") || a.Has("/restore") {
		d.Errorf("the page of an erased lead: %s", a.Body)
	}
	if a := d.Get(act.Admin, "/settings/audit"); a.Status != http.StatusOK || !a.Has("個人情報を消去") {
		d.Errorf("the audit log: %d", a.Status)
	}
}

// counts are what reports count.
func counts(d *desk.Desk) (text string) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT (SELECT COUNT(*) FROM event) || '/' || (SELECT COUNT(*) FROM activity) || '/'
			|| (SELECT COUNT(*) FROM stage_change WHERE who <> 0) || '/' || (SELECT COUNT(*) FROM consent) || '/'
			|| (SELECT COUNT(*) FROM import_row)`).Scan(&text)
	})
	return text
}

// verifies fails where the stored state is not what the log makes.
func verifies(d *desk.Desk) {
	d.Helper()
	found, err := d.App.Engine.Verify(d.Context(), nil)
	if err != nil || len(found.Differences) > 0 {
		d.Errorf("%+v %v", found, err)
	}
}
