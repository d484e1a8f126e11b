package rule

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kizashi/fault"
	"kizashi/i18n"
)

// mistakes are rules that are refused: why, where, and what stands there.
var mistakes = []struct {
	src, key     string
	line, column int
	what         string
}{
	{"", "rule.empty", 1, 1, ""},
	{" \n ", "rule.empty", 1, 1, ""},
	{"true\x00", "rule.encoding", 1, 5, ""},
	{"tr\xffue", "rule.encoding", 1, 3, ""},
	{`lead.fit ==`, "rule.unfinished", 1, 12, ""},
	{"lead.fit ==\n", "rule.unfinished", 2, 1, ""},
	{`lead.fit == "A`, "rule.syntax", 1, 13, `"A`},
	{`lead.customer && & true`, "rule.syntax", 1, 18, "& true"},
	{`lead.customer, true`, "rule.syntax", 1, 14, ", true"},
	{`(lead.customer`, "rule.unfinished", 1, 15, ""},
	{`lead.customre`, "rule.unknown_field_near", 1, 1, "lead.customre"},
	{"true &&\n  lead.nothing == 1", "rule.unknown_field", 2, 3, "lead.nothing"},
	{`lead.email == "日本" && nothing`, "rule.unknown_field", 1, 23, "nothing"},
	{`event.plan == "pro"`, "rule.unknown_field", 1, 1, "event.plan"},
	{`event.number("x") > 1`, "rule.unknown_function", 1, 1, "number"},
	{`true && dayz (3)`, "rule.unknown_function", 1, 9, "dayz"},
	{`has(lead.fit)`, "rule.unknown_function", 1, 1, "has"},
	{`true ? true : false`, "rule.unknown_function", 1, 1, "true ? true : false"},
	{`lead.email.matches("x")`, "rule.unknown_function", 1, 1, "matches"},
	{`1 + 1 == 2`, "rule.want_field", 1, 1, "1 + 1 == 2"},
	{`[1, 2] == [1, 2]`, "rule.want_field", 1, 1, "[1, 2] == [1, 2]"},
	{`[true].all(x, x)`, "rule.unknown_function", 1, 1, "all"},
	{`lead.fit`, "rule.no_condition", 1, 1, "lead.fit"},
	{`"text"`, "rule.no_condition", 1, 1, "text"},
	{`true && count("price_view")`, "rule.no_condition", 1, 9, "count"},
	{`days(3)`, "rule.no_condition", 1, 1, "days"},
	{`"A" == lead.fit`, "rule.field_left", 1, 1, "A"},
	{`lead.fit == 3`, "rule.want_text", 1, 13, "3"},
	{`lead.fit == "E"`, "rule.value", 1, 13, "E"},
	{`lead.fit in ["A", "a"]`, "rule.value", 1, 19, "a"},
	{`lead.fit in []`, "rule.empty_list", 1, 13, "[]"},
	{`lead.fit in lead.rank`, "rule.want_list", 1, 13, "lead.rank"},
	{`lead.fit < "B"`, "rule.operator", 1, 1, "lead.fit"},
	{`lead.customer in [true]`, "rule.operator", 1, 1, "lead.customer"},
	{`lead.customer > false`, "rule.operator", 1, 1, "lead.customer"},
	{`lead.customer == 1`, "rule.want_bool", 1, 18, "1"},
	{`lead.rank == 1.5`, "rule.want_whole", 1, 14, "1.5"},
	{`lead.rank == lead.rank`, "rule.want_whole", 1, 14, "lead.rank"},
	{`lead.rank == 9007199254740992`, "rule.want_whole", 1, 14, "9007199254740992"},
	{`lead.rank in [1, "2"]`, "rule.want_whole", 1, 18, "2"},
	{`lead.rank.contains("1")`, "rule.operator", 1, 1, "lead.rank"},
	{`lead.email.contains("")`, "rule.empty_text", 1, 21, ""},
	{`lead.email.contains("a", "b")`, "rule.usage", 1, 1, "contains"},
	{`lead.email == "\u0000"`, "rule.encoding", 1, 15, "\x00"},
	{`lead.engagement == 3`, "rule.operator", 1, 1, "lead.engagement"},
	{`lead.engagement > -1`, "rule.number", 1, 19, "-1"},
	{`lead.engagement > "1"`, "rule.number", 1, 19, "1"},
	{`"a,b" in lead.tags`, "rule.tag", 1, 1, "a,b"},
	{`"" in lead.tags`, "rule.tag", 1, 1, ""},
	{`lead.tags == "vip"`, "rule.operator", 1, 1, "lead.tags"},
	{`lead.planned_at > 3`, "rule.operator", 1, 1, "lead.planned_at"},
	{`within(lead.rank, days(3))`, "rule.operator", 1, 8, "lead.rank"},
	{`within(lead.planned_at)`, "rule.usage", 1, 1, "within"},
	{`within(lead.planned_at, 3)`, "rule.want_span", 1, 25, "3"},
	{`past(past(lead.planned_at))`, "rule.want_field", 1, 6, "past"},
	{`known(lead.customer)`, "rule.operator", 1, 7, "lead.customer"},
	{`active(days(0))`, "rule.span", 1, 13, "0"},
	{`active(days(3661))`, "rule.span", 1, 13, "3661"},
	{`active(weeks(9007199254740991))`, "rule.span", 1, 14, "9007199254740991"},
	{`silent(days("3"))`, "rule.span", 1, 13, "3"},
	{`silent(lead.rank)`, "rule.want_span", 1, 8, "lead.rank"},
	{`count("price_view") > 251`, "rule.number", 1, 23, "251"},
	{`count("price_view") > -1`, "rule.number", 1, 23, "-1"},
	{`count(price_view) > 1`, "rule.want_text", 1, 7, "price_view"},
	{`did("")`, "rule.kind", 1, 5, ""},
	{`did("a", days(1), 3)`, "rule.usage", 1, 1, "did"},
	{`followed("a", "a", days(1), days(1))`, "rule.same_kind", 1, 15, "a"},
	{`followed("a", "b", days(1))`, "rule.usage", 1, 1, "followed"},
}

