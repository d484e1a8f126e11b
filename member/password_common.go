package member

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What attackers try first, one a line; see tools/gen.
//
//go:embed password_common.txt
var commonText string

// more are words of this country and this product, which the list lacks, and keys in a row.
var more = []string{"doraemon", "arigatou", "himitsu", "sakura", "kizashi", "1qaz2wsx", "abcdefghijkl", "0123456789", "0987654321", "112233"}

var commonWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if line = strings.TrimRight(line, "\r\n"); !strings.HasPrefix(line, "#") {
			words[line] = true
		}
	}
	for _, word := range more {
		words[word] = true
	}
	return words
})

const (
	shortestWord = 5  // characters; shorter ones stand in many a good password
	longestWord  = 32 // bytes
	fewest       = 5  // different characters that must be left without a common word
)

// unleet undoes what people take for clever.
var unleet = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")

// isCommon tells whether a password is made of one well-known password, or of the parts of the address,
// with little besides: a year, an exclamation mark, the same once more.
func isCommon(password, email string) bool {
	password = strings.ToLower(password)
	if distinct(password, false) < fewest {
		return true
	}
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	host, _, _ := strings.Cut(domain, ".")
	left := password
	for _, part := range []string{strings.ToLower(email), domain, local, host} {
		if utf8.RuneCountInString(part) >= 4 {
			left = strings.ReplaceAll(left, part, "")
		}
	}
	if distinct(left, left != password) < fewest {
		return true
	}
	return leansOnWord(password) || leansOnWord(unleet.Replace(password))
}

// leansOnWord looks for a common word without which little is left.
func leansOnWord(password string) bool {
	words := commonWords()
	for from := range password { // the beginnings of characters
		for to := from + shortestWord; to <= min(len(password), from+longestWord); to++ {
			word := password[from:to]
			if !words[word] {
				continue
			}
			letters := strings.ContainsFunc(word, unicode.IsLetter)
			if distinct(strings.ReplaceAll(password, word, ""), letters) < fewest {
				return true
			}
		}
	}
	return false
}

// distinct counts different characters; without digits and marks where they only adorn a word.
func distinct(s string, lettersOnly bool) int {
	seen := map[rune]bool{}
	for _, c := range s {
		if !lettersOnly || unicode.IsLetter(c) {
			seen[c] = true
		}
	}
	return len(seen)
}
