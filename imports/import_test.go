package imports_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"

	"kizashi/db"
	"kizashi/imports"
	"kizashi/sheet"
)

// sansan is an export of a card service as it comes: Shift_JIS, with a double, a broken address and a
// row of nobody.
func sansan(t testing.TB) []byte {
	text := strings.Join([]string{
		`会社名,部署名,役職,姓,名,e-mail,郵便番号,住所,TEL会社,携帯電話,名刺交換日,メモ`,
		`株式会社さくら工業,情報システム部,部長,田中,太郎,tanaka@sakura-kogyo.example,100-0005,東京都千代田区丸の内1-1-1,03-1234-5678,090-1111-2222,2025/11/01,展示会で会った`,
		`(株)さくら工業,営業部,課長,鈴木,花子,suzuki@sakura-kogyo.example,,,03-1234-5678,,2025/11/02,`,
		`山田商店,,,山田,,yamada@@shop.example,,,,,,`,
		`,,,佐藤,一郎,,,,,,,`,
		`山田商店,,店長,山田,次郎,,,,06-1111-2222,,2025/01/05,`,
		`株式会社さくら工業,,,田中,太郎,TANAKA@sakura-kogyo.example,,,,,2025/11/01,`,
		"",
	}, "\r\n")
	raw, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const hubspot = "Record ID,First Name,Last Name,Email,Job Title,Company name,Phone Number,Marketing contact status\n" +
	"101,Taro,Tanaka,tanaka@sakura-kogyo.example,General Manager,Sakura Kogyo,+81 3-1234-5678,Marketing contact\n" +
	"102,Ann,Smith,ann@acme.example,CTO,Acme Inc.,+1 212 555 0100,Non-marketing contact\n"

// excel is a workbook with title lines above its header and a rank of a fair.
func excel(t testing.TB) []byte {
	book := excelize.NewFile()
	for i, row := range [][]any{
		{"2025年 ものづくり展 来場者リスト"}, {},
		{"氏名", "会社名", "メールアドレス", "電話番号", "ランク", "タグ"},
		{"高橋 健一", "高橋精機株式会社", "takahashi@seiki.example", "03-2222-3333", "A", "製造,見学"},
		{"伊藤 美咲", "伊藤電機株式会社", "ito@denki.example", "03-4444-5555", "B", ""},
	} {
		if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCardsInShiftJIS(t *testing.T) {
	engines(t, func(d *desk) {
		m := d.bring("名刺.csv", sansan(t), "card")
		want := imports.Counts{Rows: 6, New: 3, Merged: 1, Refused: 2}
		if m.Counts != want || m.State != imports.Done {
			d.Fatalf("%+v", m)
		}
		r := d.refusals(m.ID)
		if len(r) != 2 || r[0].Row != 4 || r[0].Column != "e-mail" || r[0].Reason != "lead_match.mail.many" ||
			r[1].Row != 5 || r[1].Reason != "imports.nobody" {
			d.Fatalf("%+v", r)
		}
		if got := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM event e JOIN kind k ON k.id = e.kind WHERE k.name = 'card_exchanged'`); got != "3" {
			d.Errorf("%s card events; the double of a row is none", got)
		}
		if got := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM consent WHERE basis = 'card' AND granted = 1 AND source = '名刺.csv'`); got != "3" {
			d.Errorf("%s consents", got)
		}
		if got := d.text(`SELECT props FROM lead WHERE email = 'tanaka@sakura-kogyo.example'`); !strings.Contains(got, "展示会で会った") {
			d.Errorf("the memo is lost: %s", got)
		}
		d.consistent()
	})
}

func TestHubSpotKeepsRefusals(t *testing.T) {
	engines(t, func(d *desk) {
		d.bring("cards.csv", sansan(t), "card")
		m := d.bring("hubspot.csv", []byte(hubspot), "business")
		if m.Counts.New != 1 || m.Counts.Updated != 1 || m.Counts.Refused != 0 {
			d.Fatalf("%+v", m.Counts)
		}
		if got := d.text(`SELECT title FROM lead WHERE email = 'tanaka@sakura-kogyo.example'`); got != "部長" {
			d.Errorf("what was known was overwritten: %q", got)
		}
		if got := d.text(`SELECT basis FROM consent c JOIN lead l ON l.id = c.lead WHERE l.email = 'ann@acme.example'`); got != "refusal" {
			d.Errorf("Non-marketing contact: %q", got)
		}
		d.bring("again.csv", []byte("Email,Opt in\nann@acme.example,yes\n"), "consent")
		if got := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM consent c JOIN lead l ON l.id = c.lead WHERE l.email = 'ann@acme.example'`); got != "1" {
			d.Errorf("a file lifted a refusal")
		}
		d.consistent()
	})
}

// What cannot be read as a number or an address of its kind is kept as it stands, under its column.
func TestIllegibleCellsAreKept(t *testing.T) {
	engines(t, func(d *desk) {
		file := "会社名,氏名,メール,メール2,電話,携帯,郵便番号,法人番号,従業員数\n" +
			"株式会社例,一 二,a@rei.example,なし,内線123,会社と同じ,94105,1234567890123,非公開\n" +
			"株式会社例,三 四,b@rei.example,b2@rei.example,03-1234-5678,,100-0001,,300名\n"
		if m := d.bring("leads.csv", []byte(file), ""); m.Counts.New != 2 {
			d.Fatalf("%+v", m.Counts)
		}
		var props map[string]string
		if err := json.Unmarshal([]byte(d.text(`SELECT props FROM lead WHERE email = 'a@rei.example'`)), &props); err != nil {
			d.Fatal(err)
		}
		want := map[string]string{"メール2": "なし", "電話": "内線123", "携帯": "会社と同じ", "郵便番号": "94105", "法人番号": "1234567890123", "従業員数": "非公開"}
		if diff := cmp.Diff(want, props); diff != "" {
			d.Errorf("-want +got:\n%s", diff)
		}
		d.consistent()
	})
}

func TestExcelWithTitleLinesAndRanks(t *testing.T) {
	engines(t, func(d *desk) {
		m := d.bring("来場者.xlsx", excel(t), "")
		if m.Counts.New != 2 || m.Counts.Rows != 2 {
			d.Fatalf("%+v", m.Counts)
		}
		got := d.text(`SELECT e.props FROM event e JOIN lead l ON l.id = e.lead WHERE l.email = 'takahashi@seiki.example'`)
		var props map[string]string
		if err := json.Unmarshal([]byte(got), &props); err != nil || props["rank"] != "A" {
			d.Errorf("%s %v", got, err)
		}
		if got := d.text(`SELECT tags FROM lead WHERE email = 'takahashi@seiki.example'`); got != ",製造,見学," {
			d.Errorf("tags %q", got)
		}
		if got := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM consent`); got != "0" {
			d.Errorf("a basis that nobody named")
		}
		d.consistent()
	})
}

// Rows of two sheets of a workbook have the same numbers, and are not the same rows.
func TestSheetsOfOneWorkbook(t *testing.T) {
	engines(t, func(d *desk) {
		book := excelize.NewFile()
		for _, name := range []string{"Sheet1", "西日本"} {
			if _, err := book.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			for i, row := range [][]any{{"氏名", "メールアドレス", "名刺交換日"}, {"高橋 健一", name + "@seiki.example", "2025/11/01"}} {
				if err := book.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
					t.Fatal(err)
				}
			}
		}
		var content bytes.Buffer
		if err := book.Write(&content); err != nil {
			t.Fatal(err)
		}
		file := d.store("来場者.xlsx", content.Bytes())
		for _, name := range []string{"Sheet1", "西日本"} {
			mapping, err := d.Mapping(file, sheet.Options{Sheet: name})
			if err != nil {
				t.Fatal(err)
			}
			start := &imports.Start{File: file, Mapping: mapping, Basis: "card"}
			d.run(start)
			if err := d.Run(d.ctx, start.Import, quiet); err != nil {
				t.Fatal(err)
			}
			if m := d.find(start.Import); m.Counts.New != 1 {
				t.Errorf("%s: %+v", name, m.Counts)
			}
		}
		if n := d.text(`SELECT COUNT(*) FROM event`); n != "2" {
			t.Errorf("%s events", n)
		}
		d.consistent()
	})
}

