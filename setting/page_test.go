package setting

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestKeyPages(t *testing.T) { // T06
	for address, want := range map[string]string{
		"https://www.example.co.jp/price":                                  "price_view",
		"https://www.example.co.jp/Pricing/":                               "price_view",
		"https://www.example.co.jp/service/price-list.html?utm_source=x#a": "price_view",
		"/plan":                                  "price_view",
		"https://example.jp/%E6%96%99%E9%87%91/": "price_view",
		"https://例え.jp/料金表":                      "price_view",
		"https://example.jp/case/toyota":         "case_view",
		"https://example.jp/導入事例":                "case_view",
		"https://example.jp/recruit/new":         "careers_view",
		"https://example.jp/採用情報":                "careers_view",
		"https://example.jp/?from=/price":        "", // the query is not the page
		"https://price.example/":                 "", // nor is the host
		"https://example.jp/blog":                "",
		"https://example.jp/%zz/price":           "price_view",
		"":                                       "",
		"javascript:void(0)":                     "",
	} {
		if got := defaultPages.Tag(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	byQuery := Pages{{"*?page_id=12*", "price_view"}, {"app.example/#/plans", "plans_view"}}
	for address, want := range map[string]string{
		"https://example.jp/?page_id=12&x": "price_view",
		"https://app.example/#/plans":      "plans_view",
		"https://app.example/":             "",
	} {
		if got := byQuery.Tag(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// The matcher agrees with a regular expression.
func TestFitsIsAWildcard(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab/*")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		pattern, s := text.Draw(t, "pattern"), strings.ReplaceAll(text.Draw(t, "s"), "*", "c")
		want := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(s)
		if got := fits(pattern, s); got != want {
			t.Fatalf("fits(%q, %q) = %v", pattern, s, got)
		}
	})
}

func BenchmarkTag(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		defaultPages.Tag("https://www.example.co.jp/blog/2026/how-to-choose-a-supplier?utm_source=mail")
	}
}
