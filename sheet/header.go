package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// claim is one thing that a column may mean.
type claim struct {
	column int
	field  Field
	score  float64 // 0 to 1
	reason Reason
	by     string // the known name, or the share of the samples
}

// How sure a name makes: a plain one, with an honorific or a product's word in front, or
// as the end of a longer name. Each ~ in the table takes weaker away from it.
const (
	exactName  = 1.0
	prefixName = 0.85
	suffixName = 0.7
	weaker     = 0.2
)

// meaning is a field that a name can stand for.
type meaning struct {
	field Field
	score float64
}

// known are the meanings by header key.
var known = func() map[string][]meaning {
	m := map[string][]meaning{}
	for _, f := range Fields() { // not the map, whose order is random
		for _, name := range strings.Fields(headers[f]) {
			bare := strings.TrimLeft(name, "~")
			score := exactName - weaker*float64(len(name)-len(bare))
			key := headerKey(bare)
			if !slices.ContainsFunc(m[key], func(k meaning) bool { return k.field == f }) {
				m[key] = append(m[key], meaning{f, score})
			}
		}
	}
	return m
}()

// noise is what forms and people add to a name without changing what it means. Bracketed
// notes are removed before, where all of the note is noise.
var noise = []string{"必須項目", "必須", "任意", "半角英数字", "半角英数", "半角数字", "半角", "全角カナ", "全角", "漢字", "ハイフンなし", "ハイフンあり", "ハイフン無し", "ハイフン不要", "ハイフン有り", "例", "required", "optional", "公開", "非公開", "入力必須"}

var opening = map[rune]rune{'(': ')', '[': ']', '【': '】', '〔': '〕', '《': '》', '<': '>', '{': '}', '「': '」'}

