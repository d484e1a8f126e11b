package lead

import (
	"strconv"
	"strings"
)

// The ranks of a person in a Japanese company, from job titles. Order and keys follow the
// domain reference 2.9; the same title differs by company, therefore a person may set the
// rank by hand.
const (
	RankNone        = 0 // 対象外: students, advisers, freelancers
	RankStaff       = 1 // 一般, and nothing known
	RankChief       = 2 // 係長・主任
	RankManager     = 3 // 課長
	RankDeputy      = 4 // 次長・部長代理, 担当部長
	RankDirector    = 5 // 部長
	RankDivision    = 6 // 本部長・事業部長
	RankOfficer     = 7 // 役員
	RankPresident   = 8 // 代表
	highestRank     = RankPresident
	maxTitleBytes   = 500
	staffOfficeRank = RankDivision // up to here 担当 before a title lowers it
)

// RankKey names the words of a rank; "" outside 0 to 8.
func RankKey(rank int) string {
	if rank < RankNone || rank > highestRank {
		return ""
	}
	return "lead_match.rank." + strconv.Itoa(rank)
}

// Rank reads the rank, 0 to 8, from a job title: any width and case, Japanese or English,
// several titles in several lines. The highest title counts. What stands beside a title
// counts too: 元 and 前 (no longer), 代理, 補佐 and 副 (one lower), 付 and 候補 (not that
// title), 担当部長 (a staff title below 部長). Answers that forms offer (課長クラス,
// 執行役員以上) are read as well.
//
// known is false for a title that nothing is known about: it counts as staff, and belongs
// on the list for review. An empty title is staff and known.
func Rank(title string) (rank int, known bool) {
	s := titleKey(title)
	if s == "" || noTitle[s] {
		return RankStaff, true
	}
	if rank, found := classes[strings.NewReplacer(" ", "", "クラス", "", "相当", "", "以上", "").Replace(s)]; found {
		return rank, true
	}
	best := -1
	for _, part := range strings.FieldsFunc(s, betweenTitles) {
		best = max(best, rankOfPart(strings.TrimSpace(part)))
	}
	if best < 0 {
		return RankStaff, false
	}
	return best, true
}

// classes are answers of forms that stand for more than one title; the lower one is meant.
// Source: conversions of lead media (domain reference 2.9, S41).
var classes = map[string]int{
	"経営者・役員": RankOfficer, "経営者/役員": RankOfficer, "経営層・役員": RankOfficer, "会長・社長・役員": RankOfficer, "執行役員": RankOfficer, "経営・役員": RankOfficer,
	"事業部長・工場長": RankDivision, "本部長・事業部長": RankDivision,
	"部長・次長": RankDirector, "課長・係長": RankManager, "課長・マネージャー": RankManager, "係長・主任": RankChief, "主任・係長": RankChief, "リーダー・主任": RankChief,
	"一般社員・職員": RankStaff, "契約・派遣・委託": RankStaff,
}

// noTitle are ways to say that one has no title.
var noTitle = map[string]bool{"-": true, "ー": true, "なし": true, "無し": true, "無": true, "特になし": true, "役職なし": true, "none": true, "n/a": true, "na": true}

// titleSpelling makes one spelling of words that have several.
var titleSpelling = strings.NewReplacer(
	"マネジャー", "マネージャー", "マネージャ―", "マネージャー", "リーダ-", "リーダー", "ジェネラル", "ゼネラル", "ディレクタ-", "ディレクター",
	"、", "/", ",", "/", "\n", "/", "\r", "/", "兼務", "/", "兼", "/", "元・", "元", "前・", "前",
	"髙", "高", "co-founder", "cofounder", "vice-president", "vice president", "part-time", "parttime", "&", " ",
)

func betweenTitles(r rune) bool {
	return strings.ContainsRune("/|;・", r)
}

// rankOfPart is the highest rank among the titles in a part of a title; -1 for none.
func rankOfPart(part string) int {
	part, former := cutFormer(part)
	best := -1
	for i := 0; i < len(part); {
		t := titleAt(part, i)
		if t == nil {
			i++
			continue
		}
		end := i + len(t.key)
		if rank, counts := t.inContext(part[:i], part[end:]); counts && !former {
			best = max(best, rank)
		}
		i = end
	}
	return best
}

// cutFormer takes 元 or 前 from the start of a part: the title is a former one. Names of
// places and works that begin so are no mark of it.
func cutFormer(part string) (rest string, former bool) {
	for _, word := range formerWords {
		rest, found := strings.CutPrefix(part, word)
		if !found {
			continue
		}
		for _, name := range formerNames {
			if strings.HasPrefix(part, name) {
				return part, false
			}
		}
		return rest, true
	}
	return part, false
}

var (
	formerWords = []string{"元", "前", "旧", "former ", "ex-", "ex ", "retired "}
	formerNames = []string{"元町", "元請", "元受", "元浅草", "元住吉", "前橋", "前田", "前原", "前工程", "前処理", "前払", "前線", "旧軽"}
)

// inContext gives the rank of a title between what stands before and after it; counts is
// false where that makes it no title of this person.
func (t *titleWord) inContext(before, after string) (rank int, counts bool) {
	if t.skip {
		return 0, false
	}
	trimmed := strings.TrimLeft(after, " ")
	for _, not := range notTheTitle {
		if strings.HasPrefix(trimmed, not) {
			return 0, false
		}
	}
	if t.rank >= RankOfficer && strings.HasPrefix(trimmed, "会") {
		return 0, false // 取締役会, 理事会
	}
	for _, not := range servesTheTitle {
		if strings.HasSuffix(before, not) {
			return 0, false
		}
	}
	return t.lowered(before, trimmed), true
}

// notTheTitle stand behind a title that is not the person's own: 社長室, 役員秘書, 部長付, 課長候補.
// 室長 is a title of its own, found behind 社長.
var notTheTitle = []string{"室", "秘書", "付", "候補", "見習", "予定", "内定", "補欠", "office", "'s office", "secretary", "candidate"}

var servesTheTitle = []string{"assistant to ", "assistant to the ", "secretary to ", "secretary to the ", "office of the ", "advisor to the "}

// lowered is one rank less for deputies and staff titles.
func (t *titleWord) lowered(before, after string) int {
	if t.rank <= RankStaff {
		return t.rank
	}
	for _, word := range deputyAfter {
		if strings.HasPrefix(after, word) {
			return t.rank - 1
		}
	}
	for _, word := range deputyBefore {
		if strings.HasSuffix(before, word) {
			return t.rank - 1
		}
	}
	if t.rank <= staffOfficeRank {
		for _, word := range staffBefore {
			if strings.HasSuffix(before, word) {
				return t.rank - 1
			}
		}
	}
	return t.rank
}

var (
	deputyAfter  = []string{"代理", "代行", "補佐", "心得", "待遇", "補"}
	deputyBefore = []string{"副", "准", "準", "deputy ", "assistant ", "associate ", "acting ", "vice ", "vice-", "sub "}
	staffBefore  = []string{"担当", "専任", "専門", "特命"} // 担当部長, but 営業担当役員 is an officer
)
