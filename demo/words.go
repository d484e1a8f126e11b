package demo

// trade is an industry with the endings its companies' names have.
type trade struct {
	letter string // section of the Japan Standard Industrial Classification
	weight int
	tails  []part
}

// part is a piece of a company's name and of its domain.
type part struct{ text, domain string }

// heads begin the names of the companies. Together with the tails they are meant to name nobody.
var heads = []part{
	{"朝凪", "asanagi"}, {"瑞樹野", "mizukino"}, {"北辰岳", "hokushindake"}, {"青嶺", "seirei"}, {"白樺台", "shirakabadai"},
	{"みなも", "minamo"}, {"遠霞", "tokasumi"}, {"暁鳥", "akatori"}, {"八重霞", "yaegasumi"}, {"千歳川", "chitosegawa"},
	{"木洩日", "komorebi"}, {"銀杏坂", "ichozaka"}, {"蒼穹", "sokyu"}, {"汐見台", "shiomidai"}, {"若葉原", "wakabahara"},
	{"月見野", "tsukimino"}, {"鳴海崎", "narumizaki"}, {"花綴", "hanatsuzuri"}, {"翠明", "suimei"}, {"天竜寺前", "tenryujimae"},
	{"夕凪", "yunagi"}, {"葛飾野", "katsushikano"}, {"雲井", "kumoi"}, {"緋桜", "hizakura"}, {"早瀬川", "hayasegawa"},
	{"ひなた", "hinata"}, {"ことのは", "kotonoha"}, {"あさぎり", "asagiri"}, {"りんどう", "rindo"}, {"まほろ", "mahoro"},
	{"アオバネ", "aobane"}, {"ノースリム", "northrim"}, {"ミナトリア", "minatoria"}, {"サンクリオ", "sunclio"}, {"ルミナード", "luminard"},
	{"テラヴィア", "terravia"}, {"オルドリム", "oldrim"}, {"クオリネ", "quoline"}, {"ハルモア", "harmoa"}, {"リンクフォージ", "linkforge"},
	{"カナデル", "kanadel"}, {"ソラノワ", "soranowa"}, {"ヴェルデン", "verden"}, {"ブリッジアム", "bridgeam"}, {"エスペリオ", "esperio"},
	{"トライノード", "trinode"}, {"シナプリア", "synapria"}, {"ポラリア", "polaria"}, {"ネクスリーフ", "nexleaf"}, {"マルナギ", "marunagi"},
}

var trades = []trade{
	{"E", 30, []part{{"精機", "seiki"}, {"製作所", "mfg"}, {"工業", "kogyo"}, {"化学", "chem"}, {"電機", "denki"}, {"フーズ", "foods"}}},
	{"G", 24, []part{{"システムズ", "systems"}, {"ソフトウェア", "software"}, {"テクノロジーズ", "tech"}, {"情報サービス", "joho"}}},
	{"I", 17, []part{{"商事", "shoji"}, {"通商", "tsusho"}, {"リテール", "retail"}, {"物産", "bussan"}}},
	{"J", 6, []part{{"信用金庫", "shinkin"}, {"リース", "lease"}, {"キャピタル", "capital"}}},
	{"D", 9, []part{{"建設", "kensetsu"}, {"設備工業", "setsubi"}, {"組", "gumi"}}},
	{"H", 7, []part{{"物流", "butsuryu"}, {"運輸", "unyu"}, {"ロジスティクス", "logi"}}},
	{"K", 5, []part{{"不動産", "fudosan"}, {"エステート", "estate"}}},
	{"L", 8, []part{{"総研", "soken"}, {"コンサルティング", "consulting"}, {"デザイン", "design"}}},
	{"M", 3, []part{{"ホテルズ", "hotels"}, {"フードサービス", "foodservice"}}},
	{"O", 3, []part{{"アカデミー", "academy"}, {"学園", "gakuen"}}},
	{"P", 5, []part{{"メディカル", "medical"}, {"病院グループ", "hospital"}, {"ケアサービス", "care"}}},
	{"R", 6, []part{{"ビジネスサービス", "bizservice"}, {"スタッフィング", "staffing"}, {"警備保障", "security"}}},
}

