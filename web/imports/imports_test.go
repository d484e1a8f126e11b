package imports_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/task"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// list is a file as a company has it: one row twice, one of nobody, an owner without an account.
const list = "会社名,部署,役職,氏名,メールアドレス,担当営業,備考\n" +
	"株式会社青空製作所,情報システム部,部長,山田 太郎,taro@aozora.example,鈴木,展示会で名刺交換\n" +
	"株式会社青空製作所,情報システム部,部長,山田 太郎,taro@aozora.example,鈴木,\n" +
	"みどり物流株式会社,経営企画部,課長,佐藤 花子,hanako@midori.example,,\n" +
	",,,だれか,,,\n"

func shiftJIS(t testing.TB, text string) []byte {
	raw, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// drop sends a file and gives the address of its columns.
func drop(d *desk.Desk, content []byte) string {
	d.Helper()
	a := d.Upload(act.Marketing, "/imports", "file", "名刺.csv", content)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.To(), "/uploads/") {
		d.Fatalf("%d %s %s", a.Status, a.To(), a.Body)
	}
	return a.To()
}

// finish waits for the job on an import.
func finish(d *desk.Desk, path string) imports.Import {
	d.Helper()
	number, err := id.Parse(strings.TrimPrefix(path, "/imports/"))
	if err != nil {
		d.Fatal(path)
	}
	var m imports.Import
	for ended := false; !ended; {
		d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
			if m, err = imports.Find(ctx, tx, number); err != nil {
				return err
			}
			ended = m.State == imports.Done || m.State == imports.Undone
			j, err := job.FindKey(ctx, tx, m.JobKey())
			if err == nil && j.State == job.Failed {
				d.Fatalf("the job failed: %s", j.Error)
			}
			return err
		})
	}
	return m
}

var columnOf = regexp.MustCompile(`<th scope="row">([^<]*)</th>(?s:.*?)<select id="(column-\d+)"(?s:.*?)<option value="([a-z_0-9]+)" selected>`)

// chosen are what the form says of the columns, by header: name of the field, choice.
func chosen(body string) map[string][2]string {
	found := map[string][2]string{}
	for _, m := range columnOf.FindAllStringSubmatch(body, -1) {
		found[m[1]] = [2]string{m[2], m[3]}
	}
	return found
}

// M06, L10: a file is dropped, looked at, imported; it leads to whom to contact, and is taken back.
func TestTheWayOfAFile(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if a := d.Get(act.Marketing, "/imports"); !a.Has("まだ何も取り込まれていません") || !a.Has(`type="file"`) {
			d.Fatalf("the empty page does not say what to do: %s", a.Body)
		}
		path := drop(d, shiftJIS(t, list))
		a := d.Get(act.Marketing, path)
		for _, word := range []string{"名刺.csv", "山田 太郎", "メールアドレス", "取り込めない行 1件", "鈴木", "名刺交換", "だれの行か分かりません"} {
			if !a.Has(word) {
				d.Errorf("the columns do not say %q", word)
			}
		}
		if got := chosen(a.Body)["氏名"][1]; got != "name" {
			d.Errorf("氏名 is %q", got)
		}
		counts(d, a, 2, 0, 1, 0, 1)
		if a = d.Get(act.Inside, path); a.Status != http.StatusNotFound {
			d.Errorf("somebody else saw the file: %d", a.Status)
		}
		if a = d.Get(act.Marketing, path+"/refused.csv"); !a.Has("だれか") || a.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
			d.Errorf("refused before: %s", a.Body)
		}

		a = d.Post(act.Marketing, path+"/start", url.Values{"basis": {"card"}})
		if a.Status != http.StatusSeeOther {
			d.Fatalf("%d %s", a.Status, a.Body)
		}
		result := a.To()
		m := finish(d, result)
		if m.Basis != "card" || m.Counts.New != 2 || m.Counts.Merged != 1 || m.Who != d.Who(act.Marketing).ID {
			d.Errorf("%+v", m)
		}
		a = d.Get(act.Marketing, result)
		counts(d, a, 2, 0, 1, 0, 1)
		for _, word := range []string{"今日連絡すべき人", "部長", "<meter", "2人", "refused.csv", "このファイルからは分かりません"} {
			if !a.Has(word) {
				d.Errorf("the result does not say %q: %s", word, a.Body)
			}
		}
		if a = d.Get(act.Marketing, result+"/refused.csv"); !a.Has("だれか") {
			d.Errorf("refused after: %s", a.Body)
		}
		if a = d.Get(act.Marketing, "/imports"); !a.Has("人 marketing") || !a.Has("完了") {
			d.Errorf("history: %s", a.Body)
		}
		if a = d.Get(act.Viewer, result); a.Status != http.StatusOK || a.Has("/undo") {
			d.Errorf("a viewer may undo: %d", a.Status)
		}
		promise(d)
		takeBack(d, result)
		a = d.Get(act.Marketing, result+"?lang=ja")
		for _, word := range []string{"残したリード（1件）", "次の予定がある", "行動が記録された"} {
			if (word != "行動が記録された") != a.Has(word) {
				d.Errorf("%q on the page of who stays: %s", word, a.Body)
			}
		}
	})
}

