package lead_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/company"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// open starts a desk with a lead who has done something.
func open(t *testing.T) (d *desk.Desk, taro id.ID, path string) {
	d = desk.New(t, testkit.SQLiteURL(t))
	taro = d.Lead(lead.Fields{Email: "taro@aozora.example", Name: "山田 太郎", Kana: "ヤマダ タロウ", Phone: "03-1234-5678", Mobile: "090-1111-2222",
		Department: "情報システム部", Title: "部長", Source: "展示会", Company: company.Fields{Name: "株式会社青空製作所", Size: "1200", Industry: "製造業"}})
	now := d.App.DB.Clock.Now()
	d.Did(
		event.Message{ID: "a", At: now - 40*clock.Day, Lead: taro, Kind: "whitepaper_downloaded", Channel: "web", Subject: "導入事例集"},
		event.Message{ID: "b", At: now - 3*clock.Day, Lead: taro, Kind: "document_requested", Channel: "web", Subject: "サービス資料"},
		event.Message{ID: "c", At: now - 2*clock.Hour, Lead: taro, Kind: "page_view", Channel: "web", Subject: "https://shop.example/case/a?x=1"},
		event.Message{ID: "d", At: now - clock.Hour, Lead: taro, Kind: "quote_requested", Channel: "web", Subject: "標準プラン", Props: json.RawMessage(`{"plan":"pro"}`)},
		event.Message{ID: "e", At: now - 3*clock.Hour, Lead: taro, Kind: "email_clicked", Channel: "mail", Class: event.Scanner},
	)
	return d, taro, "/leads/" + taro.String()
}

