package imports_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/company"
	"kizashi/db"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/member"
)

// sales is a list that sales people kept in a spreadsheet.
const sales = "会社名,氏名,メールアドレス,営業担当,対応状況,予算,導入時期,備考,従業員数,電話番号\n" +
	"株式会社さくら工業,田中 太郎,tanaka@sakura-kogyo.example,長尾健,架電中(3回目),300万円,2026年秋,\"部長は乗り気\n競合はA社\",120名,03-1111-1111\n" +
	"山田商店株式会社,山田 次郎,yamada@yamada-shoten.example,NAGAO@kizashi.example,面談設定,未定,,,45,\n" +
	"高橋精機株式会社,高橋 健一,takahashi@seiki.example,退職した人,よくわからない,,,来月また電話,1200名,\n"

// hire makes the account of somebody who owns leads.
func (d *desk) hire() {
	d.Helper()
	d.run(&member.AddUser{Email: "nagao@kizashi.example", FullName: "長尾 健", Role: act.Inside, Password: "a long and odd secret"})
}

// P03, X07: who looks after a lead, how far they are, the budget and the memo of a list are understood.
func TestListOfSalesPeople(t *testing.T) {
	engines(t, func(d *desk) {
		d.hire()
		p := d.preview("営業リスト.csv", []byte(sales))
		if p.Counts.New != 3 || p.Counts.Unowned != 1 || p.Strangers["退職した人"] != 1 || p.Partial {
			d.Fatalf("%+v %v", p.Counts, p.Strangers)
		}
		m := d.bring("営業リスト.csv", []byte(sales), "")
		if m.Counts.New != 3 || m.Counts.Unowned != 1 || m.Total != 3 {
			d.Fatalf("%+v", m)
		}
		const of = ` FROM lead l LEFT JOIN account a ON a.id = l.owner WHERE l.email = $1`
		for mail, want := range map[string]string{
			"tanaka@sakura-kogyo.example":  "長尾 健 " + lead.Trying + " 9",
			"yamada@yamada-shoten.example": "長尾 健 " + lead.MeetingSet + " 0",
			"takahashi@seiki.example":      " " + lead.Untouched + " 0",
		} {
			if got := d.text(`SELECT COALESCE(a.name, '') || ' ' || l.status || ' ' || CAST(l.bant AS TEXT)`+of, mail); got != want {
				d.Errorf("%s: %q, want %q", mail, got, want)
			}
		}
		if got := d.text(`SELECT l.props`+of, "takahashi@seiki.example"); !strings.Contains(got, "退職した人") || !strings.Contains(got, "よくわからない") {
			d.Errorf("what nobody understood is lost: %s", got)
		}
		if got := d.text(`SELECT e.props FROM event e JOIN kind k ON k.id = e.kind JOIN lead l ON l.id = e.lead
			WHERE k.name = 'note_added' AND l.email = 'tanaka@sakura-kogyo.example'`); !strings.Contains(got, `部長は乗り気\n競合はA社`) {
			d.Errorf("note %s", got)
		}
		before := d.everything()
		if again := d.bring("営業リスト.csv", []byte(sales), ""); again.Counts.Same != 3 || d.everything() != before {
			d.Errorf("the same list changed something: %+v", again.Counts)
		}
		d.consistent()
	})
}

// renewed says other things about the same people and companies.
const renewed = "会社名,氏名,メールアドレス,役職,対応状況,予算,従業員数,電話番号,備考\n" +
	"株式会社さくら工業,田中 太郎,tanaka@sakura-kogyo.example,本部長,対応完了,800万円,450名,03-2222-2222,異動した\n" +
	"新しい株式会社,新田 新,nitta@atarashii.example,課長,,,30,,\n"

