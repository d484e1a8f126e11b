package company

import (
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxEmployees is more than any company has; larger numbers are something else.
const maxEmployees = 10_000_000

// Employees reads a head count or a band of it as forms and lists write it and gives the
// lowest count that it means: "1,000名以上" 1000, "300〜499名" 300, "51-100" 51,
// "10人未満" 1, "1万人以上" 10000, "約250名(2024年4月現在)" 250. ok is false where the text
// names no count ("非公開").
func Employees(s string) (lowest int, ok bool) {
	s = strings.ToLower(norm.NFKC.String(cut(s, 200)))
	s = years.Replace(strings.ReplaceAll(s, ",", ""))
	best := -1
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			i++
			continue
		}
		n, rest := number(s[i:])
		before, after := s[:i], s[i+len(s[i:])-len(rest):]
		i = len(s) - len(rest)
		if n < 0 || n > maxEmployees || isDate(after) {
			continue
		}
		if counted := bounded(n, before, after); best < 0 {
			best = counted
		}
	}
	return max(best, 0), best >= 0
}

// years are words around dates that would be read as counts.
var years = strings.NewReplacer("創業", " ", "設立", " ")

// number reads the digits, the decimals and the unit (万, 千, k, m) at the start of s; n is
// -1 for what overflows.
func number(s string) (n int, rest string) {
	end, value := 0, 0.0
	for end < len(s) && isDigit(s[end]) {
		value = value*10 + float64(s[end]-'0')
		end++
	}
	if end+1 < len(s) && s[end] == '.' && isDigit(s[end+1]) {
		end++
		for place := 0.1; end < len(s) && isDigit(s[end]); place /= 10 {
			value += float64(s[end]-'0') * place
			end++
		}
	}
	rest = s[end:]
	for _, u := range units {
		if after, found := strings.CutPrefix(rest, u.name); found {
			value, rest = value*u.factor, after
			break
		}
	}
	if value > maxEmployees {
		return -1, rest
	}
	return int(math.Round(value)), rest
}

var units = []struct {
	name   string
	factor float64
}{{"万", 1e4}, {"千", 1e3}, {"k", 1e3}, {"m", 1e6}}

// isDate tells by what follows a number that it counts no people.
func isDate(after string) bool {
	for _, unit := range []string{"年", "月", "日", "/", "円", "億", "%"} {
		if strings.HasPrefix(after, unit) {
			return true
		}
	}
	return false
}

// bounded gives the lowest count of a number that has a bound beside it: below (未満, 以下,
// <) means from 1 on.
func bounded(n int, before, after string) int {
	after = strings.TrimLeft(after, " 人名")
	before = strings.TrimRight(before, " ")
	for _, below := range []string{"未満", "以下", "以内", "or less", "or fewer"} {
		if strings.HasPrefix(after, below) {
			return min(1, n)
		}
	}
	for _, below := range []string{"<", "~", "〜", "under", "up to", "less than", "fewer than"} {
		if rest, found := strings.CutSuffix(before, below); found && !endsInDigit(rest) {
			return min(1, n)
		}
	}
	return n
}

func endsInDigit(s string) bool {
	s = strings.TrimRight(s, " 人名")
	return s != "" && isDigit(s[len(s)-1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Band is a size class of companies by head count.
type Band struct {
	From, To int // both included; To is 0 for no upper bound
}

// Bands are the classes that Japanese forms offer, ascending.
var Bands = []Band{{1, 9}, {10, 29}, {30, 99}, {100, 299}, {300, 499}, {500, 999}, {1000, 4999}, {5000, 0}}

// BandOf gives the class of a head count; ok is false for a count below 1.
func BandOf(employees int) (b Band, ok bool) {
	for _, b := range Bands {
		if employees >= b.From && (b.To == 0 || employees <= b.To) {
			return b, true
		}
	}
	return Band{}, false
}
