package sheet

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kizashi/fault"
)

// formulaStarts are the characters with which a spreadsheet takes a cell for a formula;
// the full-width ones too in Japanese Excel. Source: OWASP, CSV injection.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// SafeCell makes text safe to export: what a spreadsheet would run as a formula gets a '
// in front, which the spreadsheet hides and PlainCell takes away again. Text that looks as if it had one already gets
// another, so that it comes back as it was.
func SafeCell(s string) string {
	text := strings.TrimLeft(strings.TrimLeft(s, "'"), " ") // spreadsheets pass over spaces
	r, _ := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune(formulaStarts, r) {
		return "'" + s
	}
	return s
}

// PlainCell undoes what exports do to keep a value text: our own ' before a formula
// character, and ="0312345678" as people write it against Excel eating leading zeros.
// Excel's error values (#N/A …) are no content and become empty.
func PlainCell(s string) string {
	if len(s) < 2 {
		return s
	}
	switch s[0] {
	case '\'':
		if SafeCell(s[1:]) == s {
			return s[1:]
		}
	case '=':
		if inner, ok := strings.CutPrefix(s, `="`); ok && strings.IndexByte(inner, '"') == len(inner)-1 {
			return inner[:len(inner)-1]
		}
	case '#':
		switch s {
		case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!":
			return ""
		}
	}
	return s
}

// checkCells makes a row of cells, or refuses it where one is too long or holds a NUL,
// which no database column of text can keep.
func checkCells(number int, cells []string) Row {
	for i, c := range cells {
		if len(c) > MaxField && utf8.RuneCountInString(c) > MaxField {
			return refuse(fault.TooLarge, "sheet.field_long", number, i+1, fault.Args{"limit": MaxField})
		}
		if strings.IndexByte(c, 0) >= 0 {
			return refuse(fault.Malformed, "sheet.nul", number, i+1, nil)
		}
		cells[i] = PlainCell(c)
	}
	return Row{Number: number, Cells: cells}
}

// fold makes text comparable: full-width to half-width, half-width kana to full-width,
// lower case, no space around.
func fold(s string) string {
	return strings.TrimSpace(strings.ToLower(norm.NFKC.String(s)))
}

// How people answer, after fold. Refusals come first: "希望しない" holds "希望", and where a
// text can be read in two ways, the one that sends no mail is right.
var (
	refusals = strings.Fields("不可 不許可 不要 拒否 停止 除外 解除 しない しません 未 ng x opt-out optout unsubscribed non-marketing")
	noWords  = strings.Fields("いいえ 無 なし × ✕ ✗ 0 no n false off")
	yesWords = strings.Fields("可 許可 許諾 承諾 同意 希望 配信 はい 有 あり 済 ○ ◯ 〇 ● ✓ ✔ 1 yes y true on ok opt-in optin subscribed marketing する します")
)

// Yes reads an answer such as 可/不可, はい/いいえ, ○/×, TRUE/FALSE or 1/0; ok is false
// where the text says neither.
func Yes(s string) (yes, ok bool) {
	s = strings.TrimSuffix(fold(s), " contact") // HubSpot: "Non-marketing contact"
	if says(s, refusals) || says(s, noWords) {
		return false, true
	}
	yes = says(s, yesWords)
	return yes, yes
}

// MayMail reads whether a person may get mail from the value of a column OptIn or OptOut; ok
// is false where it does not say. In a column OptOut 停止 and はい both mean no mail.
func MayMail(f Field, s string) (may, ok bool) {
	yes, ok := Yes(s)
	if f != OptOut || !ok {
		return yes, ok
	}
	return !yes && !says(fold(s), refusals), true
}

// says looks for a word: Latin ones and signs as the whole text, Japanese ones anywhere.
func says(s string, words []string) bool {
	for _, w := range words {
		if s == w {
			return true
		}
		if first, _ := utf8.DecodeRuneInString(w); first >= 0x3041 && strings.Contains(s, w) {
			return true
		}
	}
	return false
}
