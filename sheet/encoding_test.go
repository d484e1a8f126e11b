package sheet

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

const japaneseTable = "会社名,氏名,部署,メモ\r\n㈱髙島屋商事,﨑山 太郎,営業①課,資料を送る～∥Ⅳ\r\nﾔﾏﾀﾞ電器,山田花子,総務部,\"ご担当、\r\n不在\"\r\n"

// Windows' CP932 as Excel writes it, with the characters of NEC and IBM.
func TestEncodings(t *testing.T) {
	plain := strings.NewReplacer("㈱", "(株)", "髙", "高", "﨑", "崎", "①", "1", "Ⅳ", "4", "ﾔﾏﾀﾞ", "ヤマダ").Replace(japaneseTable)
	utf16 := func(e unicode.Endianness, b unicode.BOMPolicy) string {
		s, err := unicode.UTF16(e, b).NewEncoder().String(japaneseTable)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	encoded := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, c := range map[string]struct{ bytes, encoding, text string }{
		"UTF-8":                {japaneseTable, "UTF-8", japaneseTable},
		"UTF-8 with mark":      {"\ufeff" + japaneseTable, "UTF-8", japaneseTable},
		"CP932":                {encoded(japanese.ShiftJIS.NewEncoder().String(japaneseTable)), "Shift_JIS", japaneseTable},
		"EUC-JP":               {encoded(japanese.EUCJP.NewEncoder().String(plain)), "EUC-JP", plain},
		"ISO-2022-JP":          {encoded(japanese.ISO2022JP.NewEncoder().String(plain)), "ISO-2022-JP", plain},
		"UTF-16LE with mark":   {utf16(unicode.LittleEndian, unicode.UseBOM), "UTF-16LE", japaneseTable},
		"UTF-16BE with mark":   {utf16(unicode.BigEndian, unicode.UseBOM), "UTF-16BE", japaneseTable},
		"UTF-16LE bare":        {utf16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16LE", japaneseTable},
		"UTF-16BE bare":        {utf16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16BE", japaneseTable},
		"foreign after 2 MB":   {strings.Repeat("abc,def,ghi,jkl\r\n", 130_000) + encoded(japanese.ShiftJIS.NewEncoder().String(japaneseTable)), "Shift_JIS", ""},
		"Western accents only": {encoded(charmap.Windows1252.NewEncoder().String("name,city\nJosé,Nîmes\nJürgen,Köln\n")), "windows-1252", "name,city\nJosé,Nîmes\nJürgen,Köln\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := openString(t, c.bytes, Options{HeaderRow: NoHeader})
			if r.Encoding != c.encoding {
				t.Fatalf("taken for %s", r.Encoding)
			}
			got := brief(read(t, r))
			if c.text == "" {
				return
			}
			want := brief(read(t, openString(t, c.text, Options{HeaderRow: NoHeader})))
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// A character of a firm's own (外字) has no meaning elsewhere: its row says so, by place.
func TestPrivateCharacter(t *testing.T) {
	sjis := toShiftJIS(t, "会社名,氏名\nA商店,山@田\nB商店,佐藤\n")
	rows := read(t, openString(t, strings.Replace(sjis, "@", "\xf0\x40", 1), Options{}))
	if len(rows) != 2 || rows[0].Err == nil || rows[0].Err.Error() != "sheet.undecodable column=2 header=氏名 row=2" {
		t.Errorf("%v", brief(rows))
	}
}

// Real U+FFFD in UTF-8 is a character like others.
func TestReplacementCharacterInUTF8(t *testing.T) {
	rows := read(t, openString(t, "姓,名\n山\ufffd,太郎\n", Options{}))
	if rows[0].Err != nil || rows[0].Cells[0] != "山\ufffd" {
		t.Errorf("%v", brief(rows))
	}
}

func toShiftJIS(t testing.TB, s string) string {
	t.Helper()
	out, err := japanese.ShiftJIS.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
