package start_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/member"
	"kizashi/report"
	"kizashi/setting"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

func firstDay(d *desk.Desk) (f report.FirstDay) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = report.ReadFirstDay(ctx, tx)
		return err
	})
	return f
}

// Each step is done when the data says so.
func TestStepsComeOutOfTheData(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if f := firstDay(d); f.Done() != 1 || !f.Invited || !f.Open() {
			d.Fatalf("at the beginning: %+v", f)
		}
		d.Did(event.Message{Kind: "page_view", Visitor: "v1", Channel: "web", Subject: "https://www.aozora.example/price"})
		d.Run(&setting.Set{Setting: "key_pages", Value: []byte(`[{"pattern":"*/price","tag":"price_view"}]`)})
		if f := firstDay(d); !f.Tracked || !f.Pages || f.Imported || f.Model {
			d.Errorf("%+v", f)
		}
		for _, words := range [][]string{
			{"/start", "5項目のうち3項目が済みました", "名刺や顧客リストを取り込む", `href="/imports"`},
			{"/start?lang=en", "3 of 5 done", "Put the tag on your site"},
		} {
			a := d.Get(act.Marketing, words[0])
			for _, word := range words[1:] {
				if !a.Has(word) {
					d.Errorf("%s does not say %q", words[0], word)
				}
			}
		}
		if a := d.Get(act.Viewer, "/start"); a.Has(`href="/imports"`) && a.Has("ファイルを取り込む") || !a.Has("依頼してください") {
			d.Error("a viewer is sent to do what they may not")
		}
	})
}

// An administrator makes the tag; its first hit appears on the page.
func TestTheFirstHitArrives(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if a := d.Get(act.Marketing, "/start/tag"); a.Has("<form class=\"card") || !a.Has("/settings/tracking") || !a.Has("管理者が作れます") || !a.Has("最初のアクセスを待っています") {
			d.Errorf("for marketing: %s", a.Body)
		}
		if a := d.Post(act.Marketing, "/start/tag", url.Values{"site": {"x"}}); a.Status != 403 {
			d.Errorf("marketing made a key: %d", a.Status)
		}
		if a := d.Post(act.Admin, "/start/tag", url.Values{"consent": {"1"}}); a.Status != 422 || !a.Has("ドメインを入力してください") {
			d.Errorf("no name: %d", a.Status)
		}
		a := d.Post(act.Admin, "/start/tag", url.Values{"site": {"www.aozora.example"}, "consent": {"1"}})
		found := regexp.MustCompile(`data-key=&?[^k]*(kz_[a-z0-9]+)`).FindStringSubmatch(a.Body)
		if a.Status != 200 || found == nil || !a.Has("data-consent=") || !a.Has("最初のアクセスを待っています") {
			d.Fatalf("%d %s", a.Status, a.Body)
		}
		who, err := member.FindKey(context.Background(), d.App.DB, found[1])
		if err != nil || who.Role != act.Track || who.Name != "計測タグ www.aozora.example" {
			d.Fatalf("%+v %v", who, err)
		}
		waiting := regexp.MustCompile(`hx-get="(/start/tag\?since=\d+)"`).FindStringSubmatch(a.Body)
		if waiting == nil {
			d.Fatal("the page does not wait")
		}
		send := `{"writeKey":"` + found[1] + `","anonymousId":"visitor-1","properties":{"url":"https://www.aozora.example/"},"messageId":"m1"}`
		res, err := d.Stranger().Post(d.URL+"/v1/page", "application/json", strings.NewReader(send))
		if err != nil || res.StatusCode != 200 {
			d.Fatalf("%v %v", res, err)
		}
		_ = res.Body.Close()
		if a = d.Get(act.Admin, strings.ReplaceAll(waiting[1], "&amp;", "&")); !a.Has("アクセスが届いています") || !a.Has("https://www.aozora.example/") {
			d.Errorf("the hit is not there: %s", a.Body)
		}
	})
}

// The reminder ends when somebody says so, and begins again.
func TestTheReminderEnds(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	if a := d.Follow(act.Marketing, "/start/over", nil); !a.Has("案内を終えました") || !a.Has(`action="/start/again"`) || firstDay(d).Open() {
		t.Fatal(a.Body)
	}
	d.Follow(act.Marketing, "/start/again", nil)
	if !firstDay(d).Open() {
		t.Error("the reminder did not begin again")
	}
	if a := d.Post(act.Inside, "/start/over", nil); a.Status != 403 {
		t.Errorf("%d", a.Status)
	}
}
