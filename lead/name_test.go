package lead

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSplitName(t *testing.T) {
	for name, want := range map[string][2]string{
		"山田 太郎":        {"山田", "太郎"},
		"山田　太郎":        {"山田", "太郎"},
		" 山田  太郎 様 ":   {"山田", "太郎"},
		"山田太郎":         {"山田太郎", ""},
		"山田太郎様":        {"山田太郎", ""},
		"長谷川司":         {"長谷川司", ""},
		"林":            {"林", ""},
		"様":            {"様", ""},
		"山田 太郎 ジョン":    {"山田", "太郎 ジョン"},
		"ヤマダ タロウ":      {"ヤマダ", "タロウ"},
		"Taro Yamada":  {"Yamada", "Taro"},
		"YAMADA Taro":  {"YAMADA", "Taro"},
		"Taro YAMADA":  {"YAMADA", "Taro"},
		"Yamada, Taro": {"Yamada", "Taro"},
		"Mr. John Doe": {"Doe", "John"},
		"Madonna":      {"Madonna", ""},
		"":             {"", ""},
	} {
		family, given := SplitName(name)
		if family != want[0] || given != want[1] {
			t.Errorf("SplitName(%q) = %q, %q; want %q", name, family, given, want)
		}
	}
}

// A name from two columns reads as its bearer writes it, and parts into the same two again.
func TestJoinName(t *testing.T) {
	for want, pieces := range map[string][2]string{
		"山田 太郎":       {"山田", "太郎"},
		"Jane Doe":    {"Doe", "Jane"},
		"Taro YAMADA": {"YAMADA", "Taro"},
		"José García": {"García", "José"},
		"山田 John":     {"山田", "John"},
		"ヤマダ タロウ":     {"ヤマダ", "タロウ"},
		"Doe":         {"Doe", ""},
		"":            {"", ""},
	} {
		name := JoinName(pieces[0], pieces[1])
		if family, given := SplitName(name); name != want || family != pieces[0] || given != pieces[1] {
			t.Errorf("JoinName%q = %q, which parts into %q, %q", pieces, name, family, given)
		}
	}
	if name := JoinName("van Damme", "Jean-Claude"); name != "Jean-Claude van Damme" {
		t.Error(name)
	}
	if name := JoinName("", "花子"); name != "花子" {
		t.Error(name)
	}
}

func TestNameKey(t *testing.T) {
	for _, same := range [][]string{
		{"山田太郎", "山田 太郎", "山田　太郎", " 山田太郎 様", "山田　太郎 殿"},
		{"高橋", "髙橋", "髙 橋"},
		{"斎藤", "齋藤", "齊藤", "斉藤"},
		{"渡辺恵", "渡邉 惠", "渡邊恵"},
		{"ヤマダタロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"Taro Yamada", "YAMADA Taro", "yamada, taro", "Ｔａｒｏ Ｙａｍａｄａ"},
		{"O'Brien", "OBrien", "O’Brien"},
	} {
		for _, s := range same {
			if got := NameKey(s); got != NameKey(same[0]) || got == "" {
				t.Errorf("NameKey(%q) = %q, want %q", s, got, NameKey(same[0]))
			}
		}
	}
	if NameKey("山田太郎") == NameKey("山田次郎") || NameKey(" - ") != "" {
		t.Error("keys are too alike")
	}
}

func TestKatakana(t *testing.T) {
	for s, want := range map[string]string{
		"やまだ たろう": "ヤマダ タロウ", "ﾔﾏﾀﾞ　ﾀﾛｳ": "ヤマダ タロウ", "ヤマダ タロウ": "ヤマダ タロウ", "ゔぁ": "ヴァ", " ぱ ": "パ", "山だ": "山ダ", "": "", "いすゞ": "イスヾ",
	} {
		if got := Katakana(s); got != want {
			t.Errorf("Katakana(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestNamesTwice(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		if key := NameKey(s); NameKey(key) != key {
			t.Errorf("NameKey(%.200q) = %q, its own is %q", s, key, NameKey(key))
		}
		if kana := Katakana(s); Katakana(kana) != kana {
			t.Errorf("Katakana(%.200q) = %q, its own is %q", s, kana, Katakana(kana))
		}
		SplitName(s)
	}
	pieces := rapid.SampledFrom([]string{"山田", "髙", " ", "　", "様", "さん", "氏", "a", "Taro", "İ", "ß", "\u0301", "゛", "ﾞ", "か", "ｶ", ",", "Mr. ", "\xff", "ᄀ", "ᅡ", "ΑΣ"})
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(pieces, 0, 8).Draw(t, "pieces"), "")
		})).Draw(t, "name"))
	})
	check(t, strings.Repeat("山田 様", 1<<16))
	for _, s := range naughty(t) {
		check(t, s)
	}
}