// regions make more companies out of a name when there are very many leads.
var regions = []part{
	{"北海道", "hokkaido"}, {"東北", "tohoku"}, {"北関東", "kitakanto"}, {"首都圏", "shutoken"}, {"神奈川", "kanagawa"}, {"信越", "shinetsu"},
	{"北陸", "hokuriku"}, {"東海", "tokai"}, {"中部", "chubu"}, {"京滋", "keiji"}, {"関西", "kansai"}, {"兵庫", "hyogo"},
	{"中国", "chugoku"}, {"四国", "shikoku"}, {"九州", "kyushu"}, {"沖縄", "okinawa"}, {"東日本", "higashinihon"}, {"西日本", "nishinihon"},
	{"プラス", "plus"}, {"パートナーズ", "partners"}, {"ホールディングス", "hd"}, {"イースト", "east"}, {"ウエスト", "west"}, {"セントラル", "central"},
	{"第一", "daiichi"}, {"第二", "daini"}, {"中央", "chuo"}, {"みらい", "mirai"}, {"新", "shin"}, {"総合", "sogo"},
}

// weighted is a text and how often it is drawn.
type weighted struct {
	text   string
	weight int
}

// departments: who looks for business software.
var departments = []weighted{
	{"情報システム部", 16}, {"営業部", 14}, {"営業企画部", 8}, {"マーケティング部", 12}, {"経営企画部", 9}, {"DX推進部", 7}, {"総務部", 9},
	{"人事部", 7}, {"経理部", 5}, {"購買部", 4}, {"生産技術部", 5}, {"製造部", 4}, {"研究開発部", 4}, {"品質保証部", 3}, {"カスタマーサポート部", 3}, {"法務部", 2},
}

// titles: most contacts have none or a low one, a third decides over something.
var titles = []weighted{
	{"", 27}, {"主任", 12}, {"係長", 9}, {"リーダー", 5}, {"課長代理", 4}, {"課長", 17}, {"マネージャー", 6}, {"次長", 4}, {"部長代理", 2}, {"部長", 9},
	{"本部長", 2}, {"事業部長", 1}, {"執行役員", 2}, {"取締役", 1}, {"代表取締役社長", 2}, {"担当", 5},
}

// prefectures with their share of company offices, and an area code there.
var prefectures = []struct {
	name, code string
	weight     int
}{
	{"東京都", "03", 380}, {"大阪府", "072", 120}, {"愛知県", "052", 75}, {"神奈川県", "045", 70}, {"福岡県", "092", 42}, {"埼玉県", "048", 35},
	{"兵庫県", "078", 34}, {"千葉県", "043", 30}, {"北海道", "011", 30}, {"静岡県", "054", 24}, {"京都府", "075", 22}, {"広島県", "082", 20},
	{"宮城県", "022", 18}, {"長野県", "026", 13}, {"茨城県", "029", 12}, {"新潟県", "025", 12}, {"岐阜県", "058", 10}, {"群馬県", "027", 10},
	{"栃木県", "028", 9}, {"岡山県", "086", 9}, {"三重県", "059", 8}, {"石川県", "076", 7}, {"富山県", "076", 7}, {"熊本県", "096", 7},
	{"滋賀県", "077", 6}, {"香川県", "087", 5}, {"愛媛県", "089", 5}, {"鹿児島県", "099", 5}, {"沖縄県", "098", 5}, {"山形県", "023", 4},
}

// The sources of leads, and the channel of a first touch through each.
const (
	fromWeb        = "web"
	fromSeminar    = "seminar"
	fromExhibition = "exhibition"
	fromReferral   = "referral"
	fromAd         = "ad"
)

// sourceWords are what a team writes where it notes the source.
var sourceWords = map[string]string{
	fromWeb: "Webサイト", fromSeminar: "セミナー", fromExhibition: "展示会", fromReferral: "紹介", fromAd: "広告",
}

var sources = []weighted{{fromWeb, 44}, {fromSeminar, 14}, {fromExhibition, 22}, {fromReferral, 5}, {fromAd, 15}}
