package lead

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kizashi/company"
)

// maxNameBytes is how much of a name is looked at.
const maxNameBytes = 600

// SplitName parts a name into family and given name where it is written apart: 「山田 太郎」,
// "Yamada, Taro", "Taro Yamada", "YAMADA Taro". A name in one piece (「山田太郎」) stays whole as
// family: guessing would tear 「長谷川司」. Honorifics (様, さん) are left out.
func SplitName(name string) (family, given string) {
	name = withoutHonorific(spaced(name))
	if before, after, found := strings.Cut(name, ","); found && strings.TrimSpace(before) != "" {
		return strings.TrimSpace(before), strings.TrimSpace(after)
	}
	words := strings.Fields(name)
	switch {
	case len(words) == 0:
		return "", ""
	case len(words) == 1:
		return words[0], ""
	case !isLatinName(words):
		return words[0], strings.Join(words[1:], " ")
	case isCapitals(words[0]) && !isCapitals(words[len(words)-1]):
		return words[0], strings.Join(words[1:], " ")
	}
	last := len(words) - 1
	return words[last], strings.Join(words[:last], " ")
}

// JoinName writes a name that was given in two pieces: family first, or as Latin letters write it, 「山田 太郎」
// and "Taro Yamada". SplitName parts it again.
func JoinName(family, given string) string {
	words := strings.Fields(family + " " + given)
	if family != "" && given != "" && isLatinName(words) {
		return given + " " + family
	}
	return strings.TrimSpace(family + " " + given)
}

// spaced makes every kind of white space a single space.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// honorifics stand behind names in lists and on labels; さん and 氏 only count behind a space, because
// names end in them.
var honorifics = []string{"様", "殿", " さん", " 氏", " 先生", " 御中"}

func withoutHonorific(name string) string {
	name = strings.TrimSpace(name)
	for _, h := range honorifics {
		if rest, found := strings.CutSuffix(name, h); found && strings.TrimSpace(rest) != "" {
			return strings.TrimSpace(rest)
		}
	}
	for _, h := range []string{"Mr. ", "Ms. ", "Mrs. ", "Dr. "} {
		if len(name) > len(h) && strings.EqualFold(name[:len(h)], h) {
			return strings.TrimSpace(name[len(h):])
		}
	}
	return name
}

// isLatinName tells whether all letters of a name are Latin.
func isLatinName(words []string) bool {
	for _, w := range words {
		for _, r := range w {
			if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
				return false
			}
		}
	}
	return true
}

func isCapitals(word string) bool {
	return len(word) > 1 && strings.ToUpper(word) == word && strings.ToLower(word) != word
}

// NameKey is the matching key of a person's name: width and case folded (NFKC), old kanji
// folded, without spaces, punctuation and honorifics. Latin names have one key whatever the
// order of their words. Equal keys only suggest: many people share a name.
// NameKey(NameKey(s)) == NameKey(s).
func NameKey(name string) string {
	if len(name) > maxNameBytes {
		name = strings.ToValidUTF8(name[:maxNameBytes], "")
	}
	for {
		next := reduceName(name)
		if next == name {
			return next
		}
		name = next
	}
}

func reduceName(name string) string {
	words := strings.Fields(strings.Map(nameRune, withoutHonorific(spaced(norm.NFKC.String(name)))))
	if len(words) > 1 && isLatinName(words) {
		slices.Sort(words)
	}
	return strings.Join(words, "")
}

// nameRune gives what stands for r in keys of names; what is no letter or digit parts words,
// but for marks, which the key leaves out.
func nameRune(r rune) rune {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return company.FoldKanji(unicode.ToLower(r))
	case unicode.IsMark(r), r == '\'', r == '’':
		return -1
	}
	return ' '
}

// KanaKey is the matching key of a reading: katakana without spaces, small kana as large ones. A reading of
// one word is too little to tell a person by, and has none.
func KanaKey(kana string) string {
	words := strings.Fields(Katakana(kana))
	if len(words) < 2 {
		return ""
	}
	return strings.Map(company.LargeKana, strings.Join(words, ""))
}

// Katakana writes a reading (フリガナ) in one way: full-width katakana, single spaces. Other
// characters stay.
func Katakana(s string) string {
	s = spaced(norm.NFKC.String(s))
	return strings.Map(toKatakana, s)
}

// toKatakana maps hiragana; the two blocks have one order, 0x60 apart (Unicode, Hiragana).
func toKatakana(r rune) rune {
	if r >= 'ぁ' && r <= 'ゖ' || r == 'ゝ' || r == 'ゞ' {
		return r + 0x60
	}
	return r
}
