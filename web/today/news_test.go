package today_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/event"
	"kizashi/member"
	"kizashi/testkit/desk"
)

// T08: several hot leads are one piece of news with their names; who was contacted is none any more.
func TestNewsOfOneKindAreOne(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		owner := d.Who(act.Inside).ID
		first := hot(d, "山田 太郎", "taro@aozora.example", owner)
		hot(d, "鈴木 花子", "hanako@midori.example", owner)
		hot(d, "", "kenichi@kanto.example", owner)
		news := func(path string) string {
			_, rest, _ := strings.Cut(d.Get(act.Inside, path).Body, `class="news"`)
			said, _, _ := strings.Cut(rest, "</div>")
			return said
		}
		said := news("/")
		for _, words := range []string{"3人が今すぐ客になりました", `href="/leads/` + first.String() + `" title="aozora.example">山田 太郎</a>`, "鈴木 花子", "kenichi@kanto.example"} {
			if !strings.Contains(said, words) {
				d.Errorf("the news lack %q: %s", words, said)
			}
		}
		if strings.Count(said, "<p") != 1 {
			d.Errorf("not one sentence: %s", said)
		}
		d.Follow(act.Inside, "/today/"+first.String()+"/result", url.Values{"result": {"no_answer"}})
		if said := news("/?lang=en"); !strings.Contains(said, "2 leads are hot") || strings.Contains(said, "山田") {
			d.Errorf("who was contacted is still news: %s", said)
		}
	})
}

// A flood of invented people is told to who can take it back, with the way there, and its people are marked.
func TestAFloodIsTold(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		add := &member.AddKey{Label: "コーポレートサイト", Role: act.Track}
		d.Run(add)
		for i := range 8 {
			d.Did(event.Message{Email: fmt.Sprintf("x%d@evil.example", i), Kind: "quote_requested", Door: add.Key, Address: "203.0.113.5"})
		}
		link := `href="/settings/keys/` + add.Key.String() + `?from=`
		body := d.Get(act.Admin, "/?view=team").Body
		for _, words := range []string{"公開キー「コーポレートサイト」から、短時間に多くの新しいリード", link, "未確認・短時間に多数"} {
			if !strings.Contains(body, words) {
				d.Errorf("an administrator does not read %q", words)
			}
		}
		if body := d.Get(act.Marketing, "/?view=team&lang=en").Body; !strings.Contains(body, "stand last on Today") || strings.Contains(body, link) {
			d.Error("marketing reads of no flood, or is offered what it may not do")
		}
	})
}