func TestOverwriteAndItsUndo(t *testing.T) {
	engines(t, func(d *desk) {
		d.hire()
		d.bring("list.csv", []byte(sales), "")
		before := d.everything()
		const tanaka = `SELECT l.title || l.status || CAST(c.size AS TEXT) || c.phone FROM lead l JOIN company c ON c.id = l.company
			WHERE l.email = 'tanaka@sakura-kogyo.example'`
		fills := d.bring("renewed.csv", []byte(renewed), "")
		if got := d.text(tanaka); got != "本部長"+lead.Trying+"120"+"0311111111" {
			d.Errorf("filling: %q", got)
		}
		if got := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM hearing WHERE value = '800万円'`); got != "0" {
			d.Error("an answer was replaced")
		}
		d.undo(fills.ID)
		if after := d.everything(); after != before {
			d.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		wins := d.overwrite("renewed.csv", []byte(renewed))
		if got := d.text(tanaka); got != "本部長"+lead.Done+"450"+"0322222222" {
			d.Errorf("overwriting: %q", got)
		}
		if got := d.text(`SELECT value FROM hearing h JOIN lead l ON l.id = h.lead WHERE item = 'budget' AND l.email = 'tanaka@sakura-kogyo.example' ORDER BY h.id DESC LIMIT 1`); got != "800万円" {
			d.Errorf("budget %q", got)
		}
		d.consistent()
		d.undo(wins.ID)
		if after := d.everything(); after != before {
			d.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		d.consistent()
	})
}

func TestHolds(t *testing.T) {
	engines(t, func(d *desk) {
		m := d.bring("list.csv", []byte(sales), "")
		d.bring("cards.csv", sansan(t), "card")
		var h imports.Held
		d.read(func(tx *db.Tx) (err error) {
			h, err = imports.Holds(d.ctx, tx, m.ID)
			return err
		})
		bands := map[company.Band]int{}
		for _, s := range h.Sizes {
			bands[s.Band] = s.Leads
		}
		if h.Leads != 3 || h.Mailable != 3 || bands[company.Band{From: 100, To: 299}] != 1 || bands[company.Band{From: 1000, To: 4999}] != 1 {
			d.Errorf("%+v", h)
		}
		if last := h.Industries[len(h.Industries)-1]; last.Industry != "" || last.Leads != 3 {
			d.Errorf("%+v", h.Industries)
		}
	})
}

func TestRefusedRowsAsTheyWere(t *testing.T) {
	engines(t, func(d *desk) {
		content := "会社名,氏名,メールアドレス,電話番号,備考\n" +
			"よい会社,良田 良,ok@good.example,,\n" +
			"=cmd|' /C calc'!A0,山田,a@@b.example,+81-3-1234-5678,\"二行の\n備考\"\n" +
			"佐藤だけの会社,,,,-\n" + strings.Repeat("x,", 9) + "\n"
		m := d.bring("a.csv", []byte(content), "")
		if m.Counts.Refused != 3 {
			d.Fatalf("%+v %+v", m.Counts, d.refusals(m.ID))
		}
		var out bytes.Buffer
		err := d.WriteRefused(d.ctx, &out, m.ID, [3]string{"行", "列", "理由"}, func(r imports.Refusal) string { return r.Reason })
		if err != nil {
			d.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 4 {
			d.Fatalf("%v %q", err, rows)
		}
		want := [][]string{
			{"会社名", "氏名", "メールアドレス", "電話番号", "備考", "行", "列", "理由"},
			{"'=cmd|' /C calc'!A0", "山田", "a@@b.example", "'+81-3-1234-5678", "二行の\n備考", "3", "メールアドレス", "lead_match.mail.many"},
			{"佐藤だけの会社", "", "", "", "'-", "5", "", "imports.nobody"},
		}
		for i, w := range want {
			if strings.Join(rows[i], "|") != strings.Join(w, "|") {
				d.Errorf("row %d: %q, want %q", i, rows[i], w)
			}
		}
		if rows[3][5] != "6" || rows[3][7] == "" {
			d.Errorf("a row that nobody could read: %q", rows[3])
		}
	})
}

// A file that was only looked at is found again until a day has passed, one that was imported always.
func TestFilesWaitADay(t *testing.T) {
	d := open(t, t.TempDir()+"/kizashi.db")
	left, used := d.store("left.csv", []byte("氏名\n山田\n")), d.store("list.csv", []byte(sales))
	d.bring("list.csv", []byte(sales), "")
	check := func(f imports.File, there bool) {
		t.Helper()
		if again, err := d.Stored(f.Name, f.Digest); (err == nil) != there || there && again != f {
			t.Errorf("%s: %+v %v", f.Name, again, err)
		}
	}
	check(left, true)
	d.door.DB.Clock.Set(d.door.DB.Clock.Now() + 25*clock.Hour)
	if err := d.Sweep(d.ctx); err != nil {
		t.Fatal(err)
	}
	check(left, false)
	check(used, true)
	check(imports.File{Name: "x", Digest: "../../etc/passwd"}, false)
}
