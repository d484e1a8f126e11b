package lead_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/task"
	"kizashi/testkit/desk"
)

// undo posts to the address that the notice of a page offers.
func undo(t *testing.T, d *desk.Desk, role act.Role, a desk.Answer) desk.Answer {
	t.Helper()
	m := regexp.MustCompile(`<form method="post" action="([^"]+)"><button class="quiet" data-undo`).FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatalf("nothing to take back: %s", a.Body)
	}
	return d.Follow(role, html.UnescapeString(m[1]), nil)
}

func find(d *desk.Desk, number id.ID) (l *lead.Lead) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = lead.ByID(ctx, tx, number)
		return err
	})
	return l
}

func steps(d *desk.Desk, number id.ID) (open []*task.Task) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		open, err = task.OfLead(ctx, tx, number, false, 0, 0, 100)
		return err
	})
	return open
}

// L08 M04: a call is logged with its result; status and next step follow, and it can be taken back.
func TestLogAndTakeBack(t *testing.T) {
	d, taro, path := open(t)
	a := d.Follow(act.Inside, path+"/activities", url.Values{"kind": {"call"}, "result": {"no_answer"}, "note": {"留守でした"}})
	wants(t, a, "「不在・応答なし」を記録しました", "留守でした")
	if l := find(d, taro); l.Status != lead.Trying || len(steps(d, taro)) != 1 {
		t.Errorf("status %s, steps %v", l.Status, steps(d, taro))
	}
	a = undo(t, d, act.Inside, a)
	wants(t, a, "記録を取り消しました", "次の予定がありません")
	if a.Has("留守でした") || find(d, taro).Status != lead.Untouched {
		t.Error("something of it is left")
	}
}

// L17: a visit with the day of what comes next plans that step.
func TestLogWithADate(t *testing.T) {
	d, taro, path := open(t)
	due := time.Now().Add(72 * time.Hour).Format("2006-01-02T15:04")
	wants(t, d.Follow(act.Field, path+"/activities", url.Values{"kind": {"visit"}, "when": {due}, "note": {"工場を見た"}}), "「訪問」を記録しました")
	open := steps(d, taro)
	if len(open) != 1 || open[0].AllDay || open[0].Kind != task.Call {
		t.Errorf("%+v", open)
	}
}

// What cannot be logged is shown again at its field, with what was written.
func TestLogRefused(t *testing.T) {
	d, _, path := open(t)
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"kind": {"note"}}, "入力してください。"},
		{url.Values{"kind": {"call"}, "result": {"connected_later"}, "note": {"来年"}}, "この結果には日付が必要です。"},
		{url.Values{"kind": {"call"}, "result": {"not_a_lead"}}, "この結果には理由が必要です。"},
		{url.Values{"kind": {"call"}, "when": {"tomorrow"}}, "日時として読めません"},
		{url.Values{"kind": {"dance"}}, "種類は次のいずれか"},
	} {
		a := d.Post(act.Inside, path+"/activities", c.form)
		if a.Status != http.StatusUnprocessableEntity || !a.Has(c.want) || !a.Has(c.form.Get("note")) {
			t.Errorf("%v: %d", c.form, a.Status)
		}
	}
}

// L17: the next step is planned, changed, done, dropped, and each can be taken back.
func TestSteps(t *testing.T) {
	d, taro, path := open(t)
	a := d.Follow(act.Inside, path+"/steps", url.Values{"kind": {"mail"}, "due_at": {"2030-01-15"}, "text": {"見積もりを送る"}})
	wants(t, a, "2030/1/15", "見積もりを送る", "人 inside")
	open := steps(d, taro)
	if len(open) != 1 || !open[0].AllDay {
		t.Fatalf("%+v", open)
	}
	step := path + "/steps/" + open[0].ID.String()
	wants(t, d.Get(act.Inside, step), `value="2030-01-15"`, "見積もりを送る")
	wants(t, d.Follow(act.Inside, step, url.Values{"kind": {"call"}, "due_at": {"2030-02-01"}, "time": {"10:30"}, "text": {"電話で"}}), "2030/2/1 10:30", "電話で")
	a = d.Follow(act.Inside, step+"/done", nil)
	wants(t, a, "予定を済みにしました", "次の予定がありません")
	wants(t, undo(t, d, act.Inside, a), "予定を元に戻しました", "電話で")
	wants(t, undo(t, d, act.Inside, d.Follow(act.Inside, step+"/cancel", nil)), "電話で")
	for _, bad := range []url.Values{{"kind": {"call"}}, {"kind": {"call"}, "due_at": {"someday"}}, {"kind": {"call"}, "due_at": {"2030-01-01"}, "owner": {"me"}}} {
		if a := d.Post(act.Inside, path+"/steps", bad); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, a.Status)
		}
	}
	other := d.Lead(lead.Fields{Email: "other@y.example"})
	if a := d.Post(act.Inside, "/leads/"+other.String()+"/steps/"+open[0].ID.String()+"/done", nil); a.Status != http.StatusNotFound {
		t.Errorf("a step of somebody else: %d", a.Status)
	}
}

