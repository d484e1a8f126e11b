package today_test

import (
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
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