func TestSameFileTwiceChangesNothing(t *testing.T) {
	engines(t, func(d *desk) {
		for _, f := range []struct {
			name, basis string
			content     []byte
		}{{"cards.csv", "card", sansan(t)}, {"hubspot.csv", "", []byte(hubspot)}, {"fair.xlsx", "published", excel(t)}} {
			first := d.bring(f.name, f.content, f.basis)
			before := d.everything()
			again := d.bring(f.name, f.content, f.basis)
			if again.ID == first.ID || again.Counts.New+again.Counts.Updated+again.Counts.Merged != 0 ||
				again.Counts.Same != first.Counts.Rows-first.Counts.Refused {
				d.Errorf("%s: %+v", f.name, again.Counts)
			}
			if after := d.everything(); after != before {
				d.Errorf("%s changed something:\n%s\n---\n%s", f.name, before, after)
			}
		}
	})
}

func TestPreviewKeepsNothing(t *testing.T) {
	engines(t, func(d *desk) {
		d.bring("hubspot.csv", []byte(hubspot), "")
		before := d.everything()
		p := d.preview("cards.csv", sansan(t))
		if want := (imports.Counts{Rows: 6, New: 2, Updated: 1, Same: 1, Refused: 2}); p.Counts != want {
			d.Errorf("%+v", p.Counts)
		}
		if len(p.Refused) != 2 || p.Encoding == "" || p.Columns[0].Field != "company" || p.Columns[0].Samples[0] != "株式会社さくら工業" {
			d.Errorf("%+v", p)
		}
		if after := d.everything(); after != before {
			d.Error("a preview wrote something")
		}
	})
}

