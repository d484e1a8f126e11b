package imports_test

import (
	"testing"

	"kizashi/act"
	"kizashi/bulk"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/stage"
	"kizashi/task"
)

// promised is a file of as many people as there are ways to deal with one, and one more.
const promised = "氏名,メールアドレス,電話番号,部署,会社名\n" +
	"田中 太郎,task@sakura.example,03-1111-1111,営業部,さくら工業\n" +
	"山田 次郎,activity@sakura.example,03-1111-1112,営業部,さくら工業\n" +
	"鈴木 花子,hearing@sakura.example,03-1111-1113,営業部,さくら工業\n" +
	"高橋 健一,stage@sakura.example,03-1111-1114,営業部,さくら工業\n" +
	"伊藤 恵,consent@sakura.example,03-1111-1115,営業部,さくら工業\n" +
	"渡辺 直,edited@sakura.example,03-1111-1116,営業部,さくら工業\n" +
	"中村 実,bulk@sakura.example,03-1111-1117,営業部,さくら工業\n" +
	"小林 学,nobody@sakura.example,03-1111-1118,営業部,さくら工業\n"

// work does to each lead of the file what its address says.
func (d *desk) work(of func(mail string) id.ID) {
	d.Helper()
	who := act.Who{ID: 77, Name: "長尾", Role: act.Marketing}
	title := "部長"
	for _, c := range []act.Command{
		&task.Add{Lead: of("task"), Step: task.Step{Kind: task.Call, DueAt: 1, Text: "折り返す約束"}},
		&task.Log{Lead: of("activity"), Result: "absent_recall", Note: "折り返し希望", When: 4e12},
		&stage.Answer{Lead: of("hearing"), Item: "budget", Value: "300万円", Source: "call"},
		&stage.Move{Lead: of("stage"), To: stage.MQL, Reason: "展示会で名刺交換"},
		&consent.Record{Entry: consent.Entry{Lead: of("consent"), Purpose: consent.Mail, Basis: consent.Explicit, Granted: true, Source: "電話"}},
		&lead.Change{ID: of("edited"), Title: &title},
		&bulk.Start{Act: bulk.Act{Kind: bulk.Tag, Tag: "重要"}, Leads: []id.ID{of("bulk")}},
	} {
		if err := d.door.Run(d.ctx, who, c); err != nil {
			d.Fatalf("%s: %v", c.Name(), err)
		}
	}
}

// A lead on which people have worked since an import stays when it is undone, with their work; only what the file
// said is taken back, and the result says who stays and why. P06
func TestUndoKeepsLeadsThatPeopleHaveWorkedOn(t *testing.T) {
	engines(t, func(d *desk) {
		m := d.bring("list.csv", []byte(promised), "")
		d.work(func(mail string) (one id.ID) {
			d.read(func(tx *db.Tx) error {
				return tx.Row(d.ctx, `SELECT id FROM lead WHERE email = $1`, mail+"@sakura.example").Scan(&one)
			})
			return one
		})
		d.undo(m.ID)
		want := []imports.Why{imports.Promised, imports.Contacted, imports.Asked, imports.Moved, imports.Agreed, imports.Changed, imports.Chosen}
		var kept []imports.Kept
		d.read(func(tx *db.Tx) (err error) {
			kept, err = imports.KeptLeads(d.ctx, tx, m.ID, 0, 100)
			return err
		})
		for i, k := range kept {
			if i >= len(want) || k.Why != want[i] || k.Row != i+2 {
				d.Errorf("row %d stays because of %s", k.Row, k.Why)
			}
		}
		if len(kept) != len(want) {
			d.Errorf("%d leads stay, not %d", len(kept), len(want))
		}
		for query, want := range map[string]string{
			`SELECT note FROM task`: "折り返す約束",
			`SELECT l.name || l.phone || l.department FROM task t JOIN lead l ON l.id = t.lead`: "田中 太郎0311111111",
			`SELECT result FROM activity`: "absent_recall", `SELECT value FROM hearing`: "300万円",
			`SELECT became FROM stage_change WHERE who <> 0`:                         stage.MQL,
			`SELECT title || department FROM lead WHERE title <> ''`:                 "部長",
			`SELECT CAST(COUNT(*) AS TEXT) FROM lead WHERE gone = ''`:                "7",
			`SELECT CAST(COUNT(*) AS TEXT) FROM lead WHERE gone = '' AND name <> ''`: "6",
		} {
			if got := d.text(query); got != want {
				d.Errorf("%s: %q, not %q", query, got, want)
			}
		}
		d.undo(m.ID) // once more is harmless
		d.consistent()
	})
}
