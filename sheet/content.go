package sheet

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A recogniser tells from its look what a value is. f gets it after fold.
type recogniser struct {
	field Field
	least float64 // share of the samples with content that must look so
	f     func(string) bool
}

// recognisers stand in the order in which they are asked: what can be told for certain first.
var recognisers = []recogniser{
	{Email, 0.6, isEmail},
	{URL, 0.6, isURL},
	{CorporateNumber, 0.8, isCorporateNumber},
	{Postal, 0.7, isPostal},
	{Mobile, 0.6, isMobile},
	{Phone, 0.6, isPhone},
	{LastTouch, 0.8, isWrittenDate},
	{Prefecture, 0.8, isPrefecture},
	{Address, 0.6, isAddress},
	{Company, 0.4, isCompany},
	{Title, 0.5, isTitle},
	{Department, 0.5, isDepartment},
	{RankAB, 0.95, isRankAB},
	{Employees, 0.8, isEmployees},
	{Kana, 0.8, isKana},
	{Name, 0.3, isFullName},
	{LastName, 0.25, isSurname},
}

// looksLikeData tells whether a cell can be no column name.
func looksLikeData(s string) bool {
	s = fold(s)
	return isNumber(s) || isEmail(s) || isURL(s) || isPostal(s) || isPhone(s) || isWrittenDate(s) ||
		isCompany(s) || isPrefecture(s) || isFullName(s)
}

// mostly tells whether f recognises more than half of the values with content.
func mostly(values []string, f func(string) bool) bool {
	part, _ := share(values, f)
	return part > 0.5
}

// share is how many of the values with content f recognises, 0 to 1; n is their number.
func share(values []string, f func(string) bool) (part float64, n int) {
	hits := 0
	for _, v := range values {
		if v = fold(v); v == "" || v == "-" {
			continue
		}
		n++
		if f(v) {
			hits++
		}
	}
	if n == 0 {
		return 0, 0
	}
	return float64(hits) / float64(n), n
}

// byContent is what a column means by the look of its values; ok is false if that is not clear.
func byContent(values []string) (c claim, ok bool) {
	for _, r := range recognisers {
		part, n := share(values, r.f)
		if n == 0 {
			return claim{}, false
		}
		if part < r.least || n < 2 && (r.field == RankAB || r.field == Employees || r.field == LastName) {
			continue
		}
		score := 0.4 + 0.25*part
		if n < 3 {
			score -= 0.1
		}
		return claim{field: r.field, score: score, reason: ByContent, by: fmt.Sprintf("%.0f%%", part*100)}, true
	}
	return claim{}, false
}

// contradicts tells whether the values speak against a field that can be recognised: there
// are some, and hardly any looks like it.
func contradicts(f Field, values []string) bool {
	check := map[Field]func(string) bool{
		Email: isEmail, Email2: isEmail, CorporateNumber: isCorporateNumber, RankAB: isRankAB, URL: isURLOrDomain,
		Phone: hasDigits, Mobile: hasDigits, Fax: hasDigits, Postal: hasDigits, LastTouch: isDate,
	}[f]
	if check == nil {
		return false
	}
	part, n := share(values, check)
	return n > 0 && part < 0.2
}

func isNumber(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(".,-+%¥", r):
			return false
		}
	}
	return digits > 0
}

func hasDigits(s string) bool { return strings.ContainsAny(s, "0123456789") }

func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && strings.Contains(s[at+1:], ".") && !strings.ContainsAny(s, " \t\"") && len(s) <= 254
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.")
}

func isURLOrDomain(s string) bool { return isURL(s) || strings.Contains(s, ".") }

// digitsOf are the digits of a number written with hyphens, spaces, dots and brackets; ok is
// false if anything else is in it.
func digitsOf(s string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune("-‐−–ー() .", r):
			return "", false
		}
	}
	return b.String(), true
}

// isCorporateNumber checks the check digit of a 法人番号: 13 digits, the first is
// 9 − (sum of the others, from the right times 1, 2, 1, 2 …) mod 9.
func isCorporateNumber(s string) bool {
	d, ok := digitsOf(s)
	if !ok || len(d) != 13 {
		return false
	}
	sum := 0
	for i, c := range d[1:] {
		sum += int(c-'0') * (1 + (11-i)%2)
	}
	return int(d[0]-'0') == 9-sum%9
}

func isPostal(s string) bool {
	s = strings.TrimPrefix(s, "〒")
	d, ok := digitsOf(s)
	return ok && len(d) == 7 && (len(s) == 7 || strings.IndexAny(s, "-‐−–ー") == 3)
}

// isAmount tells seven bare digits: a postal code, or under a name that says nothing of one a turnover.
func isAmount(s string) bool { return len(s) == 7 && isNumber(s) && isPostal(s) }

// isWarmth tells how warm a lead is held to be.
func isWarmth(s string) bool {
	return slices.Contains([]string{"hot", "warm", "cold", "高", "中", "低", "ホット", "ウォーム", "コールド"}, s)
}