func wants(t *testing.T, a desk.Answer, texts ...string) {
	t.Helper()
	if a.Status != http.StatusOK {
		t.Fatalf("status %d: %s", a.Status, a.Body)
	}
	for _, text := range texts {
		if !a.Has(text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

// L01 T01 T07 S01 X01 P23 X11: the page says who, why, how, what comes next, and what it is made of.
func TestThePageSaysWhoWhyAndHow(t *testing.T) {
	d, _, path := open(t)
	a := d.Get(act.Inside, path)
	wants(t, a, "山田 太郎", "株式会社青空製作所", "情報システム部", "部長", `href="tel:0312345678"`, ">03-1234-5678<", `href="mailto:taro@aozora.example"`, // who
		"見積もりを依頼", "いま電話を", // why and how
		"次の予定がありません", "インサイドセールスの番です", "今すぐ", // what comes next, whose turn
		"合計(半減期 30 日)", "<svg", "予算", "未確認", "展示会", "2026", // what it is made of
		"ニーズが分かっている", "満たしている", "まだ満たしていない", // P23
		"メール検査", "人の動きとして数える", "サービス資料", "/case/a?x=1", "plan: pro") // the timeline
	wants(t, d.Get(act.Inside, path+"?lang=en"), "Next step", "There is no next step", "What makes the score", "Mail scanner", "quote request", "Call now")
	if strings.Contains(a.Body, "style=") || strings.Contains(a.Body, "onclick") {
		t.Error("something is inline")
	}
}

var shownScore = regexp.MustCompile(`<td class="num"><b>(-?[0-9.]+)</b></td></tr>`)

// X01: the lines of the score add up to exactly its total, as they are printed.
func TestPrintedLinesAddUp(t *testing.T) {
	d, _, path := open(t)
	body := d.Get(act.Inside, path+"/panel").Body
	var tenths []int
	for _, m := range shownScore.FindAllStringSubmatch(body, -1) {
		var whole, part int
		for _, c := range strings.ReplaceAll(m[1], ".", "") {
			whole = 10*whole + int(c-'0')
		}
		tenths = append(tenths, whole+part)
	}
	if len(tenths) < 3 {
		t.Fatalf("only %d lines: %s", len(tenths), body)
	}
	sum, total := 0, tenths[len(tenths)-1]
	for _, one := range tenths[:len(tenths)-1] {
		sum += one
	}
	if sum != total {
		t.Errorf("the lines %v add up to %d, not %d", tenths, sum, total)
	}
}

// The panel beside Today holds the summary and nothing else.
func TestThePanelIsTheSummary(t *testing.T) {
	d, _, path := open(t)
	a := d.Get(act.Viewer, path+"/panel")
	wants(t, a, `id="panel-content"`, "山田 太郎", "見積もりを依頼", "BANT", "電話する")
	if a.Has("これまでの動き") || a.Has("営業に渡す") {
		t.Error("the panel holds more than a viewer's summary")
	}
}

func TestNobodyInParticular(t *testing.T) {
	d, _, _ := open(t)
	bare := d.Lead(lead.Fields{Email: "x@y.example"})
	for _, lang := range []string{"ja", "en"} {
		for _, rest := range []string{"", "/panel", "/timeline", "/history", "/hearing", "/consent", "/edit", "/merge", "/stage"} {
			wants(t, d.Get(act.Admin, "/leads/"+bare.String()+rest+"?lang="+lang), "x@y.example")
		}
	}
	if a := d.Get(act.Viewer, "/leads/0000000000001"); a.Status != http.StatusNotFound {
		t.Errorf("nobody: %d", a.Status)
	}
	if a := d.Get(act.Viewer, "/leads/what"); a.Status != http.StatusNotFound {
		t.Errorf("no id: %d", a.Status)
	}
}

// L08 X11: the timeline can be narrowed to what somebody looks for.
func TestTimelineIsFiltered(t *testing.T) {
	d, _, path := open(t)
	rows := func(query string) string {
		a := d.Get(act.Field, path+"/timeline"+query)
		wants(t, a)
		_, rest, _ := strings.Cut(a.Body, `<div class="lead-rows">`)
		return rest
	}
	for query, want := range map[string][2]string{ // what it has, what it lacks
		"?show=theirs":                    {"見積もり依頼", "メール検査"},
		"?show=machines":                  {"メール検査", "見積もり依頼"},
		"?show=steps":                     {"MQL → TQL", "資料請求"},
		"?show=ours":                      {"ここに出る動きはありません", "資料請求"},
		"?kind=document_requested":        {"サービス資料", "標準プラン"},
		"?channel=mail":                   {"メール検査", "標準プラン"},
		"?kind=nothing_of_that&show=what": {"ここに出る動きはありません", "資料請求"},
	} {
		if got := rows(query); !strings.Contains(got, want[0]) || strings.Contains(got, want[1]) {
			t.Errorf("%s: wanted %q and not %q: %s", query, want[0], want[1], got)
		}
	}
	if a := d.Get(act.Field, path+"/timeline?after=nonsense"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a broken cursor: %d", a.Status)
	}
}

// L08: a long timeline goes on by a cursor, without a gap.
func TestTimelineGoesOn(t *testing.T) {
	d, taro, path := open(t)
	now := d.App.DB.Clock.Now()
	var messages []event.Message
	for i := range 60 {
		messages = append(messages, event.Message{At: now - int64(i+50)*clock.Day, Lead: taro, Kind: "page_view", Subject: "https://shop.example/p" + string(rune('a'+i%26))})
	}
	d.Did(messages...)
	next := regexp.MustCompile(`href="(/leads/[^"]+after=[^"]+)"`)
	rows, to := 0, path+"/timeline?show=theirs"
	for to != "" {
		a := d.Get(act.Inside, strings.ReplaceAll(to, "&amp;", "&"))
		wants(t, a)
		rows += strings.Count(a.Body, `<li class="lead-row`)
		to = ""
		if m := next.FindStringSubmatch(a.Body); m != nil {
			to = m[1]
		}
	}
	if rows != 64 {
		t.Errorf("%d rows, wanted 64", rows)
	}
}

// A lead with a long history has a page of ordinary size. Its score is the newest events and a sum of what came
// earlier, and every event stands on one of the pages behind it.
func TestALongHistoryHasAShortPage(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := desk.New(t, url)
		who := d.Lead(lead.Fields{Email: "long@aozora.example", Name: "長井 歴史"})
		path, now := "/leads/"+who.String(), d.App.DB.Clock.Now()
		const events = 2000
		for begin := 0; begin < events; begin += 500 {
			var list []event.Message
			for i := begin; i < begin+500; i++ {
				list = append(list, event.Message{Lead: who, Kind: "page_view", Channel: "web", At: now - int64(events-i)*clock.Hour,
					Subject: "https://shop.example/case/" + strings.Repeat("x", i%100)})
			}
			d.Did(list...)
		}
		a := d.Get(act.Inside, path)
		wants(t, a, "それ以前の行動(合計)", "新しい100件を1件ずつ見る", path+"/score")
		if len(a.Body) > 200_000 {
			t.Errorf("the page has %d bytes", len(a.Body))
		}
		wants(t, d.Get(act.Inside, path+"/panel"), "それ以前の行動(合計)")
		lines, pages := 0, 0
		for next := path + "/score"; next != ""; pages++ {
			a := d.Get(act.Inside, next)
			wants(t, a, "長井 歴史のスコアの内訳")
			lines += strings.Count(a.Body, "そのとき") + strings.Count(a.Body, "上限")
			next = ""
			if m := earlierPage.FindStringSubmatch(a.Body); m != nil {
				next = m[1]
			}
		}
		if lines < events || pages < events/100 {
			t.Errorf("%d lines on %d pages", lines, pages)
		}
		wants(t, d.Get(act.Inside, path+"?lang=en"), "Earlier events, in total", "Each of the newest 100 events")
		if a := d.Get(act.Inside, path+"/score?after=x"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a broken cursor: %d", a.Status)
		}
	})
}

var earlierPage = regexp.MustCompile(`href="(/leads/[^"]+/score\?after=[^"]+)"`)
