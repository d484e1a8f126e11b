package lead

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// titleWord is a key in job titles. At one place the longest key counts: 支社長 is not 社長.
type titleWord struct {
	key  string
	rank int
	skip bool // no title, though a shorter key stands in it: パートナー is not パート
}

// titleKeys are lower case and NFKC, parted by spaces; _ stands for a space in a key.
var titleKeys = []struct {
	rank int
	keys string
}{
	{RankPresident, `代表取締役 代表執行役 代表社員 代表理事 代表者 代表 社長 会長 理事長 頭取 総裁 経営者 創業者 オーナー 個人事業主 自営業 店主
		学長 総長 校長 院長 病院長 園長 知事 市長 町長 村長 区長
		ceo president chairman chairwoman chairperson founder cofounder owner chief_executive_officer chief_executive representative_director managing_partner proprietor`},
	{RankOfficer, `取締役 専務 常務 執行役員 執行役 役員 監査役 監事 理事 経営層 経営幹部 経営陣 次官
		cxo coo cfo cto cio cmo chro ciso cso cdo cpo cro clo cao cco vp svp evp vice_president senior_vice_president executive_vice_president
		managing_director executive_director executive_officer corporate_officer board_member board_director member_of_the_board chief_operating_officer
		chief_financial_officer chief_technology_officer chief_information_officer chief_marketing_officer chief_human_resources_officer
		chief_information_security_officer chief_strategy_officer chief_digital_officer chief_product_officer chief_revenue_officer chief_legal_officer
		auditor マネージングディレクター`},
	{RankDivision, `本部長 事業部長 事業本部長 統括本部長 統括部長 統括責任者 統括 工場長 局長 事業所長 部門長 事業責任者 審議官 division_manager division_head head_of_division plant_manager factory_manager`},
	{RankDirector, `部長 部室長 ゼネラルマネージャー gm 室長 支社長 支店長 支配人 総支配人 研究所長 参与 事務長 事務局長 director senior_director head_of head department_manager
		general_manager branch_manager ディレクター`},
	{RankDeputy, `次長 シニアマネージャー 統括マネージャー センター長 参事官 senior_manager`},
	{RankManager, `課長 統括課長 マネージャー グループ長 グループリーダー gl 所長 営業所長 店長 園長代理 参事 管理職 ユニット長 科長 師長 企画官 主幹 主席 manager section_chief section_manager
		group_leader team_manager`},
	{RankChief, `係長 統括係長 主任 統括主任 チーフ リーダー チームリーダー チーム長 tl 主査 班長 職長 組長 スーパーバイザー sv プロジェクトマネージャー プロダクトマネージャー アカウントマネージャー
		webディレクター ウェブディレクター アートディレクター クリエイティブディレクター アシスタントマネージャー アシスタントディレクター
		supervisor team_leader team_lead leader lead chief project_manager product_manager account_manager art_director creative_director`},
	{RankStaff, `担当 担当者 社員 一般 一般社員 平社員 スタッフ 職員 メンバー 主事 会社員 契約社員 派遣 派遣社員 嘱託 委託 営業 事務 エンジニア デザイナー プログラマー コンサルタント アナリスト スペシャリスト
		アシスタント サブリーダー オペレーター 秘書 受付 研究員 技師 マーケター 広報 経理 人事 総務 公務員
		staff engineer designer developer programmer sales specialist analyst consultant associate coordinator administrator assistant representative clerk employee member officer
		executive_assistant secretary planner marketer researcher`},
	{RankNone, `学生 大学生 大学院生 インターン アルバイト パート フリーランス フリーター 顧問 相談役 名誉会長 参与顧問 無職 主婦 主夫 非常勤
		student intern internship parttime freelance freelancer advisor adviser retired unemployed`},
}

// notTitles are words that hold a key and are none.
var notTitles = strings.Fields(`パートナー パートナーシップ 一般社団法人 一般財団法人 代表電話 社長会 役員会 president_office lead_generation
	派遣事業 委託事業 学生課 学生部 学生支援`)

// titlesByRune are the keys by their first rune, longest first.
var titlesByRune = indexTitles()

func indexTitles() map[rune][]titleWord {
	index := map[rune][]titleWord{}
	add := func(key string, rank int, skip bool) {
		key = strings.ReplaceAll(key, "_", " ")
		first, _ := utf8.DecodeRuneInString(key)
		index[first] = append(index[first], titleWord{key, rank, skip})
	}
	for _, row := range titleKeys {
		for _, key := range strings.Fields(row.keys) {
			add(key, row.rank, false)
		}
	}
	for _, key := range notTitles {
		add(key, 0, true)
	}
	for _, words := range index {
		slices.SortStableFunc(words, func(a, b titleWord) int { return cmp.Compare(len(b.key), len(a.key)) })
	}
	return index
}

// titleAt is the longest key at s[i:], nil for none. A key of Latin letters must stand
// alone: an internal auditor is no intern.
func titleAt(s string, i int) *titleWord {
	first, _ := utf8.DecodeRuneInString(s[i:])
	words := titlesByRune[first]
	for w := range words {
		key := words[w].key
		if !strings.HasPrefix(s[i:], key) {
			continue
		}
		end := i + len(key)
		if first < utf8.RuneSelf && (i > 0 && isLatin(s[i-1]) || end < len(s) && isLatin(s[end])) {
			continue
		}
		return &words[w]
	}
	return nil
}

func isLatin(c byte) bool { return 'a' <= c && c <= 'z' }
