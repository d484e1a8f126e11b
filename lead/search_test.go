package lead

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestGrams(t *testing.T) {
	for text, want := range map[string]string{
		"":           "",
		"田中":         "田 田中",
		"田中 一郎":      "一 一郎 田 田中",
		"田中田中":       "中田 田 田中",
		"林":          "林",
		"Tanaka":     "ak an ka na t ta",
		"a@b.jp":     "a b j jp",
		"髙橋":         "高 高橋",
		"たなか":        "タ タナ ナカ",
		"ﾀﾅｶ":        "タ タナ ナカ",
		"株式会社":       "会社 式会 株 株式",
		"  \x00 -- ": "",
		"が\u3099":    "ガ",
		"\xffa":      "a",
	} {
		if got := Bigrams(text); got != want {
			t.Errorf("Bigrams(%q) = %q, want %q", text, got, want)
		}
	}
}

// Two characters are enough, and one where a word begins.
func TestQueryFinds(t *testing.T) {
	texts := []string{"田中 太郎", "タナカ タロウ", "株式会社山田製作所", "t.tanaka@acme.example", "03-1234-5678", "髙橋"}
	index := Grams(texts...)
	for q, want := range map[string]bool{
		"田中": true, "田": true, "太": true, "中太": false, "中": false, "たなか": true, "ﾀﾅｶ": true, "tanaka 株式": true, "TANAKA": true, "tanaka@acme": true,
		"製作": true, "製作 田中": true, "製作 鈴木": false, "高橋": true, "髙": true, "5678": true, "": false, "  ": false, `"*^`: false, `田中"`: true, "田中*": true,
	} {
		tokens := Query(q)
		found := len(tokens) > 0
		for _, token := range tokens {
			found = found && slices.Contains(index, token)
		}
		if found != want || Holds(q, texts...) != want {
			t.Errorf("%q: by tokens %v, really %v; want %v", q, found, Holds(q, texts...), want)
		}
	}
}

// Whatever really holds a query is found by its tokens, and tokens are plain.
func TestTokensFindAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]string{"田", "中", "太", "a", "B", " ", "-", "ヴ", "が", "か", "\u3099", "髙", "１", "ß", "İ", "\xff", "😀", `"`, "'"})
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(letters, 0, 8).Draw(t, "letters"), "")
		})
		texts := rapid.SliceOfN(rapid.OneOf(text, rapid.String()), 1, 3).Draw(t, "texts")
		q := rapid.OneOf(text, rapid.SampledFrom(texts)).Draw(t, "q")
		index := Grams(texts...)
		for _, token := range Query(q) {
			if Holds(q, texts...) && !slices.Contains(index, token) {
				t.Fatalf("%q is in %q, but its token %q is not in %q", q, texts, token, index)
			}
		}
		for _, token := range index {
			if n := utf8.RuneCountInString(token); n < 1 || n > 2 || !utf8.ValidString(token) || strings.IndexFunc(token, func(r rune) bool { return !isSearched(r) }) >= 0 {
				t.Fatalf("the token %q of %q", token, texts)
			}
		}
	})
}

func TestGramsOfMuch(t *testing.T) {
	if n := len(Grams(strings.Repeat("あいうえお", 1<<20))); n > 10 {
		t.Errorf("%d tokens", n)
	}
	if n := len(Query(strings.Repeat("abcdefghijklmnopqrstuvwxyz", 1<<16))); n > maxQuery {
		t.Errorf("%d tokens in a query", n)
	}
	for _, s := range naughty(t) {
		Grams(s)
		Holds(s, s)
	}
}

func BenchmarkGrams(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Grams("山田 太郎", "ヤマダ タロウ", "株式会社山田製作所", "taro.yamada@yamada-ss.example", "マーケティング部", "課長", "0312345678", "09012345678")
	}
}
