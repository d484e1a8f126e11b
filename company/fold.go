package company

import (
	"unicode"
	"unicode/utf8"
)

// variants holds pairs of a variant character and the one that stands for it in keys:
// old forms (旧字体), popular forms in family names (髙 﨑 濵) and the 斎 and 辺 families.
// Source: the list of 常用漢字 with their 康熙字典体, and the variants that the family
// register (戸籍) knows. Different names may share a key (島田, 嶋田): keys only suggest.
const variants = "亞亜惡悪壓圧圍囲爲為醫医壹壱稻稲飮飲隱隠營営榮栄衞衛驛駅圓円鹽塩緣縁艷艶應応歐欧毆殴櫻桜奧奥橫横溫温穩穏" +
	"假仮價価畫画會会囘回壞壊懷懐繪絵擴拡殼殻覺覚學学嶽岳樂楽勸勧卷巻寬寛歡歓罐缶觀観閒間關関陷陥舘館顏顔巖巌" +
	"氣気歸帰僞偽戲戯犧犠舊旧據拠擧挙虛虚峽峡挾挟狹狭鄕郷堯尭曉暁區区驅駆勳勲薰薫徑径惠恵揭掲溪渓經経繼継莖茎螢蛍輕軽鷄鶏藝芸擊撃" +
	"縣県儉倹劍剣險険圈圏檢検權権獻献硏研顯顕驗験嚴厳廣広效効恆恒黃黄鑛鉱號号國国黑黒濟済碎砕齋斉齊斉斎斉劑剤﨑崎嵜崎碕崎册冊雜雑參参" +
	"慘惨棧桟蠶蚕贊賛殘残絲糸齒歯兒児辭辞濕湿實実舍舎寫写釋釈壽寿收収從従澁渋獸獣縱縦肅粛處処緖緒敍叙尙尚奬奨將将燒焼稱称證証乘乗剩剰" +
	"壤壌孃嬢條条淨浄狀状疊畳讓譲釀醸觸触寢寝愼慎晉晋眞真盡尽圖図粹粋醉酔隨随髓髄數数樞枢聲声靜静攝摂竊窃專専戰戦淺浅潛潜纖繊踐践錢銭" +
	"禪禅雙双壯壮搜捜插挿巢巣爭争總総聰聡莊荘裝装騷騒增増臟臓藏蔵屬属續続墮堕體体對対帶帯滯滞臺台瀧滝擇択澤沢單単擔担膽胆團団彈弾斷断" +
	"癡痴遲遅晝昼蟲虫鑄鋳廳庁聽聴敕勅鎭鎮遞逓鐵鉄轉転點点傳伝黨党盜盗燈灯當当鬪闘德徳獨独讀読屆届繩縄貳弐惱悩腦脳霸覇廢廃拜拝賣売麥麦" +
	"發発髮髪拔抜蠻蛮祕秘濱浜濵浜甁瓶拂払佛仏竝並變変邊辺邉辺辨弁瓣弁辯弁舖舗穗穂寶宝萠萌豐豊沒没槇槙萬万滿満默黙彌弥藥薬譯訳豫予餘余" +
	"與与譽誉搖揺樣様謠謡來来賴頼亂乱覽覧龍竜兩両獵猟綠緑鄰隣凜凛壘塁淚涙勵励禮礼隸隷靈霊齡齢戀恋爐炉勞労樓楼郞郎錄録灣湾" +
	"髙高嶋島嶌島桒桑𠮷吉栁柳籔薮藪薮曾曽礒磯槗橋曻昇冨富峯峰埜野煕熙凉涼鷗鴎頰頬檜桧籠篭蠟蝋麴麹靱靭瑤瑶遙遥禰祢禱祷穰穣萊莱諫諌儘侭攪撹壺壷" +
	"彥彦敎教淸清卽即旣既說説稅税銳鋭悅悦閱閲戶戸吳呉娛娯鍊錬靑青產産豬猪瀨瀬步歩涉渉每毎俱倶剝剥𠮟叱吞呑噓嘘姸妍屛屏幷并焰焔瘦痩繫繋蔣蒋軀躯" +
	"醬醤驒騨潑溌簞箪顚顛塡填摑掴搔掻嚙噛囊嚢蟬蝉"

var kanji = pairs(variants)

func pairs(s string) map[rune]rune {
	m := make(map[rune]rune, utf8.RuneCountInString(s)/2)
	var from rune
	for _, r := range s {
		if from == 0 {
			from = r
			continue
		}
		m[from] = r
		from = 0
	}
	return m
}

// FoldKanji gives the character that stands for r in keys of names: 髙 → 高, 澤 → 沢.
// Any other rune is its own.
func FoldKanji(r rune) rune {
	switch {
	case r < firstHan:
		return r
	case r < endFolded:
		return rune(folded[r-firstFolded])
	}
	if to, ok := kanji[r]; ok {
		return to
	}
	return r
}

// folded is what stands in keys for each character from firstFolded on, where it does not
// depend on its neighbours: a table, because every row of an import asks for it.
var folded = foldedTable()

const (
	firstFolded = 0x3000 // CJK punctuation and kana
	firstHan    = 0x3400 // from here on all are letters
	endFolded   = 0xA000
)

func foldedTable() *[endFolded - firstFolded]uint16 {
	var table [endFolded - firstFolded]uint16
	for r := rune(firstFolded); r < endFolded; r++ {
		to, variant := kanji[r]
		switch {
		case variant:
		case r < firstHan:
			to = foldOther(r)
		default:
			to = r
		}
		table[r-firstFolded] = uint16(to)
	}
	return &table
}

// large holds the small kana and their large forms: キャノン and キヤノン are one company.
var large = map[rune]rune{
	'ァ': 'ア', 'ィ': 'イ', 'ゥ': 'ウ', 'ェ': 'エ', 'ォ': 'オ', 'ッ': 'ツ', 'ャ': 'ヤ', 'ュ': 'ユ', 'ョ': 'ヨ', 'ヮ': 'ワ', 'ヵ': 'カ', 'ヶ': 'ケ',
	'ぁ': 'あ', 'ぃ': 'い', 'ぅ': 'う', 'ぇ': 'え', 'ぉ': 'お', 'っ': 'つ', 'ゃ': 'や', 'ゅ': 'ゆ', 'ょ': 'よ', 'ゎ': 'わ', 'ゕ': 'か', 'ゖ': 'け',
}

// LargeKana gives the large form of a small kana: ャ → ヤ. Any other rune is its own.
func LargeKana(r rune) rune {
	if r > 'ヶ' {
		return r
	}
	if to, small := large[r]; small {
		return to
	}
	return r
}

// voiced holds what ヴ and the small vowel after it sound like: ヴァ → バ.
var voiced = map[rune]rune{'ァ': 'バ', 'ィ': 'ビ', 'ェ': 'ベ', 'ォ': 'ボ'}

func isKatakana(r rune) bool { return r >= 0x30A1 && r <= 0x30FA || r == 'ー' }

func isDash(r rune) bool {
	return r == '-' || r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0x2500
}

func isBracket(r rune) bool { return unicode.In(r, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf) }