// headerKey makes a column name comparable: NFKC, lower case, katakana for hiragana, notes
// like 「(必須)」 and everything but letters and digits removed.
func headerKey(s string) string {
	if len(s) > 300 {
		return "" // a sentence, not a name
	}
	s = strings.ToLower(norm.NFKC.String(strings.ReplaceAll(s, "〒", "郵便番号")))
	s = dropNotes(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'ぁ' && r <= 'ゖ':
			b.WriteRune(r + 'ァ' - 'ぁ')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// dropNotes removes bracketed notes that are only noise; others stay, as 氏名(カナ) is not 氏名.
func dropNotes(s string) string {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		closing, ok := opening[r]
		end := strings.IndexRune(s[i:], closing)
		if !ok || end < 0 {
			i += size
			continue
		}
		note := s[i+size : i+end]
		if isNoise(note) {
			_, n := utf8.DecodeRuneInString(s[i+end:])
			s = s[:i] + s[i+end+n:]
		} else {
			i += size
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(s, " 必須"), " required")
}

func isNoise(note string) bool {
	note = strings.Trim(note, " ※*・、,")
	if strings.HasPrefix(note, "例") {
		return true
	}
	for _, part := range strings.FieldsFunc(note, func(r rune) bool { return strings.ContainsRune("・、,/ ※*", r) }) {
		if !slices.Contains(noise, part) {
			return false
		}
	}
	return true
}

// Words in front of a name, and behind it, that leave its meaning as it is; after headerKey.
var (
	prefixes = []string{"ゴ担当者様ノ", "ゴ担当者様", "ゴ担当者", "オ客様ノ", "オ客様", "顧客ノ", "顧客", "来場者", "参加者", "申込者", "担当者", "取引先責任者", "取引先", "リード", "コンタクト", "連絡先", "勤務先ノ", "勤務先", "会社ノ", "会社", "企業ノ", "企業", "法人", "貴社ノ", "貴社", "御社ノ", "御社", "名刺", "現在ノ", "最新ノ", "ゴ", "オ", "御",
		"contacts", "contact", "leads", "lead", "person", "customer", "attendee", "primary", "work", "business", "account", "your", "mailing"}
	suffixes = []string{"ヲ選択シテクダサイ", "ヲ入力シテクダサイ", "ヲ教エテクダサイ", "ヲゴ記入クダサイ", "ゴ記入欄", "記入欄", "欄", "様", "1", "field", "input"}
)

// meanings are what a header may stand for, empty if nothing is known.
func meanings(header string) []meaning {
	key := headerKey(header)
	if key == "" || !utf8.ValidString(key) {
		return nil
	}
	if m, ok := known[key]; ok {
		return m
	}
	for _, w := range elsewhere {
		if strings.Contains(key, w) {
			return nil
		}
	}
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(key, p); ok && known[rest] != nil {
			return scaled(known[rest], prefixName)
		}
	}
	for _, p := range suffixes {
		if rest, ok := strings.CutSuffix(key, p); ok && known[rest] != nil {
			return scaled(known[rest], prefixName)
		}
	}
	return scaled(bySuffix(key), suffixName)
}

// bySuffix finds the longest known name at the end of the key, of at least three Japanese
// or five Latin letters: shorter ones end too many other words.
func bySuffix(key string) []meaning {
	runes := []rune(key)
	for i := 1; i+3 <= len(runes); i++ {
		rest := string(runes[i:])
		if len(rest) == len(runes)-i && len(rest) < 5 {
			return nil
		}
		if m := known[rest]; m != nil && m[0].score == exactName {
			return m
		}
	}
	return nil
}

func scaled(m []meaning, by float64) []meaning {
	out := make([]meaning, len(m))
	for i, k := range m {
		out[i] = meaning{k.field, k.score * by}
	}
	return out
}

// headerDepth is how many rows with content may stand above the header.
const headerDepth = 12

// findHeader finds the row with the column names among the first rows, -1 if the first
// row is data already. Titles, dates of export and counts may stand above it.
func findHeader(rows []Row) int {
	best, bestNames := -1, 0
	for i, row := range rows[:min(len(rows), headerDepth)] {
		names, data, content := look(row.Cells)
		if names > bestNames && data == 0 && names*5 >= content {
			best, bestNames = i, names
		}
	}
	if bestNames >= 2 {
		return best
	}
	width := commonWidth(rows)
	if bestNames == 1 && count(rows[best].Cells) >= min(width, 2) {
		return best
	}
	return plainHeader(rows, width)
}

// twoStoried is the header at i, together with the row above it where both make the names, as merged
// cells have it: 会社名 in two rows, and 担当者 above 氏名 and メール.
func twoStoried(rows []Row, i int) Row {
	for _, pair := range [][2]int{{i - 1, i}, {i, i + 1}} {
		if pair[0] < 0 || pair[1] >= len(rows) || rows[pair[1]].Number != rows[pair[0]].Number+1 {
			continue
		}
		upper, lower := rows[pair[0]], rows[pair[1]]
		both := Row{Number: lower.Number, Cells: over(upper.Cells, lower.Cells)}
		names, data, _ := look(both.Cells)
		one, _, _ := look(upper.Cells)
		two, _, _ := look(lower.Cells)
		if data == 0 && names > max(one, two) && two > 0 {
			return both
		}
	}
	return rows[i]
}

// over puts the upper name where the lower row has none.
func over(upper, lower []string) []string {
	cells := make([]string, max(len(upper), len(lower)))
	copy(cells, upper)
	for i, c := range lower {
		if strings.TrimSpace(c) != "" {
			cells[i] = c
		}
	}
	return cells
}

// plainHeader judges the first row of full width where no name in it is known: it is the
// header if it does not look like data, but what stands below it does.
func plainHeader(rows []Row, width int) int {
	for i, row := range rows[:min(len(rows), headerDepth)] {
		if count(row.Cells)*5 < width*3 {
			continue
		}
		if _, data, _ := look(row.Cells); data > 0 || !distinct(row.Cells) || repeated(row.Cells, rows[i+1:]) {
			return -1
		}
		if overData(row.Cells, rows[i+1:]) {
			return i
		}
		return -1
	}
	return -1
}

// look counts the cells that are known names of columns, that are data by their looks, and
// that have content.
func look(cells []string) (names, data, content int) {
	for _, c := range cells {
		c = strings.TrimSpace(c)
		if c == "" {
			continue
		}
		content++
		if m := meanings(c); len(m) > 0 && m[0].score >= 0.5 {
			names++
		} else if looksLikeData(c) {
			data++
		}
	}
	return names, data, content
}

func count(cells []string) int {
	_, _, n := look(cells)
	return n
}

// commonWidth is the most frequent number of cells with content.
func commonWidth(rows []Row) int {
	tally := map[int]int{}
	width := 0
	for _, row := range rows {
		n := count(row.Cells)
		tally[n]++
		if tally[n] > tally[width] || tally[n] == tally[width] && n > width {
			width = n
		}
	}
	return width
}

func distinct(cells []string) bool {
	seen := map[string]bool{}
	for _, c := range cells {
		c = strings.TrimSpace(c)
		if c != "" && seen[c] {
			return false
		}
		seen[c] = true
	}
	return true
}

// repeated tells whether a cell comes again in its column.
func repeated(cells []string, below []Row) bool {
	for _, row := range below {
		for i, c := range row.Cells {
			if i < len(cells) && c != "" && c == cells[i] {
				return true
			}
		}
	}
	return false
}

// overData tells whether most values in a column under one of the cells are data by their looks.
func overData(cells []string, below []Row) bool {
	below = below[:min(len(below), 30)]
	for i, c := range cells {
		var values []string
		for _, row := range below {
			if i < len(row.Cells) {
				values = append(values, row.Cells[i])
			}
		}
		if c != "" && mostly(values, looksLikeData) {
			return true
		}
	}
	return false
}