// TestErrorsNameThePlace: line and column are where the mistake stands, and what is it.
func TestErrorsNameThePlace(t *testing.T) {
	for _, test := range mistakes {
		_, err := Parse(testSchema, test.src)
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.Invalid || e.Path != "" {
			t.Errorf("%s: %v", test.src, err)
			continue
		}
		got := fmt.Sprintf("%s %v:%v %v", e.Key, e.Args["line"], e.Args["column"], e.Args["what"])
		if want := fmt.Sprintf("%s %d:%d %s", test.key, test.line, test.column, test.what); got != want {
			t.Errorf("%s\n got %s\nwant %s", test.src, got, want)
		}
		checkWords(t, e)
	}
}

// checkWords finds a message without words, or with a placeholder that stayed.
func checkWords(t *testing.T, e *fault.Error) {
	t.Helper()
	for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
		if s := i18n.Words(lang, e); !i18n.Has(e.Key) || strings.ContainsAny(s, "{}") {
			t.Errorf("%v: %s", e, s)
		}
	}
}

// TestLimits: one below a limit is read, one above refused.
func TestLimits(t *testing.T) {
	nested := func(n int) string {
		src := "lead.customer"
		for i := range n {
			src = fmt.Sprintf("(%s %s true)", src, []string{"&&", "||"}[i%2])
		}
		return src
	}
	for _, test := range []struct {
		name, good, bad, key string
	}{
		{"length", `lead.email == "` + strings.Repeat("あ", maxText-16) + `"`, `lead.email == "` + strings.Repeat("あ", maxText-15) + `"`, "rule.too_long"},
		{"canonical length", `lead.email=="` + strings.Repeat("あ", maxText-16) + `"`, `lead.email=="` + strings.Repeat("あ", maxText-15) + `"`, "rule.too_long"},
		{"conditions", strings.Repeat("true||", maxNodes-2) + "true", strings.Repeat("true||", maxNodes-1) + "true", "rule.too_many"},
		{"depth", nested(maxDepth), nested(maxDepth + 1), "rule.too_deep"},
		{"parentheses", strings.Repeat("(", 100) + "true" + strings.Repeat(")", 100), strings.Repeat("(", 1900) + "true" + strings.Repeat(")", 1900), "rule.too_deep"},
		{"brackets", `lead.rank in [1]`, strings.Repeat("[", 3000), "rule.too_deep"},
		{"list", "lead.rank in [0" + strings.Repeat(",1", maxList-1) + "]", "lead.rank in [0" + strings.Repeat(",1", maxList) + "]", "rule.long_list"},
		{"kind", `did("` + strings.Repeat("あ", maxKind) + `")`, `did("` + strings.Repeat("あ", maxKind+1) + `")`, "rule.kind"},
	} {
		if _, err := Parse(testSchema, test.good); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		_, err := Parse(testSchema, test.bad)
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != test.key {
			t.Errorf("%s: %v, want %s", test.name, err, test.key)
			continue
		}
		checkWords(t, e)
	}
}

func TestSource(t *testing.T) {
	for src, want := range map[string]string{
		`lead.fit=='A'&&(lead.customer==true&&(true))`:       `lead.fit == "A" && lead.customer && true`,
		`lead.customer != true || !(!lead.customer)`:         `!lead.customer || lead.customer`,
		`!!(lead.customer && true) && !false`:                `lead.customer && true && true`,
		`lead.customer && (true || false) && true`:           `lead.customer && (true || false) && true`,
		`lead.customer || true && false`:                     `lead.customer || (true && false)`,
		`!(lead.customer || true)`:                           `!(lead.customer || true)`,
		`!(lead.fit == "A") && !lead.email.contains("x")`:    `!(lead.fit == "A") && !lead.email.contains("x")`,
		`!(did("a")) && !(count("a") > 2)`:                   `!did("a") && !(count("a") > 2)`,
		"lead.rank in [ 1,\n2 ] // a comment":                `lead.rank in [1, 2]`,
		`lead.engagement >= 70.0 || lead.engagement < 1e-7`:  `lead.engagement >= 70 || lead.engagement < 1e-07`,
		`lead.email == r"a\b" || lead.email == "\x41\u3042"`: `lead.email == "a\\b" || lead.email == "Aあ"`,
		`followed( "a","b",hours( 1 ),weeks(2))`:             `followed("a", "b", hours(1), weeks(2))`,
		`"vip" in lead.tags && ahead(lead.planned_at, days(9)) && past(lead.planned_at) && silent(minutes(5))`: `"vip" in lead.tags && ahead(lead.planned_at, days(9)) && past(lead.planned_at) && silent(minutes(5))`,
	} {
		if got := mustParse(t, src).Source(); got != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
	}
}

func TestReads(t *testing.T) {
	r := mustParse(t, `lead.rank > 1 && (lead.fit == "A" || !(lead.fit in ["B"])) && did("b") && followed("b", "a", days(1), days(1)) && lead.engagement > 3 && silent(days(1))`)
	want := Reads{
		Fields: []string{"lead.engagement", "lead.fit", "lead.rank"}, Kinds: []string{"a", "b"},
		Engagement: true, Any: true,
	}
	if diff := cmp.Diff(want, r.Reads()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Reads{}, mustParse(t, "true").Reads()); diff != "" {
		t.Error(diff)
	}
}