// promise plans a call to the first lead.
func promise(d *desk.Desk) {
	d.Helper()
	var first id.ID
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT MIN(id) FROM lead WHERE gone = ''`).Scan(&first)
	})
	step := task.Step{Kind: task.Call, DueAt: 1, Text: "折り返す約束"}
	if err := d.App.Door.Run(d.Context(), d.Who(act.Inside), &task.Add{Lead: first, Step: step}); err != nil {
		d.Fatal(err)
	}
}

// takeBack undoes an import, which asks first.
func takeBack(d *desk.Desk, result string) {
	d.Helper()
	if a := d.Get(act.Marketing, result+"/undo"); !a.Has("取り消しますか") {
		d.Errorf("undo does not ask: %s", a.Body)
	}
	d.Follow(act.Marketing, result+"/undo", nil)
	finish(d, result)
	if a := d.Get(act.Marketing, result); !a.Has("元の状態に戻しました") {
		d.Error(a.Body)
	}
	if a := d.Get(act.Marketing, "/imports?lang=en"); !a.Has("Undone") {
		d.Error(a.Body)
	}
}

// counts are new, updated, merged, same and refused rows as the page shows them.
func counts(d *desk.Desk, a desk.Answer, want ...int) {
	d.Helper()
	found := regexp.MustCompile(`<dd>(\d+)</dd>`).FindAllStringSubmatch(a.Body, -1)
	for i, n := range want {
		if i >= len(found) || found[i][1] != fmt.Sprint(n) {
			d.Errorf("counts %v, want %v", found, want)
			return
		}
	}
}

// Columns are chosen anew; another that had the field by a guess gives it up. What was chosen stays.
func TestColumnsAreChosen(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	path := drop(d, []byte(list))
	before := chosen(d.Get(act.Marketing, path).Body)
	form := url.Values{before["備考"][0]: {"name"}, before["役職"][0]: {"skip"}, "overwrite": {"1"}, "basis": {"none"}}
	a := d.Follow(act.Marketing, path, form)
	after := chosen(a.Body)
	if after["備考"][1] != "name" || after["氏名"][1] != "own" || after["役職"][1] != "skip" {
		t.Errorf("chosen: %v", after)
	}
	if !regexp.MustCompile(`value="none"[^>]*checked`).MatchString(a.Body) || !regexp.MustCompile(`id="overwrite"[^>]*checked`).MatchString(a.Body) {
		t.Error("basis or overwrite was forgotten")
	}
	twice := url.Values{before["会社名"][0]: {"email"}, before["備考"][0]: {"email"}}
	if a = d.Post(act.Marketing, path, twice); a.Status != http.StatusUnprocessableEntity || !a.Has(`aria-invalid="true"`) {
		t.Errorf("two columns with one field: %d", a.Status)
	}
	if a = d.Post(act.Marketing, path, url.Values{before["会社名"][0]: {"soup"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no such field: %d", a.Status)
	}
}

// The basis is asked once and must be answered; "later" imports without one.
func TestBasisIsAsked(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	path := drop(d, []byte(list))
	if a := d.Post(act.Marketing, path+"/start", nil); a.Status != http.StatusUnprocessableEntity || !a.Has("根拠を選んでください") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	a := d.Post(act.Marketing, path+"/start", url.Values{"basis": {"none"}})
	if m := finish(d, a.To()); m.Basis != "" || m.Counts.New != 2 {
		t.Errorf("%+v", m)
	}
}

// What is no table is said at the file, and is not kept.
func TestWhatIsNoTable(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for name, content := range map[string][]byte{"a.pdf": []byte("%PDF-1.7"), "empty.csv": nil, "b.xls": []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old")} {
		a := d.Upload(act.Marketing, "/imports", "file", name, content)
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`class="notice bad"`) || a.Has("/uploads/") {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if a := d.Post(act.Marketing, "/imports", nil); a.Status != http.StatusUnprocessableEntity || !a.Has("ファイルを選んでください") {
		t.Errorf("no file: %d", a.Status)
	}
	if a := d.Upload(act.Viewer, "/imports", "file", "a.csv", []byte(list)); a.Status != http.StatusForbidden {
		t.Errorf("a viewer brought a file in: %d", a.Status)
	}
}

// A file that waits is found again, and goes when nobody wants it.
func TestWaitingFileIsDropped(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	path := drop(d, []byte(list))
	if a := d.Get(act.Marketing, "/imports"); !a.Has(path) {
		t.Fatal("the file that waits is not shown")
	}
	if a := d.Follow(act.Marketing, path+"/drop", nil); a.Has(path) || !a.Has("取り込まずに削除しました") {
		t.Error(a.Body)
	}
	if a := d.Get(act.Marketing, path); a.Status != http.StatusNotFound {
		t.Errorf("%d", a.Status)
	}
}

// A file of many rows is tried by its first ones, and the page says so; the list goes on page by page.
func TestLargeFileAndLongHistory(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	var b bytes.Buffer
	b.WriteString("氏名,メール\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "人 %d,p%d@a.example\n", i, i)
	}
	if a := d.Get(act.Marketing, drop(d, b.Bytes())); !a.Has("最初の3,000行を試した結果") {
		t.Error("the page does not say that it looked at the first rows")
	}
	for i := range 31 {
		path := drop(d, fmt.Appendf(nil, "氏名,メール\n人,q%d@a.example\n", i))
		d.Post(act.Marketing, path+"/start", url.Values{"basis": {"card"}})
	}
	a := d.Get(act.Marketing, "/imports")
	next := regexp.MustCompile(`href="(/imports\?after=[^"]+)"`).FindStringSubmatch(a.Body)
	if next == nil {
		t.Fatal("the history does not go on")
	}
	if a = d.Get(act.Marketing, next[1]); strings.Count(a.Body, `class="state `) != 1 {
		t.Errorf("the last page holds %d", strings.Count(a.Body, `class="state `))
	}
}

