package companies_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// person makes a lead of a company, who asks for a quote if they are eager.
func person(d *desk.Desk, name, mail, title, at string, eager bool) id.ID {
	who := d.Lead(lead.Fields{Name: name, Email: mail, Title: title, Department: "情報システム部", Company: company.Fields{Name: at}})
	if eager {
		d.Did(event.Message{ID: "quote-" + mail, Kind: "quote_requested", Email: mail, Channel: "web"})
	}
	return who
}

func measure(d *desk.Desk) {
	d.Helper()
	if err := d.App.Engine.MeasureHeat(context.Background()); err != nil {
		d.Fatal(err)
	}
}

func find(d *desk.Desk, name string) *company.Company {
	d.Helper()
	var found []*company.Company
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = company.List(ctx, tx, company.Query{Search: name, Limit: 1})
		return err
	})
	if len(found) == 0 {
		d.Fatalf("no company %s", name)
	}
	return found[0]
}

// X14: the list says how hot companies are and which roles are reached; it is searched by two characters
// and filtered, in both languages.
func TestList(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for path, words := range map[string]string{"/companies": "会社はまだありません", "/companies?lang=en": "No companies yet", "/companies?show=a&lang=ja": "ターゲット A の会社はありません"} {
		if a := d.Get(act.Viewer, path); a.Status != 200 || !a.Has(words) {
			t.Errorf("%s: %d without %q", path, a.Status, words)
		}
	}
	d.Get(act.Viewer, "/companies?lang=ja")
	person(d, "山田 太郎", "taro@aozora.example", "部長", "株式会社青空製作所", true)
	person(d, "佐藤 次郎", "jiro@aozora.example", "課長", "株式会社青空製作所", true)
	person(d, "鈴木 花子", "hanako@midori.example", "主任", "みどり物流株式会社", false)
	measure(d)
	a := d.Get(act.Viewer, "/companies")
	for _, words := range []string{"株式会社青空製作所", "2人中 2人", "今すぐ 2", "決裁者", ": 届いている", "みどり物流株式会社"} {
		if !a.Has(words) {
			t.Errorf("the list does not say %q", words)
		}
	}
	if strings.Index(a.Body, "青空") > strings.Index(a.Body, "みどり") {
		t.Error("the hottest company is not the first")
	}
	if a.Has("data-all") || !d.Get(act.Inside, "/companies").Has("data-all") {
		t.Error("a viewer is offered what only others may do")
	}
	if a := d.Get(act.Viewer, "/companies?q="+url.QueryEscape("物流")); !a.Has("みどり") || a.Has("青空") {
		t.Error("two characters of the name find something else")
	}
	if a := d.Get(act.Viewer, "/companies?q="+url.QueryEscape("ぬぬ")); !a.Has("一致する会社が見つかりません") {
		t.Error("a search that finds nothing does not say so")
	}
	for _, sort := range []string{"heat", "people", "name", "new", "sideways"} {
		if a := d.Get(act.Viewer, "/companies?sort="+sort); a.Status != 200 || !a.Has("青空") {
			t.Errorf("sorted by %s: %d", sort, a.Status)
		}
	}
	if a := d.Get(act.Viewer, "/companies?after=nowhere"); a.Status != 422 {
		t.Errorf("a wrong place in the list: %d", a.Status)
	}
}

// A target list is made by ticking companies, filtered, and taken back.
func TestTiers(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	person(d, "山田 太郎", "taro@aozora.example", "部長", "株式会社青空製作所", false)
	person(d, "鈴木 花子", "hanako@midori.example", "主任", "みどり物流株式会社", false)
	number := find(d, "青空製作所").ID.String()
	a := d.Follow(act.Inside, "/companies/tiers", url.Values{"company": {number}, "tier": {"1"}})
	if !a.Has("1社のターゲットを変更しました") {
		t.Fatal(a.Body)
	}
	if a := d.Get(act.Inside, "/companies?show=a"); !a.Has("青空製作所") || a.Has("みどり") {
		t.Error("the filter shows others")
	}
	_, rest, _ := strings.Cut(a.Body, `action="/companies/tiers?`)
	undo, _, _ := strings.Cut(rest, `"`)
	if a := d.Follow(act.Inside, "/companies/tiers?"+undo, nil); !a.Has("元に戻しました") || find(d, "青空製作所").Tier != 0 {
		t.Error("it was not taken back")
	}
	for name, form := range map[string]url.Values{"none": {"tier": {"1"}}, "no tier": {"company": {number}}, "too far": {"company": {number}, "tier": {"7"}}, "no company": {"company": {"?"}, "tier": {"1"}}} {
		if a := d.Post(act.Inside, "/companies/tiers", form); a.Status < 400 || a.Status >= 500 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}

// X14: the page explains the heat by the people behind it, tells what they did, and says what to do about
// roles that are missing.
func TestPage(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		who := person(d, "山田 太郎", "taro@aozora.example", "部長", "株式会社青空製作所", true)
		person(d, "佐藤 次郎", "jiro@aozora.example", "課長", "株式会社青空製作所", false)
		path := "/companies/" + find(d, "青空製作所").ID.String()
		for _, ask := range []struct {
			path  string
			words []string
		}{
			{path, []string{"山田 太郎", `href="/leads/` + who.String(), "1人25点まで", "上限", "25.0", "複数人で検討中",
				"管理職に届いていません", "名前のわかる人が1人", "担当者に届いていません", "まだ誰も知りません", "見積もり", "情報システム部"}},
			{path + "?lang=en", []string{"up to 25 points a person", "Managers: nobody is engaged", "You know 1", "What to do next"}},
		} {
			a := d.Get(act.Viewer, ask.path)
			for _, words := range ask.words {
				if !a.Has(words) {
					t := d.TB
					t.Errorf("%s does not say %q", ask.path, words)
				}
			}
		}
	})
}

