package lead_test

import (
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/lead"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// The page says that a list of domains left this person out, what that means, and the way back in.
func TestWhoAListLeavesOut(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	d.Follow(act.Admin, "/settings/value/own_domains", url.Values{"value": {"aozora.example"}})
	path := "/leads/" + d.Lead(lead.Fields{Name: "山田 太郎", Email: "taro@aozora.example"}).String()
	wants(t, d.Get(act.Inside, path), "対象外(自社の人)", "自社のドメインとして登録", "「今日」の一覧には出さず", "こちらからは連絡しません", `href="/settings/domains"`, path+"/edit#excluded")
	wants(t, d.Get(act.Inside, path+"?lang=en"), "Left out (one of us)", "registered as our own")
	if d.Get(act.Inside, path).Has("次の予定がありません") {
		t.Error("the page asks for a next step with who is left out")
	}
	if a := d.Get(act.Viewer, path); !a.Has("自社のドメインとして登録") || a.Has("edit#excluded") {
		t.Error("a viewer is not told, or is offered to change it")
	}
}

// P23: a row of the way through the stages says which gate was passed; what it asked stands behind it.
func TestAGateThatWasPassed(t *testing.T) {
	d, _, path := open(t)
	for _, page := range []string{path, path + "/history"} {
		a := d.Get(act.Inside, page)
		wants(t, a, "<summary>MQLの条件を満たした</summary>", "90日以内に「問い合わせ」があるか")
		if strings.Contains(a.Body, "<p class=\"lead-note\">条件を満たした") {
			t.Errorf("%s repeats that a gate was passed", page)
		}
	}
}

// T08: the time that is left says what it comes from.
func TestTheClockExplainsItself(t *testing.T) {
	d, _, path := open(t)
	wants(t, d.Get(act.Inside, path), `id="clock"`, "営業時間で15分以内に連絡する決まりです")
	wants(t, d.Get(act.Inside, "/?view=team"), path+"#clock", path+"#score", path+"#heat")
}

// S09 X05: who is to answer a hand-over reads who handed it over and what they said.
func TestAHandoverSaysWhoAndWhy(t *testing.T) {
	d, _, path := open(t)
	d.Follow(act.Inside, path+"/stage", url.Values{"to": {"sal"}, "reason": {"急ぎ"}, "note": {"来期の予算で導入したい"}})
	a := d.Get(act.Field, path)
	wants(t, a, "受ける", "引き渡し:")
	_, banner, _ := strings.Cut(a.Body, `class="lead-handed"`)
	banner, _, _ = strings.Cut(banner, "</div>")
	for _, words := range []string{d.Who(act.Inside).Name, "急ぎ", "来期の予算で導入したい"} {
		if !strings.Contains(banner, words) {
			t.Errorf("the hand-over lacks %q: %s", words, banner)
		}
	}
}
