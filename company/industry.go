package company

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Industry is a section (大分類) of the Japan Standard Industrial Classification: a letter A
// to T; "" for unknown. T (分類不能の産業) is said, not guessed.
//
// Source: 日本標準産業分類 (総務省), 大分類.
type Industry string

// Industries are all sections in order.
var Industries = []Industry{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T"}

// ShortList are the sections that forms offer, in the order of the form; the last is その他.
var ShortList = []Industry{"E", "G", "I", "J", "D", "K", "H", "P", "O", "S", "T"}

// Key names the words of the section; "" for an unknown one.
func (i Industry) Key() string {
	if i.valid() {
		return "company.industry." + string(i)
	}
	return ""
}

// ShortKey names the short words of a section, as forms show it; "" for one that the short
// list does not have.
func (i Industry) ShortKey() string {
	for _, s := range ShortList {
		if s == i {
			return "company.industry_short." + string(i)
		}
	}
	return ""
}

func (i Industry) valid() bool { return len(i) == 1 && i[0] >= 'A' && i[0] <= 'T' }

// IndustryOf finds the section that a text means: its letter ("E", "E 製造業"), its official
// name, the words of the short list, or those of lead media and English forms. The longest
// word found decides, the first of equals. "" where none is found.
func IndustryOf(text string) Industry {
	s := strings.ToLower(norm.NFKC.String(strings.TrimSpace(cut(text, 300))))
	if code := letter(s); code != "" {
		return code
	}
	best, found := "", Industry("")
	for _, row := range industryWords {
		for _, w := range row.words {
			if len(w) > len(best) && containsWord(s, w) {
				best, found = w, row.code
			}
		}
	}
	return found
}

// letter reads a text that is a section's letter, alone or before its name.
func letter(s string) Industry {
	if s == "" || s[0] < 'a' || s[0] > 't' {
		return ""
	}
	if rest := s[1:]; rest == "" || strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, ".") || rest[0] >= 0x80 || rest[0] == ' ' && len(rest) > 1 && rest[1] >= 0x80 {
		return Industry(strings.ToUpper(s[:1]))
	}
	return ""
}

// containsWord finds w in s; a word of ASCII letters must stand alone there ("it", not "digital").
func containsWord(s, w string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(w)
		if w[0] >= 0x80 || !(start > 0 && isASCIILetter(s[start-1])) && !(end < len(s) && isASCIILetter(s[end])) {
			return true
		}
		from = start + 1
	}
}

func isASCIILetter(c byte) bool { return 'a' <= c && c <= 'z' }

// industryWords are lower case and NFKC.
var industryWords = []struct {
	code  Industry
	words []string
}{
	{"A", split("農業 林業 農林 畜産 農園 酪農 agriculture forestry farming")},
	{"B", split("漁業 水産 養殖 農林水産 fishery fisheries fishing")},
	{"C", split("鉱業 採石業 砂利採取業 鉱山 mining quarrying")},
	{"D", split("建設 建築 土木 工務店 ゼネコン 設備工事 プラント 電気工事 住宅メーカー ハウスメーカー construction civil")},
	{"E", split("製造 メーカー 食品 飲料 繊維 化学 医薬品 製薬 石油 ゴム 鉄鋼 非鉄金属 金属 機械 電機 電気機器 電子部品 半導体 精密機器 自動車 輸送用機器 印刷 化粧品 メディカル機器 医療機器 manufacturing manufacturer automotive pharmaceutical pharmaceuticals chemical chemicals electronics semiconductor machinery food")},
	{"F", split("電気・ガス 電気ガス 電力 ガス 熱供給 水道 エネルギー インフラ energy utilities utility electricity gas water")},
	{"G", split("情報通信 it 情報 情報サービス 情報処理 ソフトウェア ソフトウエア システム開発 システムインテグレータ sier インターネット 通信 放送 新聞 出版 マスコミ メディア ゲーム web saas it・通信 itサービス software internet telecommunications telecommunication telecom media publishing broadcasting technology computer information")},
	{"H", split("運輸 運送 物流 倉庫 郵便 鉄道 航空 空運 海運 陸運 運輸・物流 交通 logistics transportation transport shipping airline airlines warehouse postal railway")},
	{"I", split("自動車販売 卸売 小売 卸 商社 流通 販売 百貨店 スーパー コンビニ ec 通販 アパレル 専門店 卸小売 retail wholesale trading distribution e-commerce ecommerce commerce apparel")},
	{"J", split("金融 保険 銀行 証券 信用金庫 信託 投資 クレジット 金融・保険 ベンチャーキャピタル 生命保険 損害保険 finance financial banking bank insurance securities investment")},
	{"K", split("不動産 物品賃貸 レンタル リース 賃貸 デベロッパー 住宅販売 不動産・物品賃貸 real_estate property leasing rental")},
	{"L", split("学術研究 専門・技術サービス 専門サービス 技術サービス コンサルティング コンサルタント コンサル シンクタンク 広告 広告代理店 法律 会計 士業 法律事務所 会計事務所 税理士 弁護士 特許 デザイン 研究所 研究機関 設計 建築設計 調査 consulting advertising legal law accounting research design marketing professional")},
	{"M", split("accommodations accommodation eating_and_drinking_services 宿泊 飲食 ホテル 旅館 レストラン 外食 飲食サービス 飲食店 宿泊・飲食 hotel hotels hospitality restaurant restaurants")},
	{"N", split("生活関連サービス業 生活関連 娯楽 living-related_and_personal_services amusement 旅行 観光 美容 理容 冠婚葬祭 ブライダル エンタメ エンターテインメント エンターテイメント レジャー スポーツ アミューズメント フィットネス travel leisure entertainment tourism beauty sports")},
	{"O", split("教育 学習支援 学校 大学 高校 学校法人 塾 予備校 研修 専門学校 教育機関 education school university training academic")},
	{"P", split("医療 福祉 介護 病院 クリニック 医院 歯科 薬局 保育 調剤薬局 医療・福祉 ヘルスケア 医療法人 healthcare medical hospital welfare nursing")},
	{"Q", split("複合サービス compound_services 協同組合 農協 郵便局 農業協同組合 生協 cooperative")},
	{"R", split("サービス業 サービス 人材 人材派遣 人材紹介 人材サービス 派遣 警備 ビルメンテナンス 清掃 廃棄物 自動車整備 bpo コールセンター アウトソーシング 宗教 政治団体 団体 組合 npo 人材・教育 service services staffing recruiting outsourcing security")},
	{"S", split("公務 官公庁 官庁 自治体 地方自治体 地方公共団体 省庁 市役所 県庁 区役所 役所 公共 公的機関 行政 独立行政法人 government public_sector public administration municipality")},
	{"T", split("その他 分類不能 unable_to_classify other others unclassifiable")},
}

// split reads words parted by spaces; _ stands for a space within one.
func split(words string) []string {
	list := strings.Fields(words)
	for i, w := range list {
		list[i] = strings.ReplaceAll(w, "_", " ")
	}
	return list
}
