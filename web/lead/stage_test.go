package lead_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
	"kizashi/testkit/desk"
)

func stageOf(d *desk.Desk, number id.ID) (now string) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = stage.Of(ctx, tx, number)
		return err
	})
	return now
}

// S09 S10 X05: a lead is offered to field sales, accepted, and returned with a reason.
func TestHandOver(t *testing.T) {
	d, taro, path := open(t)
	wants(t, d.Get(act.Inside, path+"/stage?to=sal"), "営業に渡す", "引き渡しを申し出ます", "ニーズが分かっている")
	wants(t, d.Follow(act.Inside, path+"/stage", url.Values{"to": {"sal"}}), "ステージをSALにしました", "までに回答してください", "回答待ち")
	a := d.Get(act.Field, path)
	accept := regexp.MustCompile(`action="(/leads/[^"]+/accept)"`).FindStringSubmatch(a.Body)
	if accept == nil {
		t.Fatal("field sales cannot accept")
	}
	if inside := d.Get(act.Inside, path); inside.Has("/accept") {
		t.Error("inside sales may accept")
	}
	a = d.Follow(act.Field, accept[1], nil)
	wants(t, a, "引き渡しを受けました", "担当 人 field。", "受領")
	back := regexp.MustCompile(`href="(/leads/[^"]+/return)"`).FindStringSubmatch(a.Body)[1]
	wants(t, d.Get(act.Field, back), "条件の確認不足", "導入予定日の90日前に一覧へ戻ります")
	if a := d.Post(act.Field, back, url.Values{"reason": {"timing"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("日付(導入時期または契約更新日)が必要です") {
		t.Errorf("without a date: %d", a.Status)
	}
	if a := d.Post(act.Field, back, nil); a.Status != http.StatusUnprocessableEntity || !a.Has("理由が必要です") {
		t.Errorf("without a reason: %d", a.Status)
	}
	wants(t, d.Follow(act.Field, back, url.Values{"reason": {"not_ready"}, "note": {"予算を聞いてほしい"}}), "差し戻しました", "条件の確認不足", "予算を聞いてほしい")
	if got := stageOf(d, taro); got != stage.TQL {
		t.Errorf("it is %s", got)
	}
}

// S16: recycling and disqualifying ask a reason that says what follows; a skip asks words.
func TestMoveAsksReasons(t *testing.T) {
	d, taro, path := open(t)
	wants(t, d.Get(act.Inside, path+"/stage?to=recycled"), "連絡つかず", "30日後にもう一度連絡します")
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"to": {"recycled"}}, "理由が必要です"},
		{url.Values{"to": {"recycled"}, "reason": {"timing"}}, "日付(導入時期または契約更新日)が必要です"},
		{url.Values{"to": {"recycled"}, "reason": {"timing"}, "until": {"2001-01-01"}}, "日付が過去になっています"},
		{url.Values{"to": {"disqualified"}, "reason": {"no_fit"}}, "詳細(競合名や合わない点)が必要です"},
		{url.Values{"to": {"mql"}}, "TQL から MQL への変更には理由が必要です"},
		{url.Values{"to": {"nowhere"}}, "ステージは次のいずれか"},
	} {
		if a := d.Post(act.Inside, path+"/stage", c.form); a.Status != http.StatusUnprocessableEntity || !a.Has(c.want) {
			t.Errorf("%v: %d", c.form, a.Status)
		}
	}
	a := d.Follow(act.Inside, path+"/stage", url.Values{"to": {"recycled"}, "reason": {"timing"}, "until": {"2031-04-01"}, "note": {"来期に検討"}})
	wants(t, a, "ステージを再育成にしました", "一覧へ戻ります", "来期に検討", "時期: 2031/4/1")
	if l := find(d, taro); l.WakeAt == 0 {
		t.Error("nothing wakes it")
	}
	wants(t, d.Get(act.Inside, path+"/history"), "TQL → 再育成", "時期尚早", "人 inside")
	wants(t, undo(t, d, act.Inside, a), "ステージをTQLにしました", "再育成 → TQL", "取り消し")
	if l := find(d, taro); l.WakeAt != 0 || stageOf(d, taro) != stage.TQL {
		t.Errorf("taken back: %s, wakes %d", stageOf(d, taro), l.WakeAt)
	}
}

// L09 L11 P22 X07: what was heard is kept with source, date and former answers.
func TestHearing(t *testing.T) {
	d, taro, path := open(t)
	wants(t, d.Get(act.Inside, path+"/hearing"), "予算", "決裁フロー", "どこで聞きましたか")
	wants(t, d.Follow(act.Inside, path+"/hearing", url.Values{"source": {"call"}, "budget": {"来期に300万円"}, "current": {"Excel"}, "need": {""}}),
		"2項目を記録しました", "来期に300万円", "電話", "Excel")
	heard := d.Follow(act.Inside, path+"/hearing", url.Values{"source": {"meeting"}, "budget": {"山ほど"}, "need": {"紙をなくす"}})
	wants(t, undo(t, d, act.Inside, heard), "元に戻しました", "来期に300万円")
	if a := d.Get(act.Viewer, path+"/hearing"); a.Has("山ほど") || a.Has("紙をなくす") {
		t.Error("answers that were taken back are still there")
	}
	wants(t, d.Follow(act.Inside, path+"/hearing", url.Values{"source": {"meeting"}, "budget": {"確保済み"}, "current": {"Excel"}}), "1項目を記録しました")
	wants(t, d.Get(act.Viewer, path+"/hearing"), "確保済み", "以前の回答 1 件", "来期に300万円")
	if l := find(d, taro); l.BANT != lead.Budget {
		t.Errorf("known: %d", l.BANT)
	}
	if a := d.Post(act.Inside, path+"/hearing", url.Values{"source": {"dream"}, "budget": {"山"}}); a.Status != http.StatusUnprocessableEntity || !a.Has(">山<") {
		t.Errorf("an unknown source: %d", a.Status)
	}
}

