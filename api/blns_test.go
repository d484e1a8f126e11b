package api

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"unicode/utf8"
)

// naughty reads the Big List of Naughty Strings where the checkout has it beside it.
func naughty(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../shared/data/blns/blns.json")
	if err != nil {
		t.Skip("the Big List of Naughty Strings is not beside this checkout (../shared/data/blns)")
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return append(all, "a\x00b", "\uFEFF", "\u202Eabc", "😀👨‍👩‍👧", "𠮷野家")
}

// Whatever stands in a text, the answer is an answer, and what was kept comes back as text.
func TestNaughtyStringsThroughEveryTextField(t *testing.T) {
	texts := naughty(t)
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "a@kizashi.example", "name": "山田"})
		for i, text := range texts {
			for _, r := range []*reply{
				b.send("admin", http.MethodPatch, "/leads/"+who, map[string]any{
					"name": text, "kana": text, "title": text, "department": text, "address": text, "source": text,
					"tags": []string{text}, "properties": map[string]string{"note": text, text: "x"}, text: "unknown field",
					"company": map[string]string{"name": text, "industry": text},
				}),
				b.post("/leads", map[string]any{"email": text, "phone": text, "company": text}),
				b.post("/events", map[string]any{"events": []any{map[string]any{
					"lead": who, "kind": "x" + text, "subject": text, "channel": text, "user": text, "properties": map[string]string{text: text},
				}}}),
				b.post("/segments", map[string]string{"name": text, "rule": text}),
				b.post("/rules/check", map[string]string{"rule": text}),
				b.post("/leads/"+who+"/stage", map[string]string{"to": text, "reason": text}),
				b.post("/leads/"+who+"/hearing", map[string]string{"item": "need", "value": text, "source": "call"}),
				b.post("/models", map[string]string{"source": text}),
			} {
				if r.status >= 500 || !utf8.Valid(r.body) {
					b.Fatalf("string %d %q: %s: %d %s", i, text, r.asked, r.status, r.body)
				}
			}
		}
		b.get("/leads/" + who).want(http.StatusOK)
		b.get("/leads/" + who + "/timeline?limit=500").want(http.StatusOK)
		b.get("/segments").want(http.StatusOK)
		if n := len(b.get("/companies?limit=500").items()); n == 0 {
			b.Error("no company")
		}
	})
}

// FuzzBody throws bytes at a body that has every sort of field.
func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"events":[{"kind":"page_view","visitor":"v","at":"2026-04-01T00:00:00Z","properties":{"a":1},"traits":{"x":null}}]}`))
	f.Add([]byte(`{"name":null,"company":"x","owner":"","tags":["a"],"properties":{"n":1e400},"foo":[1,{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, into := range []interface {
			read([]byte)
			fault() error
		}{&checked[eventsBody]{}, &checked[leadBody]{}, &checked[leadChange]{}, &checked[companyChange]{}} {
			into.read(body)
			if err := into.fault(); err != nil {
				p := problemOf(&call{}, 0, err)
				if p.Status >= http.StatusInternalServerError || p.Key == "" {
					t.Errorf("%q: %v", body, err)
				}
			}
		}
	})
}

// checked is a body whose mistake can be asked for.
type checked[T any] struct{ posted[T] }

func (c *checked[T]) fault() error { return c.wrong }
