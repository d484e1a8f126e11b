package arch

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// house is this repository.
func house(t *testing.T) *House {
	t.Helper()
	h, err := Read(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHouseIsInOrder(t *testing.T) {
	h := house(t)
	for _, r := range Rules {
		t.Run(r.Name, func(t *testing.T) {
			for _, b := range r.Check(h) {
				t.Error(b)
			}
		})
	}
}

// doc begins every source below, so that each breaks just the one law.
const doc = "// Package lead is there.\npackage lead\n"

func TestEveryRuleFindsItsBreach(t *testing.T) {
	tests := []struct{ rule, file, body, breach string }{
		{"every package has a floor", "magic/magic.go", "// Package magic is.\npackage magic\n", "magic: a package without a floor"},
		{"imports go down", "lead/lead.go", doc + `import _ "kizashi/fold"`, "higher, on floor 6"},
		{"imports go down", "lead/lead_test.go", doc + `import _ "kizashi/fold"`, "higher, on floor 6"},
		{"imports go down", "lead/lead.go", doc + `import _ "kizashi/testkit"`, "only tests and tools may"},
		{"imports go down", "company/company.go", doc + `import _ "kizashi/member"`, "same floor"},
		{"imports go down", "web/leads/x.go", doc + `import _ "kizashi/web/tasks"`, "same floor"},
		{"HTTP and templates stay at the doors", "lead/lead.go", doc + `import _ "net/http"`, "net/http"},
		{"HTTP and templates stay at the doors", "message/x.go", doc + `import _ "html/template"`, "html/template"},
		{"folders are nouns", "page/helpers/x.go", doc, "“helpers” says nothing"},
		{"every package says what it is", "lead/lead.go", "package lead\n", "no file of the package says"},
		{"files are short", "lead/lead.go", doc + strings.Repeat("\n", 500), "502 lines"},
		{"functions are short", "lead/lead.go", doc + "func f() {" + strings.Repeat("\n", 60) + "}", "f has 61 lines"},
		{"no path of one machine", "lead/lead.go", doc + "const dir = \"/ho" + "me/me\"", "lead/lead.go:3"},
		{"words are the same in both languages", "i18n/words/lead.yaml", `lead.gone: {ja: "ない", en: ""}`, "lead.gone: lacks a language"},
		{"words are the same in both languages", "i18n/words/lead.yaml", `lead.gone: {ja: "{id}がない", en: "gone"}`, "lead.gone: Japanese has"},
		{"words are the same in both languages", "i18n/words/lead.yaml", `deal.gone: {ja: "ない", en: "gone"}`, "deal.gone belongs to another file"},
		{"a table is written by its noun", "stage/stage.go", "// Package stage is.\npackage stage\nconst q = `UPDATE lead SET x = 1`",
			"stage/stage.go:3 writes lead, which package lead keeps"},
		{"a table is written by its noun", "db/schema/0009_x.sql", "CREATE TABLE deal (id {pk});", "nobody keeps deal"},
		{"rights stand in one place", "lead/lead.go", doc + `func may(w act.Who) bool { return w.Is(act.Field) }`, "lead/lead.go:3 asks for roles"},
		{"every message has words", "lead/lead.go", doc + `var e = fault.New(1, "lead.gone", nil)`, "no words for lead.gone"},
		{"every message has words", "lead/lead.go", doc + `var e = i18n.T("ja", "lead.gone", nil)`, "no words for lead.gone"},
		{"every message has words", "lead/lead.go", doc + `func bad(key string) error { return fault.New(1, key, nil) }
			func worse(n int, key string) error { return bad(key) }
			var e = worse(1, "lead.gone")`, "no words for lead.gone"},
		{"every word is used", "i18n/words/lead.yaml", `lead.gone: {ja: "ない", en: "gone"}`, "lead.gone: no source uses it"},
	}
	for _, test := range tests {
		t.Run(test.rule+" "+test.file, func(t *testing.T) {
			h, err := Read(fstest.MapFS{test.file: {Data: []byte(test.body)}})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range Rules {
				got := strings.Join(r.Check(h), "\n")
				if r.Name == test.rule && !strings.Contains(got, test.breach) {
					t.Errorf("%s found %q, want %q", r.Name, got, test.breach)
				}
			}
		})
	}
}

func TestMessageLacksAnArgument(t *testing.T) {
	h, err := Read(fstest.MapFS{
		"i18n/words/lead.yaml": {Data: []byte(`lead.long: {ja: "{limit}字まで", en: "at most {limit}"}`)},
		"lead/lead.go": {Data: []byte(doc + `
			var none = fault.New(1, "lead.long", nil)
			var other = fault.New(1, "lead.long", fault.Args{"max": 3})
			var good = fault.New(1, "lead.long", fault.Args{"limit": 3, "more": 1})
			var unknown = fault.New(1, "lead.long", args)`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "lead/lead.go:4: lead.long wants {limit}\nlead/lead.go:5: lead.long wants {limit}"
	if got := strings.Join(missingWords(h), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWordsAreUsedByTheirBeginning(t *testing.T) {
	h, err := Read(fstest.MapFS{
		"i18n/words/stage.yaml": {Data: []byte("stage.mql: {ja: MQL, en: MQL}\nstage.how.call: {ja: 電話, en: Call}\nstage.title: {ja: 題, en: Title}")},
		"lead/lead.go":          {Data: []byte(doc + `var s = "stage.how." + x`)},
		"web/leads/list.html":   {Data: []byte(`{{t "stage.title"}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := unusedWords(h); len(got) != 1 || !strings.HasPrefix(got[0], "stage.mql") {
		t.Errorf("got %q, want stage.mql alone", got)
	}
}

func TestWhatIsAllowed(t *testing.T) {
	h, err := Read(fstest.MapFS{
		"lead/lead.go":      {Data: []byte(doc + `import _ "kizashi/db"`)},
		"lead/lead_test.go": {Data: []byte(doc + "import _ \"kizashi/testkit\"\nimport _ \"net/http/httptest\"")},
		"id/id.go":          {Data: []byte("// Package id is.\npackage id\nimport _ \"kizashi/fault\"")},
		"track/bots.go":     {Data: []byte("// Code generated by gen; DO NOT EDIT.\n\n// Package track is.\npackage track\n" + strings.Repeat("\n", 600))},
		"node_modules/x.go": {Data: []byte("package x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules {
		if got := r.Check(h); len(got) > 0 {
			t.Errorf("%s: %q", r.Name, got)
		}
	}
}
