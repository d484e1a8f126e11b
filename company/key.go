package company

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Names longer than this are cut before a key is made of them.
const (
	maxNameBytes = 1024
	maxKeyRunes  = 200
)

// Key is the matching key of a company name (名寄せキー): two spellings of one company
// have the same key, though one key may belong to two companies (many are called
// アシスト), so that an equal key alone only suggests. An empty key matches nothing.
//
// It normalises width (NFKC), case, brackets, dashes and dots; leaves out legal forms
// wherever they stand (㈱, 株式会社, Co., Ltd.) and a branch at the end (大阪支店); and
// folds old kanji, small kana and ヴ. Key(Key(s)) == Key(s).
//
// Source: the steps follow the practice of 名寄せ as domain reference 2.8 gives it.
func Key(name string) string {
	name = cut(name, maxNameBytes)
	for {
		next := reduce(name)
		if next == name {
			return next
		}
		name = next
	}
}

// reduce does every step once. What a step leaves may be a legal form again
// (株株式会社式会社), therefore Key repeats it until nothing changes; each repetition
// can only shorten the name.
func reduce(name string) string {
	whole := fold(norm.NFKC.String(name))
	words := strings.Fields(unbracket(legalForms.Replace(whole)))
	if len(words) == 0 {
		return join(strings.Fields(unbracket(whole)))
	}
	return join(dropBranch(dropForms(words)))
}

// fold maps every rune of a name to what stands for it in keys: letters and digits in
// their plain form, brackets as ( and ), what separates words as a space.
func fold(s string) string {
	var some [64]rune
	runes := firstRunes(some[:0], s)
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(runes); i++ {
		var prev, next rune
		if i > 0 {
			prev = runes[i-1]
		}
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		if runes[i] == 'ヴ' && voiced[next] != 0 {
			b.WriteRune(voiced[next])
			i++
			continue
		}
		if to := foldRune(prev, runes[i], next); to != 0 {
			b.WriteRune(to)
		}
	}
	return b.String()
}

// foldRune gives what stands for r between prev and next; 0 for what a key leaves out.
func foldRune(prev, r, next rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return foldASCII(prev, r, next)
	case r >= firstFolded && r < endFolded:
		return rune(folded[r-firstFolded])
	case isDash(r):
		return dash(prev, next)
	}
	return foldOther(r)
}

// foldOther is foldRune for what is not ASCII and does not look at its neighbours.
func foldOther(r rune) rune {
	switch {
	case r == 'ヴ':
		return 'ブ'
	case r == '・', r == '’', unicode.IsMark(r):
		return 0
	case isBracket(r):
		return bracket(r)
	case unicode.IsLetter(r):
		if to, small := large[r]; small {
			return to
		}
		if to, variant := kanji[r]; variant {
			return to
		}
		return unicode.ToLower(r)
	case unicode.IsDigit(r):
		return r
	}
	return ' '
}

func foldASCII(prev, r, next rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '&', r == '+':
		return r
	case r == '.', r == '\'':
		return 0 // K.K. is one word
	case r == '-':
		return dash(prev, next)
	}
	switch r {
	case '(', '[', '<', '{':
		return '('
	case ')', ']', '>', '}':
		return ')'
	}
	return ' '
}

// dash reads a dash between katakana as the long vowel that was meant (コンピュ－タ) and
// leaves out any other.
func dash(prev, next rune) rune {
	if isKatakana(prev) && isKatakana(next) {
		return 'ー'
	}
	return 0
}

func bracket(r rune) rune {
	if unicode.In(r, unicode.Ps, unicode.Pi) {
		return '('
	}
	return ')'
}

func firstRunes(to []rune, s string) []rune {
	for _, r := range s {
		if len(to) == maxKeyRunes {
			break
		}
		to = append(to, r)
	}
	return to
}

// cut shortens s to at most limit bytes, between two characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

var brackets = strings.NewReplacer("(", " ", ")", " ")

func unbracket(s string) string {
	if strings.ContainsAny(s, "()") {
		return brackets.Replace(s)
	}
	return s
}

func join(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words, "")
}

// dropForms leaves out English legal forms, but never the last word that is left.
func dropForms(words []string) []string {
	for len(words) > 1 && (anywhere[words[len(words)-1]] || atEnd[words[len(words)-1]]) {
		words = words[:len(words)-1]
	}
	for i := 0; i < len(words) && len(words) > 1; {
		if anywhere[words[i]] {
			words = slices.Delete(words, i, i+1)
			continue
		}
		i++
	}
	return words
}

// dropBranch leaves out a branch at the end: the whole word where it stands apart
// (日本郵便 東京支店), else what it ends with.
func dropBranch(words []string) []string {
	last := len(words) - 1
	for _, branch := range branches {
		if !strings.HasSuffix(words[last], branch) {
			continue
		}
		switch {
		case words[last] == branch && last >= 2:
			return words[:last-1]
		case last >= 1:
			return words[:last]
		case words[last] != branch:
			words[last] = strings.TrimSuffix(words[last], branch)
		}
		return words
	}
	return words
}
