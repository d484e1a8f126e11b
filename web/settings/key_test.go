package settings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/takeback"
	"kizashi/task"
	"kizashi/testkit/desk"
)

// openKey makes a public key with which an invented person and one that was called since have come.
func openKey(d *desk.Desk) (path string, invented, called id.ID) {
	add := &member.AddKey{Label: "コーポレートサイト", Role: act.Track}
	d.Run(add)
	sent := func(mail string) id.ID {
		m := event.Message{Door: add.Key, Standing: lead.Claimed, Email: mail, Kind: "quote_requested"}
		answers, err := d.App.Intake.Put(context.Background(), []event.Message{m})
		if err != nil || answers[0].Err != nil {
			d.Fatal(err, answers)
		}
		return answers[0].Lead
	}
	invented, called = sent("nobody@bogus.example"), sent("called@bogus.example")
	d.Run(&task.Log{Lead: called, Kind: task.Call, Result: "no_answer"})
	return "/settings/keys/" + add.Key.String(), invented, called
}

// An administrator sees what a key can do and what came with it, and takes it back; nobody else does.
func TestWhatCameWithAKeyIsTakenBack(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		path, invented, called := openKey(d)
		a := d.Get(act.Admin, path+"?lang=ja")
		wantTexts(d, a, "コーポレートサイト", "公開キーです", "署名用シークレット", "対象を確認")
		if a := d.Get(act.Marketing, path); a.Status != http.StatusForbidden {
			d.Error(a.Status)
		}
		if a := d.Get(act.Admin, path+"?from=soon"); a.Status != http.StatusUnprocessableEntity || !a.Has("aria-invalid") {
			d.Error(a.Status)
		}
		if a := d.Get(act.Admin, path+"?from=2020-01-02T00:00&until=2020-01-01T00:00"); a.Status != http.StatusUnprocessableEntity {
			d.Error(a.Status)
		}
		wantTexts(d, d.Get(act.Admin, path+"?from=2020-01-01T00:00&until=2020-01-02T00:00"), "データはありません")
		a = d.Get(act.Admin, path+"?from=2020-01-01T00:00&until=")
		wantTexts(d, a, "2件", "削除するリード", "残すリード(対応の記録があるため)")
		form := url.Values{}
		for _, field := range []string{"from", "until", "events"} {
			found := regexp.MustCompile(`type="hidden" name="` + field + `" value="(\d+)"`).FindStringSubmatch(a.Body)
			if found == nil {
				d.Fatal("no ", field)
			}
			form.Set(field, found[1])
		}
		if a := d.Post(act.Marketing, path+"/take-back", form); a.Status != http.StatusForbidden {
			d.Error(a.Status)
		}
		waits := &takeback.Start{Range: takeback.Range{Key: keyOf(d, path), From: 1, Until: d.App.DB.Clock.Now()}, Wait: clock.Hour}
		d.Run(waits)
		wantTexts(d, d.Get(act.Admin, path), "このページを閉じても処理は続きます")
		wantTexts(d, d.Follow(act.Admin, "/settings/take-backs/"+waits.TakeBack.String()+"/stop", nil), "中止しました")
		wantTexts(d, d.Follow(act.Admin, path+"/take-back", form), "受信データの削除を開始しました")
		work(d, path)
		a = d.Get(act.Admin, path+"?lang=en")
		wantTexts(d, a, "called@bogus.example", "Leads that stay: somebody has worked on them")
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			found, err := lead.ByIDs(ctx, tx, []id.ID{invented, called})
			if err == nil && (found[invented].Gone == "" || found[called].Gone != "") {
				d.Errorf("%+v %+v", found[invented], found[called])
			}
			return err
		})
		wantTexts(d, d.Get(act.Admin, "/settings/audit?lang=en"), "Took back what came with a key", "Stopped a take-back")
	})
}

func keyOf(d *desk.Desk, path string) id.ID {
	d.Helper()
	key, err := id.Parse(strings.TrimPrefix(path, "/settings/keys/"))
	if err != nil {
		d.Fatal(err)
	}
	return key
}

// work does what the background does, beside it.
func work(d *desk.Desk, path string) {
	d.Helper()
	var newest takeback.TakeBack
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		list, err := takeback.OfKey(ctx, tx, keyOf(d, path), 1)
		newest = list[0]
		return err
	})
	if err := takeback.Work(context.Background(), d.App.Door, newest.ID, func(takeback.TakeBack) {}); err != nil {
		d.Fatal(err)
	}
}

func wantTexts(d *desk.Desk, a desk.Answer, texts ...string) {
	d.Helper()
	for _, text := range texts {
		if a.Status != http.StatusOK || !a.Has(text) {
			d.Errorf("%d, no %q", a.Status, text)
		}
	}
}
