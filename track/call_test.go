package track

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kizashi/event"
)

// messageOf reads one call as the door does and gives its message; the id is cleared if it was made.
func messageOf(t *testing.T, kind, body string, from sender) event.Message {
	t.Helper()
	p, err := read([]byte(body), kind)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	from.now, from.sentAt = testNow, p.sentAt
	made := p.calls[0].id == ""
	m, refused := p.calls[0].message(from)
	if refused != nil {
		t.Fatalf("%s: %v", body, refused)
	}
	if made {
		if m.ID == "" {
			t.Errorf("%s: no id was made", body)
		}
		m.ID = ""
	}
	return m
}

func TestCallsBecomeMessages(t *testing.T) { // T05, T06, T18
	for _, c := range []struct {
		name, kind, body string
		want             event.Message
	}{
		{"track", "track",
			`{"messageId":"m1","event":" quote_requested ","userId":42,"anonymousId":"a","properties":{"plan":"pro","n":1.50},"integrations":{"All":true}}`,
			event.Message{ID: "m1", Kind: "quote_requested", User: "42", Visitor: "a", Channel: "web",
				Props: json.RawMessage(`{"plan":"pro","n":1.50}`)}},
		{"semantic names stay", "track", `{"event":"Order Completed","userId":"u"}`,
			event.Message{Kind: "Order Completed", User: "u", Channel: "web"}},
		{"unknown members are kept, properties win", "track",
			`{"event":"e","userId":"u","colour":"red","deep":{"a":[1,null]},"plan":"x","properties":{"plan":"pro"}}`,
			event.Message{Kind: "e", User: "u", Channel: "web",
				Props: json.RawMessage(`{"plan":"pro","colour":"red","deep":{"a":[1,null]}}`)}},
		{"page with a campaign in its address", "page",
			`{"anonymousId":"a","name":"Price","properties":{"url":"https://a.example/price?utm_source=news&utm_medium=email"}}`,
			event.Message{Kind: "page_view", Visitor: "a", Channel: "mail", Subject: "https://a.example/price?utm_source=news&utm_medium=email",
				Props: json.RawMessage(`{"url":"https://a.example/price?utm_source=news&utm_medium=email","name":"Price","utm_source":"news","utm_medium":"email"}`)}},
		{"context", "page",
			`{"anonymousId":"a","context":{"ip":"192.0.2.7","locale":"ja-JP","userAgent":"` + chrome + `","campaign":{"name":"spring","medium":"cpc"},
				"page":{"url":"https://a.example/","referrer":"https://b.example/","title":"T"},"library":{"name":"x"}}}`,
			event.Message{Kind: "page_view", Visitor: "a", Channel: "ad", Subject: "https://a.example/",
				Props: json.RawMessage(`{"url":"https://a.example/","referrer":"https://b.example/","locale":"ja-JP","user_agent":"` + chrome +
					`","ip":"192.0.2.7","utm_campaign":"spring","utm_medium":"cpc"}`)}},
		{"screen", "screen", `{"userId":"u","name":"Home"}`,
			event.Message{Kind: "screen_view", User: "u", Channel: "web", Subject: "Home", Props: json.RawMessage(`{"name":"Home"}`)}},
		{"alias", "alias", `{"previousId":"a","userId":"u"}`, event.Message{User: "u", Visitor: "a", Channel: "web"}},
		{"alias of oneself", "alias", `{"previousId":"u","userId":"u","anonymousId":"a"}`, event.Message{User: "u", Visitor: "a", Channel: "web"}},
		{"user id is a mail address", "identify", `{"userId":"taro@a.example"}`,
			event.Message{User: "taro@a.example", Email: "taro@a.example", Channel: "web"}},
		{"traits in the context", "track", `{"event":"e","anonymousId":"a","context":{"traits":{"email":"t@a.example"}}}`,
			event.Message{Kind: "e", Visitor: "a", Email: "t@a.example", Channel: "web", Traits: map[string]string{"email": "t@a.example"}}},
		{"nulls", "track", `{"event":"e","userId":"u","anonymousId":null,"properties":null,"context":null,"traits":null,"timestamp":null}`,
			event.Message{Kind: "e", User: "u", Channel: "web"}},
		{"escaped names and texts", "track", `{"\u0065vent":"\u898b\u7a4d","userId":"u","properties":{"a\"b":1}}`,
			event.Message{Kind: "見積", User: "u", Channel: "web", Props: json.RawMessage(`{"a\"b":1}`)}},
		{"what is no text is replaced", "track", `{"event":"a\u0000b\ud83d","userId":"u\ud83d\ude00","properties":{"p":"\u0000\\u0000\ude00"}}`,
			event.Message{Kind: "a\ufffdb\ufffd", User: "u😀", Channel: "web", Props: json.RawMessage(`{"p":"\ufffd\\u0000\ufffd"}`)}},
	} {
		got := messageOf(t, c.kind, c.body, sender{})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTraitsBecomeFlat(t *testing.T) {
	got := messageOf(t, "identify", `{"userId":"u","traits":{
		"email":"taro@a.example","firstName":"太郎","last_name":"田中","jobTitle":"部長","age":40,"vip":true,"nothing":null,
		"tags":["a","b",3,{"x":1}],
		"company":{"name":"例株式会社","employees":300,"website":"https://a.example"},
		"address":{"postalCode":"100-0005","state":"東京都","city":"千代田区","street":"丸の内1-1","country":"JP"}}}`, sender{})
	want := map[string]string{
		"email": "taro@a.example", "first_name": "太郎", "last_name": "田中", "title": "部長", "age": "40", "vip": "true", "tags": "a,b,3",
		"company": "例株式会社", "company_size": "300", "company_url": "https://a.example",
		"postal": "100-0005", "prefecture": "東京都", "address": "千代田区丸の内1-1", "address_country": "JP",
	}
	if diff := cmp.Diff(want, got.Traits); diff != "" || got.Email != "taro@a.example" || got.Kind != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestGroupIsTheCompany(t *testing.T) {
	got := messageOf(t, "group", `{"userId":"u","groupId":"g7","traits":{"name":"例株式会社","industry":"製造","employees":"300","plan":"pro"}}`, sender{})
	want := map[string]string{"company": "例株式会社", "company_industry": "製造", "company_size": "300", "company_plan": "pro", "company_id": "g7"}
	if diff := cmp.Diff(want, got.Traits); diff != "" || got.Kind != "" || got.User != "u" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClockOfTheSenderIsCorrected(t *testing.T) {
	const hour = 3600_000
	for _, c := range []struct {
		name, times string
		want        int64
	}{
		{"none", ``, 0},
		{"no sentAt", `"timestamp":"2026-04-01T00:00:00Z"`, testNow - hour},
		{"sender an hour ahead", `"timestamp":"2026-04-01T01:59:58Z","sentAt":"2026-04-01T02:00:00Z"`, testNow - 2000},
		{"old event, right clock", `"timestamp":"2025-04-01T01:00:00.000Z","sentAt":"2026-04-01T01:00:00.000Z"`, testNow - 365*24*hour},
		{"original only", `"originalTimestamp":"2026-04-01T02:59:00+01:00","sentAt":"2026-04-01T02:00:00Z"`, testNow - 60_000},
		{"corrected before", `"timestamp":"2026-04-01T00:00:00Z","originalTimestamp":"2020-01-01T00:00:00Z","sentAt":"2020-01-01T00:00:00Z"`, testNow - hour},
		{"a clock without a battery", `"timestamp":"1970-01-01T00:00:00Z"`, 1},
		{"zero is a time", `"timestamp":0`, 1},
		{"that clock, sent by itself", `"timestamp":0,"sentAt":2`, testNow - 1999},
		{"unix ms", `"timestamp":1775001600000`, testNow - hour},
		{"unix s", `"timestamp":1775001600`, testNow - hour},
		{"sentAt unreadable", `"timestamp":"2026-04-01T00:00:00Z","sentAt":"soon"`, testNow - hour},
	} {
		body := `{"event":"e","userId":"u"`
		if c.times != "" {
			body += "," + c.times
		}
		if got := messageOf(t, "track", body+"}", sender{}).At; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestClass(t *testing.T) {
	const bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
	for _, c := range []struct {
		name, context string
		hit           *event.Hit
		want          event.Class
	}{
		{"a server's client says nothing about the person", ``, nil, event.Human},
		{"a browser", ``, &event.Hit{UserAgent: chrome}, event.Human},
		{"a crawler that runs scripts", ``, &event.Hit{UserAgent: bot}, event.Bot},
		{"the context tells", bot, &event.Hit{UserAgent: chrome}, event.Bot},
		{"no agent from a browser", ``, &event.Hit{}, event.Bot},
	} {
		body := `{"anonymousId":"a","context":{"userAgent":"` + c.context + `"}}`
		if got := messageOf(t, "page", body, sender{hit: c.hit}).Class; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPropsAreAlwaysAnObject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		body, err := json.Marshal(map[string]any{
			"event": "e", "userId": "u", text.Draw(t, "unknown") + "!": text.Draw(t, "value"),
			"properties": rapid.MapOf(text, text).Draw(t, "properties"),
			"context":    map[string]any{"userAgent": text.Draw(t, "agent"), "locale": text.Draw(t, "locale"), "page": map[string]any{"url": text.Draw(t, "url")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		p, err := read(body, "track")
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		m, refused := p.calls[0].message(sender{now: testNow})
		if refused != nil {
			t.Fatal(refused)
		}
		var back map[string]any
		if err := json.Unmarshal(m.Props, &back); err != nil {
			t.Fatalf("%s: %v", m.Props, err)
		}
		if _, err := read(m.Props, "track"); err != nil {
			t.Fatalf("a name twice in %s: %v", m.Props, err)
		}
	})
}

// Naughty strings pass as names, values and ids, and come out as they went in.
func TestNaughtyStrings(t *testing.T) {
	raw, err := os.ReadFile("../../shared/data/blns/blns.json")
	if err != nil {
		t.Skip("no list of naughty strings beside the repository (../shared/data/blns)")
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		body, err := json.Marshal(map[string]any{"event": "e", "userId": "u" + s, "properties": map[string]string{s: s}})
		if err != nil {
			t.Fatal(err)
		}
		m := messageOf(t, "track", string(body), sender{})
		var props map[string]string
		if err := json.Unmarshal(m.Props, &props); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if m.User != plain("u"+s) || props[plain(s)] != plain(s) {
			t.Errorf("%q became %q, %q", s, m.User, props)
		}
	}
}

// FuzzBody: whatever comes in, there is an answer, and what is handed on is valid.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"event":"e","userId":"u","properties":{"a":1},"timestamp":"2026-04-01T00:00:00Z"}`,
		`{"batch":[{"type":"page","anonymousId":"a","context":{"page":{"url":"https://a.example/?utm_medium=cpc"}}},null,{"type":"group","groupId":1}],"sentAt":1}`,
		`{"userId":"u","traits":{"company":{"name":"x"},"address":{"city":"y"},"tags":[1,"2"]}}`,
		`{"event":"\ud800\u0000","userId":"\udc00"}`, "\x1f\x8b\x08", `[`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range []string{"batch", "track", "page", "identify", "group", "alias"} {
			p, err := read(append([]byte(nil), raw...), kind)
			if err != nil {
				continue
			}
			for i := range p.calls {
				m, refused := p.calls[i].message(sender{now: testNow, sentAt: p.sentAt})
				if refused == nil && len(m.Props) > 0 && !json.Valid(m.Props) {
					t.Errorf("%s: %s", kind, m.Props)
				}
			}
		}
	})
}