// T01: work status and owner are changed in place, apart from the other fields, and taken back.
func TestStatusAndOwner(t *testing.T) {
	d, taro, path := open(t)
	a := d.Follow(act.Field, path+"/status", url.Values{"status": {"on_hold"}})
	wants(t, a, "対応状況を「保留」にしました")
	undo(t, d, act.Field, a)
	if l := find(d, taro); l.Status != lead.Untouched {
		t.Errorf("status %s", l.Status)
	}
	a = d.Follow(act.Inside, path+"/owner", url.Values{"owner": {d.Who(act.Field).ID.String()}})
	wants(t, a, "担当を人 fieldにしました", "担当 人 field。")
	wants(t, undo(t, d, act.Inside, a), "担当を外しました", "担当者がいません")
	for rest, form := range map[string]url.Values{"/status": {"status": {"asleep"}}, "/owner": {"owner": {d.Who(act.Viewer).ID.String()}}} {
		if a := d.Post(act.Inside, path+rest, form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", rest, a.Status)
		}
	}
	if a := d.Post(act.Viewer, path+"/status", url.Values{"status": {"done"}}); a.Status != http.StatusForbidden {
		t.Errorf("a viewer: %d", a.Status)
	}
}

// X11: somebody who knows better says who made a hit; the score is worked out anew, and back.
func TestReclassify(t *testing.T) {
	d, _, path := open(t)
	before := d.Get(act.Inside, path)
	m := regexp.MustCompile(`action="(/leads/[^"]+/class)">\s*<button class="quiet small" name="class" value="human"`).FindStringSubmatch(before.Body)
	if m == nil || before.Has("メールのリンク") {
		t.Fatal("the scanner's hit is not offered, or counts")
	}
	a := d.Follow(act.Inside, m[1], url.Values{"class": {"human"}})
	wants(t, a, "「人」の動きとして", "メールのリンク")
	if a = undo(t, d, act.Inside, a); a.Has("メールのリンク") {
		t.Error("it still counts")
	}
	if a := d.Post(act.Inside, m[1], url.Values{"class": {"ghost"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no class: %d", a.Status)
	}
}

// L01 P03: all fields can be edited; what stays is not touched, and nobody overwrites unseen changes.
func TestEdit(t *testing.T) {
	d, taro, path := open(t)
	d.Run(&lead.Change{ID: taro, Rank: new(7)})
	seen := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(d.Get(act.Inside, path+"/edit").Body)[1]
	form := url.Values{"seen": {seen}, "name": {"山田 太郎"}, "title": {"部長"}, "rank": {"7"}, "department": {"経営企画部"},
		"company": {"みどり物流株式会社"}, "tags": {"重点、関西"}, "new_prop": {"予算月"}, "new_value": {"10月"}}
	wants(t, undo(t, d, act.Inside, d.Follow(act.Inside, path+"/edit", form)), "元に戻しました")
	if l := find(d, taro); l.Department == "経営企画部" || l.Props["予算月"] != "" {
		t.Errorf("%+v", l)
	}
	form.Set("seen", regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(d.Get(act.Inside, path+"/edit").Body)[1])
	wants(t, d.Follow(act.Inside, path+"/edit", form), "変更を保存しました", "経営企画部", "みどり物流株式会社", "関西", "予算月", "10月")
	l := find(d, taro)
	if l.Rank != 7 || l.Email != "taro@aozora.example" || len(l.Tags) != 2 {
		t.Errorf("%+v", l)
	}
	a := d.Post(act.Field, path+"/edit", form) // as of before
	if a.Status != http.StatusUnprocessableEntity || !a.Has("ほかの変更が先に行われました") {
		t.Errorf("unseen changes: %d", a.Status)
	}
	a = d.Post(act.Field, path+"/edit", url.Values{"email": {"no mail"}, "phone": {"x"}, "name": {"変更後"}})
	if a.Status != http.StatusUnprocessableEntity || !a.Has("メールアドレスとして読めません") || !a.Has("電話番号として読めません") || !a.Has(`value="変更後"`) {
		t.Errorf("bad input: %d %s", a.Status, a.Body)
	}
}

func TestDeleteAndRestore(t *testing.T) {
	d, _, path := open(t)
	a := d.Follow(act.Marketing, path+"/delete", nil)
	wants(t, a, "削除されたリードです", "山田 太郎 を削除しました")
	wants(t, d.Get(act.Field, path), "マーケティングか管理者に依頼")
	if a := d.Get(act.Field, path+"/panel"); a.Status != http.StatusNotFound {
		t.Errorf("panel of a deleted lead: %d", a.Status)
	}
	wants(t, undo(t, d, act.Marketing, a), "リードを元に戻しました", "山田 太郎", "見積もりを依頼")
}