// A preview counts as the import does, also where people repeat over chunks.
func TestPreviewCountsAsTheImport(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "kizashi.db"))
	content := append(contacts(1200), contacts(700)[bytes.IndexByte(contacts(1), '\n')+1:]...)
	p := d.preview("contacts.csv", content)
	if m := d.bring("contacts.csv", content, ""); m.Counts != p.Counts || m.Counts.Merged != 700 {
		t.Errorf("%+v\n%+v", p.Counts, m.Counts)
	}
}

// errStop stands for a kill between two chunks.
var errStop = errors.New("stop")

func TestInterruptedImportGoesOn(t *testing.T) {
	engines(t, func(d *desk) {
		content := contacts(2300)
		number := d.start("contacts.csv", content, "card")
		ctx, cancel := context.WithCancelCause(d.ctx)
		err := d.Run(ctx, number, func(imports.Progress) { cancel(errStop) })
		if !errors.Is(err, context.Canceled) {
			d.Fatal(err)
		}
		if m := d.find(number); m.Counts.Rows == 0 || m.Counts.Rows == 2300 || m.State != imports.Running {
			d.Fatalf("%+v", m)
		}
		if again := d.start("contacts.csv", content, "card"); again != number {
			d.Fatal("the same file does not go on as the same import")
		}
		if err := d.Run(d.ctx, number, quiet); err != nil {
			d.Fatal(err)
		}
		if m := d.find(number); m.Counts != (imports.Counts{Rows: 2300, New: 2300}) || m.State != imports.Done {
			d.Fatalf("%+v", m)
		}
		if got := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM event`); got != "2300" {
			d.Errorf("%s events", got)
		}
	})
}

// Two processes at one import, as the server and the command line, take every row once.
func TestTwoAtOneImport(t *testing.T) {
	engines(t, func(d *desk) {
		number := d.start("contacts.csv", contacts(3000), "card")
		other := make(chan error)
		go func() { other <- d.Run(d.ctx, number, quiet) }()
		if err := errors.Join(d.Run(d.ctx, number, quiet), <-other); err != nil {
			d.Fatal(err)
		}
		if m := d.find(number); m.Counts != (imports.Counts{Rows: 3000, New: 3000}) || m.State != imports.Done {
			d.Fatalf("%+v", m)
		}
	})
}

// Names that break programs come through, or are refused row by row.
func TestNaughtyNames(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "blns", "blns.json"))
	if err != nil {
		t.Skip("the list of naughty strings is not here:", err)
	}
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("氏名,会社名,メモ\n")
	for _, n := range names {
		cell := `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
		b.WriteString(cell + "," + cell + "," + cell + "\n")
	}
	engines(t, func(d *desk) {
		m := d.bring("blns.csv", []byte(b.String()), "published")
		if c := m.Counts; m.State != imports.Done || c.New < 300 || c.New+c.Merged+c.Same+c.Updated+c.Refused != c.Rows {
			d.Fatalf("%+v", c)
		}
		d.consistent()
		d.undo(m.ID)
		if got := d.everything(); strings.TrimSpace(got) != "" {
			d.Errorf("left behind: %s", got)
		}
	})
}

func TestListIsNewestFirst(t *testing.T) {
	engines(t, func(d *desk) {
		a, b := d.bring("a.csv", []byte(hubspot), ""), d.bring("b.csv", contacts(2), "")
		d.read(func(tx *db.Tx) error {
			all, err := imports.List(d.ctx, tx, 0, 10)
			if err != nil || len(all) != 2 || all[0].ID != b.ID {
				d.Errorf("%+v %v", all, err)
			}
			rest, err := imports.List(d.ctx, tx, b.ID, 10)
			if err != nil || len(rest) != 1 || rest[0].ID != a.ID {
				d.Errorf("%+v %v", rest, err)
			}
			return nil
		})
	})
}