func isPhone(s string) bool {
	s, _, _ = strings.Cut(s, "内線")
	national := s
	if rest, ok := strings.CutPrefix(s, "+81"); ok {
		national = "0" + strings.TrimPrefix(strings.TrimLeft(rest, "- ("), "0")
	}
	d, ok := digitsOf(national)
	return ok && (len(d) == 10 || len(d) == 11) && d[0] == '0'
}

func isMobile(s string) bool {
	if !isPhone(s) {
		return false
	}
	d, _ := digitsOf(strings.Replace(s, "+81", "0", 1))
	d = strings.Replace(d, "00", "0", 1)
	return strings.HasPrefix(d, "090") || strings.HasPrefix(d, "080") || strings.HasPrefix(d, "070")
}

func isDate(s string) bool {
	_, ok := Date(s)
	return ok
}

// isWrittenDate leaves out bare numbers, which are days only where a header says so.
func isWrittenDate(s string) bool { return !isNumberOnly(s) && isDate(s) }

func isNumberOnly(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' }) < 0
}

var prefectureList = strings.Fields(prefectures)

func isPrefecture(s string) bool {
	for _, p := range prefectureList {
		if s == p {
			return true
		}
	}
	return false
}

func isAddress(s string) bool {
	for _, p := range prefectureList {
		if strings.HasPrefix(s, p) && len(s) > len(p)+3 {
			return true
		}
	}
	return false
}

// legalForms mark companies and other corporate bodies, after fold.
var legalForms = strings.Fields(`株式会社 有限会社 合同会社 合資会社 合名会社 (株) (有) (合) (同) 社団法人 財団法人 医療法人 学校法人 社会福祉法人 宗教法人 独立行政法人
	国立大学法人 特定非営利活動法人 npo法人 協同組合 信用金庫 税理士法人 監査法人 弁護士法人 市役所 県庁 ホールディングス
	inc. inc co.,ltd co.,ltd. corp. corporation ltd. llc k.k. gmbh`)

func isCompany(s string) bool {
	s = strings.ReplaceAll(s, "co., ", "co.,")
	for _, f := range legalForms {
		if f[0] >= utf8.RuneSelf || f[0] == '(' {
			if strings.Contains(s, f) {
				return true
			}
		} else if strings.HasSuffix(s, " "+f) || strings.HasSuffix(s, ","+f) {
			return true
		}
	}
	return false
}

var titleEnds = strings.Fields(`社長 会長 取締役 部長 次長 課長 係長 主任 室長 所長 支店長 支社長 工場長 局長 本部長 店長 院長 理事長 理事 執行役員 監査役 専務 常務 役員 顧問 参与 参事 主査 代表 代表社員 代理 補佐
	マネージャー マネジャー マネージャ リーダー チーフ ディレクター 部員 課員 担当 一般社員 スタッフ 社員 職員 ceo cto cfo coo cmo cio vp president director manager officer engineer chief lead`)

func isTitle(s string) bool { return utf8.RuneCountInString(s) <= 40 && endsWith(s, titleEnds) }

var departmentEnds = strings.Fields(`部 課 室 本部 局 係 グループ チーム センター 事業部 支店 支社 営業所 工場 研究所 department dept. dept division team group`)

func isDepartment(s string) bool {
	return utf8.RuneCountInString(s) <= 60 && endsWith(s, departmentEnds)
}

func endsWith(s string, ends []string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

func isRankAB(s string) bool {
	s = strings.TrimSuffix(s, "ランク")
	return len(s) == 1 && s >= "a" && s <= "d" || s == "s"
}

// isEmployees knows numbers of people with their unit, and bands such as 100～299名.
func isEmployees(s string) bool {
	rest := strings.TrimRight(s, "以上未満程度 ")
	rest, person := cutAny(rest, "名", "人")
	return person && hasDigits(rest) && strings.Trim(rest, "0123456789,~〜～-–以上未満約 名人") == ""
}

func cutAny(s string, ends ...string) (string, bool) {
	for _, e := range ends {
		if rest, ok := strings.CutSuffix(s, e); ok {
			return rest, true
		}
	}
	return s, false
}

func isKana(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana) || r == 'ー':
			letters++
		case r != ' ' && r != '・':
			return false
		}
	}
	return letters >= 2
}

var surnameList = strings.Fields(surnames)

func isSurname(s string) bool {
	for _, n := range surnameList {
		if s == n {
			return true
		}
	}
	return false
}

// isFullName knows a frequent family name with one to three more letters of a given name,
// and two short words in kanji.
func isFullName(s string) bool {
	if last, first, ok := strings.Cut(s, " "); ok {
		return isShortHan(last) && isShortHan(first)
	}
	for _, n := range surnameList {
		rest, ok := strings.CutPrefix(s, n)
		if !ok {
			continue
		}
		if rest = strings.TrimSpace(rest); rest == "" {
			continue
		}
		if n := utf8.RuneCountInString(rest); n <= 3 && isNameLetters(rest) {
			return true
		}
	}
	return false
}

func isShortHan(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= 4 && isNameLetters(s) && !isKana(s)
}

func isNameLetters(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && r != '々' && r != 'ー' {
			return false
		}
	}
	return !strings.ContainsAny(s, "部課室店町市区県駅")
}
