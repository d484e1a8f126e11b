package lead_test

import (
	"context"
	"net/url"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit/desk"
)

// A stranger's claims show as unverified, a member confirms, takes and drops them, splits an identity off, and
// takes each of these back.
func TestClaimsAreConfirmedSettledAndSplit(t *testing.T) {
	d, taro, path := open(t)
	claim := func(m event.Message) {
		t.Helper()
		answers, err := d.App.Intake.Put(context.Background(), []event.Message{m})
		if err != nil || answers[0].Err != nil {
			t.Fatal(err, answers)
		}
	}
	mail := find(d, taro).Email
	claim(event.Message{Email: mail, Visitor: "browser-1", Traits: map[string]string{
		"prefecture": "北海道", "title": "社長", "favourite": "猫"}})
	a := d.Get(act.Inside, path)
	wants(t, a, "未確認の項目", "北海道", "ほかの申告", "社長", "favourite")

	a = d.Follow(act.Inside, path+"/confirm", url.Values{"field": {"prefecture"}})
	wants(t, a, "確認済みにしました")
	if l := find(d, taro); l.Known.Of("prefecture").Standing != lead.Typed || len(l.Unconfirmed()) != 1 {
		t.Errorf("%v", l.Known)
	}
	undo(t, d, act.Inside, a)
	if l := find(d, taro); len(l.Unconfirmed()) != 2 {
		t.Errorf("%v", l.Known)
	}

	was := find(d, taro).Title
	a = d.Follow(act.Inside, path+"/claims", url.Values{"field": {"title"}, "act": {"take"}})
	wants(t, a, "申告の値を採用しました")
	if l := find(d, taro); l.Title != "社長" {
		t.Errorf("title %q", l.Title)
	}
	wants(t, undo(t, d, act.Inside, a), "ほかの申告")
	if l := find(d, taro); l.Title != was {
		t.Errorf("title %q", l.Title)
	}
	a = d.Follow(act.Inside, path+"/claims", url.Values{"field": {"title"}, "act": {"drop"}})
	if a.Has("ほかの申告") || !a.Has("申告を破棄しました") {
		t.Error("the claim is still there")
	}

	a = d.Follow(act.Inside, path+"/identities/"+browser(d, taro).String()+"/split", nil)
	wants(t, a, "ブラウザーを切り離しました")
	if browser(d, taro) != 0 {
		t.Error("the browser is still tied")
	}
	undo(t, d, act.Inside, a)
	if browser(d, taro) == 0 {
		t.Error("the browser did not come back")
	}
}

// browser is the first browser of a lead; 0 if it has none.
func browser(d *desk.Desk, number id.ID) id.ID {
	d.Helper()
	for _, t := range ties(d, number) {
		if t.Kind == lead.Visitor {
			return t.ID
		}
	}
	return 0
}

func ties(d *desk.Desk, number id.ID) (list []lead.Tie) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = lead.Ties(ctx, tx, number, 10)
		return err
	})
	return list
}
