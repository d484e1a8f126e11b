package model_test

import (
	"context"
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
	"kizashi/score"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// drafted makes a draft of the model in force and gives the address of its page.
func drafted(d *desk.Desk) string {
	d.Helper()
	a := d.Post(act.Marketing, "/model/drafts", url.Values{"from": {liveID(d).String()}})
	to, ok := strings.CutSuffix(a.To(), "/edit")
	if !ok {
		d.Fatalf("no draft: %d %s", a.Status, a.Body)
	}
	return to
}

func liveID(d *desk.Desk) (model id.ID) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		m, err := score.Published(ctx, tx)
		model = m.ID
		return err
	})
	return model
}

var (
	input    = regexp.MustCompile(`<input ([^>]*)>`)
	textarea = regexp.MustCompile(`(?s)<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	choice   = regexp.MustCompile(`(?s)<select name="([^"]*)".*?</select>`)
	selected = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	named    = regexp.MustCompile(`name="([^"]*)"`)
	valued   = regexp.MustCompile(`value="([^"]*)"`)
)

var unescape = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+")

// form reads the fields of the page as a browser would send them.
func form(a desk.Answer) url.Values {
	v := url.Values{}
	for _, m := range input.FindAllStringSubmatch(a.Body, -1) {
		name, value := named.FindStringSubmatch(m[1]), valued.FindStringSubmatch(m[1])
		switch box := strings.Contains(m[1], "checkbox"); {
		case name == nil || value == nil || box && !strings.Contains(m[1], "checked"):
		case box:
			v.Add(name[1], unescape.Replace(value[1]))
		default:
			v.Set(name[1], unescape.Replace(value[1]))
		}
	}
	for _, m := range textarea.FindAllStringSubmatch(a.Body, -1) {
		v.Set(m[1], unescape.Replace(m[2]))
	}
	for _, m := range choice.FindAllStringSubmatch(a.Body, -1) {
		if s := selected.FindStringSubmatch(m[0]); s != nil {
			v.Set(m[1], s[1])
		}
	}
	return v
}

// opened is the form of a draft as the browser has it.
func opened(d *desk.Desk, draft string) url.Values {
	d.Helper()
	return form(d.Get(act.Marketing, draft+"/edit"))
}

// P21, P19: everybody reads the criteria in force, in words and as rules, in both languages.
func TestEverybodyReads(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for path, words := range map[string][]string{
		"/model":                  {"問い合わせ", "&#43;100", "価格ページの閲覧", "1日に1回", "次のどれか", "did(&#34;quote_requested&#34;, days(14))", "70点以上", "いま電話を", "標準モデル"},
		"/model?lang=en":          {"Inquiry", "once a day", "any of these", "Call now", "Standard model"},
		"/model/versions?lang=en": {"Version 1", "In force"},
		"/model/versions?lang=ja": {"第1版", "公開中"},
	} {
		a := d.Get(act.Viewer, path)
		for _, word := range words {
			if a.Status != 200 || !a.Has(word) {
				t.Errorf("%s (%d) does not say %q", path, a.Status, word)
			}
		}
		if a.Has(`action="/model/drafts"`) {
			t.Errorf("%s offers a viewer to change it", path)
		}
	}
	page := "/model/" + liveID(d).String()
	if a := d.Get(act.Viewer, page+"/yaml"); !a.Has("half_life_days: 30") {
		t.Errorf("the YAML is not there: %d", a.Status)
	}
	if a := d.Get(act.Viewer, page+"/changes?lang=ja"); !a.Has("まだ版は1つだけです") {
		t.Errorf("no word for a single version: %d", a.Status)
	}
	if a := d.Post(act.Inside, "/model/drafts", url.Values{"from": {liveID(d).String()}}); a.Status != 403 {
		t.Errorf("inside sales made a draft: %d", a.Status)
	}
}

