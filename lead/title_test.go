package lead

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kizashi/i18n"
)

// E09: the share of section and department managers is counted by rank.
func TestRank(t *testing.T) {
	for want, titles := range map[int][]string{
		8: {"代表取締役", "代表取締役社長", "社長", "会長", "代表取締役副社長", "代表取締役　CEO", "CEO", "理事長", "代表社員", "President", "President & CEO", "代表", "個人事業主", "Founder", "Chief Executive Officer", "代表理事", "院長"},
		7: {"取締役", "専務", "専務取締役", "常務執行役員", "執行役員", "役員", "社外取締役", "監査役", "副社長", "COO", "CTO", "最高技術責任者(CTO)", "ＣＦＯ", "Vice President", "VP of Sales", "Managing Director", "取締役 営業部長", "取締役\n営業部長", "営業担当取締役", "執行役員 マーケティング本部長", "上席執行役員", "副理事長"},
		6: {"本部長", "営業本部長", "事業部長", "工場長", "統括部長", "局長", "部門長", "第一事業部長"},
		5: {"部長", "営業部長", "人事部長", "ゼネラルマネージャー", "GM", "室長", "社長室長", "支店長", "支社長", "大阪支社長", "Director", "Director of Marketing", "Head of Sales", "General Manager", "副本部長", "部長 兼 課長", "営業部\n部長", "前橋支店長", "元町支店長", "部長職", "部長クラス", "本部長代理"},
		4: {"次長", "副部長", "部長代理", "部長補佐", "担当部長", "営業担当部長", "専任部長", "Deputy General Manager", "Associate Director", "部長待遇"},
		3: {"課長", "営業課長", "マネージャー", "マネジャー", "グループ長", "GL", "所長", "営業所長", "Manager", "Sales Manager", "参事", "統括課長", "経営企画課長", "社長室 課長", "ＧＬ", "店長", "ﾏﾈｰｼﾞｬｰ", "Internal Audit Manager", "次長代理"},
		2: {"係長", "主任", "チーフ", "リーダー", "チームリーダー", "主査", "課長代理", "課長補佐", "副課長", "担当課長", "Assistant Manager", "Team Leader", "Project Manager", "主任研究員", "プロジェクトマネージャー", "Webディレクター", "アルバイトリーダー"},
		1: {"", "担当", "営業担当", "一般社員", "社員", "スタッフ", "職員", "なし", "-", "役職なし", "社長秘書 担当", "エンジニア", "Engineer", "係長補佐", "Sales Representative", "Executive Assistant", "営業", "契約社員", "インターンシップ担当 社員"},
		0: {"学生", "インターン", "アルバイト", "フリーランス", "顧問", "技術顧問", "相談役", "Intern", "Student", "Freelance", "パート", "元社長、現顧問", "名誉会長"},
	} {
		for _, title := range titles {
			if rank, known := Rank(title); rank != want || !known {
				t.Errorf("Rank(%q) = %d, %v; want %d", title, rank, known, want)
			}
		}
	}
}

// Answers that forms and lead media offer.
func TestRankOfClasses(t *testing.T) {
	for title, want := range map[string]int{
		"経営者・役員クラス": 7, "経営者・役員相当": 7, "執行役員以上": 7, "事業部長・工場長クラス": 6, "部長クラス": 5, "部長・次長相当": 5, "部長・次長クラス": 5,
		"課長クラス": 3, "課長・係長相当": 3, "係長・主任クラス": 2, "一般社員・職員クラス": 1, "契約・派遣・委託": 1, "課長 クラス": 3,
	} {
		if rank, known := Rank(title); rank != want || !known {
			t.Errorf("Rank(%q) = %d, %v; want %d", title, rank, known, want)
		}
	}
}

// Titles that are not the person's own, or that nothing is known about, are for review.
func TestRankUnknown(t *testing.T) {
	for _, title := range []string{
		"元社長", "前部長", "元・取締役", "元 営業部長", "former CEO", "ex-President", "部長付", "社長付", "課長候補", "社長室", "役員秘書", "取締役会事務局", "Assistant to the President",
		"パートナー", "謎の人", "教授", "12345", "山田太郎", "社長室 秘書室",
	} {
		if rank, known := Rank(title); known && rank != RankStaff || rank != RankStaff {
			t.Errorf("Rank(%q) = %d, %v; want staff", title, rank, known)
		}
	}
	for _, title := range []string{"元社長", "部長付", "課長候補", "謎の人", "パートナー"} {
		if _, known := Rank(title); known {
			t.Errorf("Rank(%q) is known", title)
		}
	}
}

func TestRankInRange(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, title string) {
		rank, known := Rank(title)
		if rank < RankNone || rank > highestRank || !known && rank != RankStaff {
			t.Errorf("Rank(%.100q) = %d, %v", title, rank, known)
		}
		if upper, _ := Rank(" " + strings.ToUpper(title) + " "); upper != rank && title == strings.ToLower(title) && len(title) < 200 && isASCII(title) {
			t.Errorf("Rank(%q) = %d, in capitals %d", title, rank, upper)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var keys []string
		for _, row := range titleKeys {
			keys = append(keys, strings.Fields(row.keys)...)
		}
		pieces := rapid.SampledFrom(append(keys, "元", "前", "副", "代理", "室", " ", "\n", "・", "担当", "山田", "\xff"))
		check(t, rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(pieces, 0, 6).Draw(t, "pieces"), "")
		})).Draw(t, "title"))
	})
	check(t, strings.Repeat("部長", 1<<20))
	for _, s := range naughty(t) {
		check(t, s)
	}
}

func isASCII(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0 }

// naughty is the big list of naughty strings, or nothing where it is absent.
func naughty(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../shared/data/blns/blns.json")
	if err != nil {
		t.Log("without the big list of naughty strings, ../shared/data/blns:", err)
		return nil
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRankWords(t *testing.T) {
	for rank := RankNone; rank <= highestRank; rank++ {
		if !i18n.Has(RankKey(rank)) {
			t.Errorf("rank %d has no words", rank)
		}
		if got, known := Rank(i18n.T(i18n.Japanese, RankKey(rank), nil)); rank > 0 && rank != RankDeputy && (got != rank || !known) {
			t.Errorf("the words of rank %d mean %d", rank, got)
		}
	}
	if RankKey(-1) != "" || RankKey(9) != "" {
		t.Error("a key outside the ranks")
	}
}

func FuzzRank(f *testing.F) {
	f.Add("取締役 営業部長")
	f.Fuzz(func(t *testing.T, title string) {
		if rank, _ := Rank(title); rank < RankNone || rank > highestRank {
			t.Errorf("Rank(%q) = %d", title, rank)
		}
	})
}

func BenchmarkRank(b *testing.B) {
	for b.Loop() {
		Rank("執行役員 マーケティング本部長")
	}
}