// Who took leads out of the product stands beside who brought them in.
func TestExportsAreShown(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		d.Run(&lead.Export{Columns: []string{"name"}, Format: "csv"})
		d.Run(&lead.Export{Rule: `lead.fit == "A"`, Columns: []string{"name"}, Format: "xlsx"})
		a := d.Get(act.Marketing, "/imports")
		if !a.Has("書き出しの履歴") || !a.Has("すべてのリード") || !a.Has("条件に合うリード") || !a.Has("<td>Excel</td>") {
			d.Error(a.Body)
		}
		if d.Get(act.Viewer, "/imports").Has("書き出しの履歴") {
			d.Error("a viewer sees who took what")
		}
	})
}

// The sheets of a workbook follow one another: after the first one's import the next is one press away.
func TestNextSheet(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	book := excelize.NewFile()
	for _, name := range []string{"Sheet1", "西日本"} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range [][]any{{"氏名", "メールアドレス"}, {"高橋 健一", strings.ToLower(id.ID(len(name)).String()) + "@seiki.example"}} {
			if err := book.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var content bytes.Buffer
	if err := book.Write(&content); err != nil {
		t.Fatal(err)
	}
	a := d.Post(act.Marketing, drop(d, content.Bytes())+"/start", url.Values{"basis": {"card"}})
	finish(d, a.To())
	if first := d.Get(act.Marketing, a.To()); !first.Has("2 枚のシート") || !first.Has("次のシートを取り込む") {
		t.Errorf("%s", first.Body)
	}
	if seen := d.Get(act.Viewer, a.To()); seen.Has("次のシートを取り込む") {
		t.Error("a viewer may import")
	}
	next := d.Post(act.Marketing, a.To()+"/sheet", nil)
	if columns := d.Get(act.Marketing, next.To()); !columns.Has("西日本") {
		t.Errorf("%s", columns.Body)
	}
	a = d.Post(act.Marketing, next.To()+"/start", url.Values{"basis": {"card"}})
	if m := finish(d, a.To()); m.Mapping.Sheet != "西日本" || m.Counts.New != 1 {
		t.Errorf("%+v", m)
	}
}