// P21: a draft is changed in fields; what the form does not hold stays as it was; rules come and go.
func TestDraftInFields(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		draft := drafted(d)
		v := opened(d, draft)
		v.Set("do", "save")
		v.Set("scoring[4].points", "22.5")
		v.Set("groups.web", "35")
		v.Set("scoring[0].gone", "1")
		v.Set("note", "価格ページを重く")
		if a := d.Follow(act.Marketing, draft+"/edit", v); !a.Has("保存しました") {
			d.Fatalf("not saved: %s", a.Body)
		}
		v = opened(d, draft)
		v.Set("do", "add:web")
		v = form(d.Post(act.Marketing, draft+"/edit", v))
		row := "scoring[25]"
		v.Set(row+".on", "survey_answered")
		v.Set(row+".ja", "新しい規則です")
		v.Set(row+".when", `event.rank == "A"`)
		v.Set("do", "save")
		d.Follow(act.Marketing, draft+"/edit", v)
		a := d.Get(act.Viewer, draft+"/changes")
		for _, word := range []string{"価格ページの閲覧", "22.5", "35", "問い合わせ", "削除", "新しい規則です", "追加"} {
			if !a.Has(word) {
				d.Errorf("the differences do not say %q", word)
			}
		}
		if n := strings.Count(a.Body, "<tr>"); n != 1+4 {
			d.Errorf("%d rows of differences: %s", n-1, a.Body)
		}
		if a = d.Get(act.Viewer, draft+"/yaml"); !a.Has("id: survey_answered") || !a.Has("playbook:") {
			d.Error("the YAML lacks the new rule or the playbook")
		}
	})
}

// P21: a mistake stands at its field and at its place in the text, and what was typed is still there.
func TestMistakesAtTheirPlaces(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	v := opened(d, draft)
	v.Set("do", "save")
	v.Set("gates.mql", `lead.fit == "E"`)
	v.Set("scoring[1].points", "many")
	v.Set("scoring[0].gone", "1")
	v.Set("fit.rules[0].when", `lead.rnak >= 5`)
	a := d.Post(act.Marketing, draft+"/edit", v)
	for _, text := range []string{
		`href="#gates.mql"`, `<mark>&#34;E&#34;</mark>`, `数を入れてください`, `value="many"`, `<mark>lead.rnak</mark>`, `「部長以上」の条件`, `「見積もり依頼」の点数`,
	} {
		if !a.Has(text) && !strings.Contains(unescape.Replace(a.Body), unescape.Replace(text)) {
			t.Errorf("%d: the refused form lacks %s", a.Status, text)
		}
	}
	if a.Status != 422 || !strings.Contains(a.Body, `name="scoring[1].points" id="scoring[1].points" aria-label="点数" value="many" aria-invalid="true"`) {
		t.Errorf("%d: the field is not marked", a.Status)
	}
	if a = d.Post(act.Marketing, draft+"/yaml", url.Values{"source": {"cap: ["}}); a.Status != 422 || !a.Has("行") || !a.Has("cap: [") {
		t.Errorf("broken YAML: %d", a.Status)
	}
}

// Two people at one draft: the second is told, and overwrites nothing.
func TestEditedMeanwhile(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	mine, theirs := opened(d, draft), opened(d, draft)
	theirs.Set("cap", "90")
	theirs.Set("do", "save")
	d.Follow(act.Admin, draft+"/edit", theirs)
	mine.Set("cap", "80")
	mine.Set("do", "save")
	if a := d.Post(act.Marketing, draft+"/edit", mine); a.Status != 422 || !a.Has("ほかの人がこの下書きを変更しました") {
		t.Errorf("overwritten: %d", a.Status)
	}
	if a := d.Get(act.Viewer, draft+"/yaml"); !a.Has("cap: 90") {
		t.Error("the first change is gone")
	}
}