// X13 M10: the ledger says what is allowed, and by what; a refusal wins.
func TestConsent(t *testing.T) {
	d, taro, path := open(t)
	wants(t, d.Get(act.Viewer, path+"/consent"), "まだ記録がありません", "根拠がありません")
	form := url.Values{"answer": {"granted"}, "purpose": {"mail"}, "basis": {"card"}, "source": {"展示会の名刺"}}
	wants(t, d.Follow(act.Inside, path+"/consent", form), "同意の記録に加えました", "展示会の名刺", "根拠があります")
	refusal := url.Values{"answer": {"refused"}, "purpose": {"all"}, "source": {"電話"}, "wording": {"もう連絡しないで"}}
	if a := undo(t, d, act.Inside, d.Follow(act.Inside, path+"/consent", refusal)); a.Has("もう連絡しないで") {
		t.Error("a refusal that was taken back still stands")
	}
	wants(t, d.Follow(act.Inside, path+"/consent", refusal), "拒否されています", "もう連絡しないで")
	wants(t, d.Get(act.Inside, path), "対象外(連絡拒否)")
	if l := find(d, taro); l.Excluded != lead.ExcludedRefused {
		t.Errorf("excluded: %q", l.Excluded)
	}
	if a := d.Post(act.Inside, path+"/consent", url.Values{"answer": {"granted"}, "purpose": {"provide"}, "basis": {consent.Card}}); a.Status != http.StatusUnprocessableEntity ||
		!a.Has("本人の同意(consent)が必要です") || !a.Has("受けた場所") {
		t.Errorf("no basis and no source: %d", a.Status)
	}
}

// X04: two leads are compared side by side, merged, and taken apart again; two people are kept apart.
func TestMergeAndUnmerge(t *testing.T) {
	d, taro, path := open(t)
	twin := d.Lead(lead.Fields{Email: "t.yamada@gmail.com", Name: "山田 太郎", Title: "本部長", Company: company.Fields{Name: "株式会社青空製作所"}})
	other := "/leads/" + twin.String()
	wants(t, d.Get(act.Inside, path), "同じ人かもしれません", "見比べる")
	wants(t, d.Get(act.Inside, path+"/merge?other="+twin.String()), "本部長", "t.yamada@gmail.com", "を残す")
	wants(t, d.Get(act.Inside, path+"/merge?other=t.yamada@gmail.com"), "本部長")
	a := d.Follow(act.Inside, path+"/merge", url.Values{"other": {twin.String()}, "stays": {twin.String()}})
	wants(t, a, "1人に統合しました", "本部長", "見積もりを依頼", "統合済み")
	if to := d.Get(act.Inside, path); to.Status != http.StatusSeeOther || to.To() != other {
		t.Errorf("the page of the merged one: %d %s", to.Status, to.To())
	}
	a = undo(t, d, act.Inside, a)
	wants(t, a, "統合を取り消しました", "taro@aozora.example")
	d.Follow(act.Inside, path+"/apart", url.Values{"other": {twin.String()}})
	if d.Get(act.Inside, path).Has("同じ人かもしれません") {
		t.Error("it is suggested again")
	}
	for _, bad := range []string{taro.String(), "0000000000001", "nobody@nowhere.example"} {
		if a := d.Get(act.Inside, path+"/merge?other="+url.QueryEscape(bad)); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, a.Status)
		}
	}
}

// L01: the history says in words who changed what.
func TestHistoryInWords(t *testing.T) {
	d, _, path := open(t)
	d.Post(act.Inside, path+"/owner", url.Values{"owner": {d.Who(act.Field).ID.String()}})
	d.Post(act.Field, path+"/status", url.Values{"status": {"talked"}})
	d.Post(act.Field, path+"/activities", url.Values{"kind": {"call"}, "result": {"connected_interest"}, "note": {"よい感触"}})
	d.Post(act.Field, path+"/hearing", url.Values{"source": {"call"}, "need": {"夜間の監視"}})
	d.Post(act.Field, path+"/consent", url.Values{"answer": {"refused"}, "purpose": {"post"}, "source": {"電話"}})
	d.Post(act.Field, path+"/steps", url.Values{"kind": {"send"}, "due_at": {"2030-01-15"}, "text": {"資料"}})
	a := d.Get(act.Viewer, path+"/history")
	wants(t, a, "担当者: 人 field", "対応状況: 接触済", "電話 / 通話できた(関心あり) / よい感触", "ニーズ: 夜間の監視", "郵送: 拒否 / 電話", "資料などの送付 / 2030/1/15 / 資料", "MQL → TQL", "ルールによる")
	wants(t, d.Get(act.Viewer, path+"/history?lang=en"), "Owner: 人 field", "Work status: Talked", "by a rule")
	if a := d.Get(act.Viewer, path+"/history?after=x"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a broken cursor: %d", a.Status)
	}
}
