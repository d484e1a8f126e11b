package lead

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kizashi/company"
)

// Search works on bigrams, because Japanese has no spaces and most names have two
// characters: every two neighbours in a word are one token (山田太郎 → 山田 田太 太郎).
//
// A single character is a token where a word begins with it: a query of one character finds
// the words that begin with it (林 finds 林 太郎 and 林田, not 小林). Tokens of every single
// character would double the index, for answers too long to read.
//
// Tokens hold only letters and digits: they are one token to FTS5's unicode61, whatever
// it holds to be a separator, and need no quoting in an array.

// What of a text is indexed, and what of a query is asked for, in runes.
const (
	maxIndexed = 2000
	maxQuery   = 100
)

// Fold gives a text as search compares it: NFKC, lower case, katakana for hiragana, large
// kana for small, plain kanji for old; single spaces for what is no letter or digit.
func Fold(s string) string { return string(foldRunes(s, maxIndexed)) }

func foldRunes(s string, limit int) []rune {
	if len(s) > limit*utf8.UTFMax {
		s = s[:limit*utf8.UTFMax]
	}
	to := make([]rune, 0, len(s))
	for _, r := range norm.NFKC.String(s) {
		switch {
		case len(to) == limit:
			return to
		case isSearched(r):
			to = append(to, company.FoldKanji(company.LargeKana(toKatakana(unicode.ToLower(r)))))
		case unicode.IsMark(r):
		case len(to) > 0 && to[len(to)-1] != ' ':
			to = append(to, ' ')
		}
	}
	if len(to) > 0 && to[len(to)-1] == ' ' {
		to = to[:len(to)-1]
	}
	return to
}

func isSearched(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// gram is one token as a number: two runes, or one and 0.
type gram uint64

func newGram(first, second rune) gram { return gram(first)<<32 | gram(second) }

func (g gram) appendTo(b []byte) []byte {
	b = utf8.AppendRune(b, rune(g>>32))
	if second := rune(uint32(g)); second != 0 {
		b = utf8.AppendRune(b, second)
	}
	return b
}

// Grams are the tokens to index of texts, each once, in one order.
func Grams(texts ...string) []string {
	var some [128]gram
	all := some[:0]
	for _, text := range texts {
		prev := ' '
		for _, r := range foldRunes(text, maxIndexed) {
			switch {
			case r == ' ':
			case prev == ' ':
				all = append(all, newGram(r, 0))
			default:
				all = append(all, newGram(prev, r))
			}
			prev = r
		}
	}
	slices.Sort(all)
	return spell(slices.Compact(all))
}

// spell writes tokens as texts that share one piece of memory.
func spell(grams []gram) []string {
	buffer := make([]byte, 0, 2*utf8.UTFMax*len(grams))
	for _, g := range grams {
		buffer = g.appendTo(buffer)
	}
	whole, list := string(buffer), make([]string, len(grams))
	for i, g := range grams {
		n := len(g.appendTo(buffer[:0]))
		list[i], whole = whole[:n], whole[n:]
	}
	return list
}

// Bigrams are the tokens to index of texts, parted by spaces.
func Bigrams(texts ...string) string { return strings.Join(Grams(texts...), " ") }

// Query gives the tokens of which a row must have all, so that it may hold every word of the
// query: a superset of the rows that do (see Holds). A query without letters or digits has none,
// and finds nothing.
func Query(q string) []string {
	var list []string
	for _, word := range strings.Fields(string(foldRunes(q, maxQuery))) {
		runes := []rune(word)
		if len(runes) == 1 {
			list = append(list, word)
		}
		for i := 1; i < len(runes); i++ {
			list = append(list, string(runes[i-1:i+1]))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Holds tells whether texts really hold every word of a query: one word of two and more
// characters anywhere, of one character where a word begins.
func Holds(q string, texts ...string) bool {
	words := strings.Fields(string(foldRunes(q, maxQuery)))
	folded := make([]string, len(texts))
	for i, t := range texts {
		folded[i] = " " + Fold(t)
	}
	for _, word := range words {
		if utf8.RuneCountInString(word) == 1 {
			word = " " + word
		}
		if !slices.ContainsFunc(folded, func(text string) bool { return strings.Contains(text, word) }) {
			return false
		}
	}
	return len(words) > 0
}