// X03, P21: a draft shows on real leads who would change, before anything does; then it is published with
// a note, the leads are folded again, and the former version comes back by undo or as a draft.
func TestTryPublishAndReinstate(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		who := d.Lead(lead.Fields{Name: "鈴木 花子", Email: "hanako@midori.example"})
		d.Did(event.Message{ID: "1", Kind: "whitepaper_downloaded", Email: "hanako@midori.example", Channel: "web"})
		first, draft := liveID(d), drafted(d)
		v := opened(d, draft)
		v.Set("temperature.hot", `did("whitepaper_downloaded", days(14))`)
		v.Set("do", "try")
		a := d.Post(act.Marketing, draft+"/edit", v)
		for _, text := range []string{"1 人で試した", `<a href="/leads/` + who.String() + `">鈴木 花子</a>`, `+1</b>`, "TQL"} {
			if a.Status != 200 || !a.Has(text) {
				d.Fatalf("%d: the effect lacks %q: %s", a.Status, text, a.Body)
			}
		}
		if a = d.Get(act.Marketing, "/leads/"+who.String()); a.Has(`class="temperature hot"`) {
			d.Error("trying changed the lead")
		}
		v.Set("do", "publish")
		if a = d.Follow(act.Marketing, draft+"/edit", v); !a.Has("公開しますか") || !a.Has("鈴木 花子") || !a.Has("今すぐ(ホット)の条件") {
			d.Fatalf("the question before publishing: %d %s", a.Status, a.Body)
		}
		a = d.Follow(act.Marketing, draft+"/publish", url.Values{"note": {"資料を読んだ人にすぐ電話する"}})
		for _, text := range []string{"第2版を公開しました", "資料を読んだ人にすぐ電話する", "人 marketing", "/model/" + first.String() + "/publish"} {
			if !a.Has(text) {
				d.Errorf("after publishing: no %q", text)
			}
		}
		if a = d.Get(act.Viewer, "/model/versions"); !a.Has("過去の版") || !a.Has("資料を読んだ人に") || !a.Has("人 marketing") {
			d.Errorf("versions: %s", a.Body)
		}
		d.Follow(act.Marketing, "/model/"+first.String()+"/publish", nil)
		if liveID(d) != first {
			d.Error("the undo did not bring the former version back")
		}
		old := d.Post(act.Marketing, "/model/drafts", url.Values{"from": {strings.TrimPrefix(draft, "/model/")}})
		if a = d.Get(act.Marketing, old.To()); !a.Has("whitepaper_downloaded&#34;, days(14)") {
			d.Errorf("an old version does not come back as a draft: %d", a.Status)
		}
	})
}

// The folding of the leads has a bar that is there again whenever one comes back, until it is through.
func TestProgressOfTheRefold(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	d.Follow(act.Marketing, draft+"/publish", url.Values{"note": {"試し"}})
	model := strings.TrimPrefix(draft, "/model/")
	for left := 1; left > 0; { // the server's own work would write over what is set below
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			return tx.Row(ctx, `SELECT COUNT(*) FROM job WHERE key LIKE $1 AND state IN ('ready', 'running')`, "refold:model:"+model+":%").Scan(&left)
		})
	}
	set := func(state string, done, total int) {
		err := d.App.DB.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), `UPDATE job SET state = $1, done = $2, total = $3, run_at = $5 WHERE key LIKE $4`,
				state, done, total, "refold:model:"+model+":%", tx.Now+clock.Day)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set("running", 1250, 20000)
	if a := d.Get(act.Viewer, "/model"); !a.Has(`value="1250" max="20000"`) || !a.Has("1,250 / 20,000") || !a.Has(`hx-trigger="every 2s"`) {
		t.Errorf("no progress: %s", a.Body)
	}
	set("failed", 1250, 20000)
	if a := d.Get(act.Viewer, "/model"); !a.Has("途中で止まりました") || a.Has(`hx-trigger="every 2s"`) {
		t.Error("a refold that failed is not told")
	}
	if a := d.Get(act.Viewer, "/model"); a.Has(`action="/jobs/`) {
		t.Error("a viewer is offered to try again")
	}
	_, rest, found := strings.Cut(d.Get(act.Marketing, "/model").Body, `action="/jobs/`)
	number, _, _ := strings.Cut(rest, "/")
	if a := d.Follow(act.Marketing, "/jobs/"+number+"/retry", nil); !found || a.Status != 200 || !a.Has("再実行を始めました") {
		t.Errorf("a refold that failed is not tried again: %d", a.Status)
	}
	set("done", 20000, 20000)
	if a := d.Get(act.Viewer, "/model"); a.Has("<progress") {
		t.Error("the bar stays")
	}
}

// A draft that nobody wants leaves the lists, and comes back.
func TestDiscard(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	if a := d.Follow(act.Marketing, draft+"/discard", nil); a.Has("第2版") || !a.Has(draft+"/restore") {
		t.Errorf("not discarded: %s", a.Body)
	}
	if a := d.Post(act.Marketing, draft+"/publish", nil); a.Status != 422 {
		t.Errorf("a discarded draft was published: %d", a.Status)
	}
	if a := d.Follow(act.Marketing, draft+"/restore", nil); !a.Has("下書き 第2版の編集") {
		t.Errorf("not restored: %s", a.Body)
	}
}