// A wrong check digit is refused at its field, and what was typed stays.
func TestEdit(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	person(d, "山田 太郎", "taro@aozora.example", "部長", "株式会社青空製作所", false)
	path := "/companies/" + find(d, "青空製作所").ID.String()
	form := url.Values{"name": {"株式会社青空製作所"}, "number": {"7000012050003"}, "size": {"many"}, "domain": {"gmail.com"}, "tier": {"2"}, "industry": {"E"}, "competitor": {"1"}}
	a := d.Post(act.Field, path+"/edit", form)
	for _, words := range []string{"検査数字が合いません", "7000012050003", `aria-describedby="wrong-number"`, `id="wrong-size"`, `id="wrong-domain"`} {
		if a.Status != 422 || !a.Has(words) {
			t.Errorf("%d without %q", a.Status, words)
		}
	}
	form.Set("number", "7000012050002")
	form.Set("size", "1200")
	form.Set("domain", "aozora.example")
	if a := d.Follow(act.Field, path+"/edit", form); !a.Has("保存しました") || !a.Has("1,200人") || !a.Has("製造業") || !a.Has("競合の会社です") {
		t.Error(a.Body)
	}
	form.Set("size", "80")
	a = d.Follow(act.Field, path+"/edit", form)
	undo := regexp.MustCompile(`action="(/companies/[^"]+/undo[^"]+)"`).FindStringSubmatch(a.Body)
	if undo == nil {
		t.Fatal("the change cannot be taken back")
	}
	if a := d.Follow(act.Field, html.UnescapeString(undo[1]), nil); !a.Has("元に戻しました") || !a.Has("1,200人") {
		t.Error(a.Body)
	}
	if a := d.Get(act.Field, path+"/edit"); !a.Has(`value="7000012050002"`) || !a.Has(`value="1" checked`) {
		t.Error("the form does not show what is known")
	}
	if a := d.Post(act.Field, "/companies/new", url.Values{"name": {""}}); a.Status != 422 || !a.Has("会社名を入力してください") {
		t.Errorf("a company without a name: %d", a.Status)
	}
	if a := d.Follow(act.Field, "/companies/new", url.Values{"name": {"みどり物流株式会社"}, "tier": {"1"}}); !a.Has("会社を追加しました") || !a.Has("tier-1") {
		t.Error(a.Body)
	}
	if a := d.Follow(act.Field, "/companies/new", url.Values{"name": {"(株)青空製作所"}}); !a.Has("すでにあった") {
		t.Error("a company that is there was made again")
	}
}

// Two companies become one, and two again.
func TestMerge(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	person(d, "山田 太郎", "taro@aozora.example", "部長", "株式会社青空製作所", false)
	person(d, "高橋 三郎", "saburo@aozora-k.example", "課長", "青空化成株式会社", false)
	one, two := find(d, "青空製作所"), find(d, "青空化成")
	path := "/companies/" + one.ID.String()
	if a := d.Get(act.Inside, path+"/merge"); !a.Has("検索してください") {
		t.Error("nobody says how to find the other company")
	}
	if a := d.Get(act.Inside, path+"/merge?q="+url.QueryEscape("青空")); !a.Has("青空化成株式会社") || strings.Contains(a.Body, `value="`+one.ID.String()) {
		t.Error("the search offers something else")
	}
	for _, loser := range []string{"", one.ID.String()} {
		if a := d.Post(act.Inside, path+"/merge", url.Values{"loser": {loser}}); a.Status != 422 {
			t.Errorf("merged with %q: %d", loser, a.Status)
		}
	}
	a := d.Follow(act.Inside, path+"/merge", url.Values{"loser": {two.ID.String()}})
	if !a.Has("統合しました") || !a.Has("高橋 三郎") || !a.Has("青空化成株式会社") {
		t.Fatal(a.Body)
	}
	if a := d.Get(act.Inside, "/companies/"+two.ID.String()); a.Status != 303 || a.To() != path {
		t.Errorf("the merged company leads to %s", a.To())
	}
	undo := "/companies/" + two.ID.String() + "/unmerge"
	if !a.Has(`action="` + undo + `"`) {
		t.Error("there is no way back")
	}
	if a := d.Follow(act.Inside, undo, nil); !a.Has("元に戻しました") || !a.Has("高橋 三郎") || d.Get(act.Inside, path).Has("高橋 三郎") {
		t.Error("the merge was not taken back")
	}
	if a := d.Post(act.Inside, undo, nil); a.Status != 409 {
		t.Errorf("taken back twice: %d", a.Status)
	}
}
