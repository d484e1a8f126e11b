package company

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// Every line is one company: all its spellings have the key of the first.
func TestKeySame(t *testing.T) {
	for _, spellings := range [][]string{
		{"山田製作所", "株式会社山田製作所", "山田製作所株式会社", "㈱山田製作所", "(株)山田製作所", "（株）山田製作所", "山田製作所㈱", "㍿山田製作所", " 株式会社　山田 製作所 ", "カブシキガイシャ山田製作所"},
		{"キヤノン株式会社", "キャノン(株)", "ｷﾔﾉﾝ㈱", "キヤノン 株式会社"},
		{"髙島屋", "高島屋", "株式会社髙島屋"},
		{"齋藤商店", "斎藤商店", "斉藤商店", "齊藤商店"},
		{"渡邊工業", "渡邉工業", "渡辺工業(有)"},
		{"濵田", "濱田", "浜田"},
		{"廣澤櫻國", "広沢桜国"},
		{"山﨑産業", "山崎產業"},
		{"日本郵便", "日本郵便株式会社 東京支店", "日本郵便㈱　大阪支店", "日本郵便株式会社本社"},
		{"みずほ銀行", "株式会社みずほ銀行 大手町支店"},
		{"アシスト", "株式会社アシスト", "(株)アシスト"},
		{"ジョンソン・エンド・ジョンソン株式会社", "ジョンソンエンドジョンソン", "ｼﾞｮﾝｿﾝ･ｴﾝﾄﾞ･ｼﾞｮﾝｿﾝ"},
		{"コンピュータサービス", "コンピュ－タサ－ビス", "コンピュ-タサ-ビス", "ｺﾝﾋﾟｭｰﾀｻｰﾋﾞｽ"},
		{"ヴァイオリン工房", "バイオリン工房"},
		{"レヴ", "レブ"},
		{"ABC商事", "ＡＢＣ商事", "abc商事", "ABC 商事"},
		{"Tanaka Trading", "Tanaka Trading Co., Ltd.", "TANAKA TRADING CO.,LTD.", "Tanaka Trading K.K.", "Tanaka Trading, Inc.", "tanaka-trading Corporation", "Tanaka Trading Kabushiki Kaisha"},
		{"Rolls-Royce plc", "Rolls Royce"},
		{"健康会", "医療法人社団 健康会", "医療法人健康会", "(医)健康会"},
		{"学校法人青葉学園", "青葉学園", "(学)青葉学園"},
		{"みらい", "一般社団法人みらい", "特定非営利活動法人みらい", "NPO法人みらい", "ＮＰＯ法人 みらい", "合同会社みらい", "公益財団法人みらい"},
		{"山田「製作」所", "山田【製作】所", "山田製作所"},
		{"霞ヶ関", "霞ケ関"},
	} {
		want := Key(spellings[0])
		if want == "" {
			t.Errorf("Key(%q) is empty", spellings[0])
		}
		for _, s := range spellings[1:] {
			if got := Key(s); got != want {
				t.Errorf("Key(%q) = %q, want %q as of %q", s, got, want, spellings[0])
			}
		}
	}
}

func TestKeyExact(t *testing.T) {
	for name, want := range map[string]string{
		"":             "",
		"  ":           "",
		"---":          "",
		"株式会社":         "株式会社", // nothing else is left
		"(株)":          "株",
		"Inc.":         "inc",
		"Incline Ltd":  "incline",
		"P&G ジャパン":     "p&gジヤパン",
		"支店":           "支店",
		"東京支店":         "東京",
		"鈴木本店":         "鈴木本店", // 本店 and 工場 are names
		"Co Working":   "coworking",
		"株株式会社式会社山田":   "山田",
		"\xff\xfe山田":   "山田",
		"山\x00田":       "山田",
		"3M":           "3m",
		"Café":         "café",
		"ガ\u3099":      "ガ",
		"カ\u309B":      "カ",
		"日本\U000E0100": "日本",
	} {
		if got := Key(name); got != want {
			t.Errorf("Key(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestKeyTellsApart(t *testing.T) {
	for _, pair := range [][2]string{{"山田製作所", "山本製作所"}, {"A&B", "AB"}, {"みずほ銀行", "みずほ証券"}, {"日産", "日産自動車"}} {
		if Key(pair[0]) == Key(pair[1]) {
			t.Errorf("%q and %q have one key", pair[0], pair[1])
		}
	}
}

func checkKey(t interface{ Errorf(string, ...any) }, name string) {
	key := Key(name)
	if again := Key(key); again != key {
		t.Errorf("Key(%q) = %q, but its own key is %q", name, key, again)
	}
	if !utf8.ValidString(key) || strings.ContainsAny(key, " \t\n\x00") || !norm.NFKC.IsNormalString(key) {
		t.Errorf("Key(%q) = %q is no clean text", name, key)
	}
}

func TestKeyIdempotent(t *testing.T) {
	pieces := rapid.SampledFrom(append([]string{
		"株", "式", "会", "社", "法人", "支店", "支", "店", "(", ")", "（株）", "㈱", " ", "　", "l", "lc", "inc", ".", ",", "Co", "山田", "東京", "ヴ", "ァ", "ー", "-", "ｶﾞ", "ﾞ", "゛", "髙", "社団", "医療",
		"\u3099", "\u0301", "e", "ß", "İ", "ǅ", "ﷺ", "\xff", "ᄀ", "ᅡ", "&", "・", "營業所", "ΑΣ", "\u0345",
	}, forms...))
	name := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
	}))
	rapid.Check(t, func(t *rapid.T) { checkKey(t, name.Draw(t, "name")) })
}

func TestKeyOfLongNames(t *testing.T) {
	for _, s := range []string{"株", "株式会社", "支店", "ﷺ", "l lc ", "\xff", "a\u0301"} {
		checkKey(t, strings.Repeat(s, 100_000))
	}
}

func TestKeyOfNaughtyStrings(t *testing.T) {
	raw, err := os.ReadFile("../../shared/data/blns/blns.json")
	if err != nil {
		t.Skip("needs the big list of naughty strings in ../shared/data/blns:", err)
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		checkKey(t, s)
		_, _ = LegalForm(s)
		_ = Display(s)
		_, _ = Employees(s)
		_ = IndustryOf(s)
		_, _ = ParseNumber(s)
		if d := MailDomain(s); d != "" {
			_ = MailKindOf(d)
		}
	}
}

func TestVariantsFoldOnce(t *testing.T) {
	for from := range kanji {
		to := FoldKanji(from)
		if FoldKanji(to) != to {
			t.Errorf("%c folds to %c, and that to %c", from, to, FoldKanji(to))
		}
		if s := string(to); norm.NFKC.String(s) != s {
			t.Errorf("%c folds to %c, which NFKC changes", from, to)
		}
	}
	if n := utf8.RuneCountInString(variants); n%2 != 0 {
		t.Errorf("%d characters are no pairs", n)
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"㈱山田製作所", "Tanaka Co., Ltd.", "l lc トヨタ", "株株式会社式会社"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) { checkKey(t, name) })
}

func BenchmarkKey(b *testing.B) {
	for name, s := range map[string]string{"kanji": "株式会社山田製作所", "full": "㈱ﾔﾏﾀﾞ製作所　大阪支店", "latin": "Tanaka Trading Co., Ltd."} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Key(s)
			}
		})
	}
}
