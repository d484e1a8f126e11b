package company

import (
	"testing"

	"kizashi/i18n"
)

func TestIndustryOf(t *testing.T) {
	for text, want := range map[string]Industry{
		"製造": "E", "製造業": "E", "メーカー": "E", "食品メーカー": "E", "機械・電機": "E", "Manufacturing": "E", "自動車": "E",
		"IT": "G", "it・通信": "G", "ＩＴ": "G", "情報通信業": "G", "ソフトウェア": "G", "SIer": "G", "Information Technology": "G", "インターネットサービス": "G",
		"卸小売": "I", "小売業": "I", "商社": "I", "卸売業,小売業": "I", "Retail": "I", "流通・小売": "I",
		"金融": "J", "銀行": "J", "金融業，保険業": "J", "Financial Services": "J",
		"建設": "D", "建設業": "D", "不動産": "K", "Real Estate": "K", "運輸": "H", "物流・運送": "H", "医療": "P", "病院・クリニック": "P", "医療,福祉": "P",
		"教育": "O", "大学": "O", "教育,学習支援業": "O", "官公庁": "S", "官公庁・自治体": "S", "公務": "S", "市役所": "S",
		"その他": "T", "Other": "T", "人材派遣": "R", "サービス業": "R", "コンサルティング": "L", "広告": "L", "ホテル": "M", "旅行": "N", "農業": "A", "漁業": "B", "鉱業": "C", "電力": "F", "協同組合": "Q",
		"E": "E", "e": "E", "E 製造業": "E", "E製造業": "E", "E: 製造業": "E", "g": "G",
		"": "", "謎": "", "digital": "", "12": "",
	} {
		if got := IndustryOf(text); got != want {
			t.Errorf("IndustryOf(%q) = %q, want %q", text, got, want)
		}
	}
}

// The names of all sections, long and short, in both languages mean their section.
func TestIndustryWords(t *testing.T) {
	for _, i := range Industries {
		for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
			keys := []string{i.Key()}
			if i.ShortKey() != "" {
				keys = append(keys, i.ShortKey())
			}
			for _, key := range keys {
				text := i18n.T(lang, key, nil)
				if !i18n.Has(key) {
					t.Errorf("%s has no words", key)
				}
				if got := IndustryOf(text); got != i {
					t.Errorf("IndustryOf(%q) = %q, want %s", text, got, i)
				}
			}
		}
	}
	if Industry("U").Key() != "" || Industry("").Key() != "" || Industry("A").ShortKey() != "" {
		t.Error("a key for what has none")
	}
}
