package segments_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/segment"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

const hotOnes = `lead.temperature == "hot"`

// hot makes a lead that asked for a quote just now.
func hot(d *desk.Desk, name, mail string) id.ID {
	who := d.Lead(lead.Fields{Name: name, Email: mail, Title: "部長"})
	d.Did(event.Message{ID: "quote-" + mail, Kind: "quote_requested", Email: mail, Channel: "web"})
	return who
}

// fill waits until everybody was asked.
func fill(d *desk.Desk) {
	d.Helper()
	for {
		ready := true
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			list, err := segment.Live(ctx, tx)
			for _, s := range list {
				ready = ready && s.Ready
			}
			return err
		})
		if ready {
			return
		}
	}
}

func saved(d *desk.Desk, name, rule string) string {
	d.Helper()
	a := d.Post(act.Marketing, "/segments/new", url.Values{"name": {name}, "rule": {rule}})
	if a.Status != 303 {
		d.Fatal(a.Status, a.Body)
	}
	return a.To()
}

// A segment is made, filled, shown with its members and its rule in words, in both languages.
func TestSegmentFromNothing(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := d.TB
		if a := d.Get(act.Marketing, "/segments"); !a.Has("セグメントはまだありません") || !a.Has("/segments/new?name=") {
			t.Error("the empty list does not say how to begin")
		}
		hot(d, "山田 太郎", "taro@aozora.example")
		d.Lead(lead.Fields{Name: "鈴木 花子", Email: "hanako@midori.example"})
		path := saved(d, "今すぐの人", hotOnes)
		fill(d)
		a := d.Get(act.Viewer, path)
		for _, words := range []string{"今すぐの人", "温度が今すぐ客である", "山田 太郎", "出入りはありません"} {
			if !a.Has(words) {
				t.Errorf("the page does not say %q: %s", words, a.Body)
			}
		}
		if a.Has("鈴木 花子") || a.Has("/delete") {
			t.Error("the page shows who is not in it, or what a viewer may not do")
		}
		if a := d.Get(act.Viewer, path+"?lang=en"); !a.Has("Members now") || !a.Has("temperature is") {
			t.Error("the English page lacks words")
		}
		if a := d.Get(act.Viewer, "/segments?lang=ja"); !a.Has("1人") || !a.Has("今すぐの人") {
			t.Error("the list does not count")
		}
	})
}

// Who came and who went is told by day and by name.
func TestWhoCameAndWent(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := d.TB
		path := saved(d, "連絡できる今すぐ", hotOnes+` && lead.status == "untouched"`)
		fill(d)
		hot(d, "山田 太郎", "taro@aozora.example")
		who := hot(d, "佐藤 次郎", "jiro@aozora.example")
		talked := "talked"
		d.Run(&lead.Change{ID: who, Status: &talked})
		a := d.Get(act.Viewer, path)
		for _, words := range []string{"30日間に2人が入り、1人が出ました", ">+2<", "最近出た人", `class="in"`} {
			if !a.Has(words) {
				t.Errorf("the page does not say %q", words)
			}
		}
		_, went, _ := strings.Cut(a.Body, "最近出た人")
		if !strings.Contains(went[:600], "佐藤 次郎") {
			t.Error("who went is not named")
		}
	})
}

// reading is what the builder is told of a rule.
type reading struct {
	Sentence, Count string
	Fault           struct{ Line, Column int }
}

// While a rule is written, its meaning, the live count and mistakes with their place are told.
func TestReadWhileWriting(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	hot(d, "山田 太郎", "taro@aozora.example")
	for source, want := range map[string]reading{
		hotOnes:              {Sentence: "温度が今すぐ客である", Count: "いま 1 人が該当します"},
		`lead.nobody == "x"`: {Fault: struct{ Line, Column int }{1, 1}},
	} {
		var got reading
		a := d.PostJSON(act.Marketing, "/segments/rule", map[string]string{"text": source})
		if err := json.Unmarshal([]byte(a.Body), &got); err != nil || got != want {
			t.Errorf("%q: %+v, %v", source, got, err)
		}
	}
	if a := d.PostJSON(act.Viewer, "/segments/rule", map[string]string{"text": hotOnes}); a.Status != 403 {
		t.Errorf("a viewer builds segments: %d", a.Status)
	}
	a := d.Post(act.Marketing, "/segments/new", url.Values{"name": {""}, "rule": {`lead.fit in ["A"`}})
	if a.Status != 422 || !a.Has(`id="wrong-name"`) || !a.Has("1行目") || !a.Has(`lead.fit in [&#34;A&#34;`) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if a := d.Get(act.Marketing, "/segments/new?name=n&rule="+url.QueryEscape(hotOnes)); !a.Has(`value="n"`) || !a.Has("lead.temperature == &#34;hot&#34;</textarea>") {
		t.Error("a starter does not fill the form")
	}
}

// Changes and deletions are taken back.
func TestEditAndUndo(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	hot(d, "山田 太郎", "taro@aozora.example")
	path := saved(d, "今すぐの人", hotOnes)
	fill(d)
	a := d.Follow(act.Marketing, path+"/edit", url.Values{"name": {"まだの人"}, "rule": {`lead.temperature == "cold"`}})
	if !a.Has("まだの人") || !a.Has("保存しました") {
		t.Fatal(a.Body)
	}
	_, rest, _ := strings.Cut(a.Body, `action="`+path+`/former?`)
	undo, _, _ := strings.Cut(rest, `"`)
	if a = d.Follow(act.Marketing, path+"/former?"+html.UnescapeString(undo), nil); !a.Has("今すぐの人") || !a.Has("元に戻しました") {
		t.Error(a.Body)
	}
	fill(d)
	if a = d.Follow(act.Marketing, path+"/delete", nil); a.Has("今すぐの人") || !a.Has(path+"/restore") {
		t.Error("not deleted, or without a way back")
	}
	if a := d.Get(act.Marketing, path); a.Status != 404 {
		t.Errorf("a deleted segment: %d", a.Status)
	}
	if a = d.Follow(act.Marketing, path+"/restore", nil); !a.Has("今すぐの人") {
		t.Error("not restored")
	}
	fill(d)
	if !d.Get(act.Marketing, path).Has("山田 太郎") {
		t.Error("it came back without its members")
	}
	if a := d.Post(act.Field, path+"/delete", nil); a.Status != 403 {
		t.Errorf("field sales deleted a segment: %d", a.Status)
	}
}

// Members are read page by page.
func TestMembersByPage(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for i := range 60 {
		d.Lead(lead.Fields{Name: fmt.Sprintf("人%02d", i), Email: fmt.Sprintf("p%02d@midori.example", i)})
	}
	path := saved(d, "全員", `lead.temperature == "cold"`)
	fill(d)
	a := d.Get(act.Viewer, path)
	if !a.Has("人00") || a.Has("人55") {
		t.Fatal("the first page shows others")
	}
	_, rest, _ := strings.Cut(a.Body, path+"?after=")
	after, _, _ := strings.Cut(rest, `"`)
	if a := d.Get(act.Viewer, path+"?after="+after); a.Has("人00") || !a.Has("人55") {
		t.Error("the second page shows others")
	}
	for _, bad := range []string{path + "?after=!", "/segments?after=!"} {
		if a := d.Get(act.Viewer, bad); a.Status != 422 {
			t.Errorf("%s: %d", bad, a.Status)
		}
	}
}

// A search that has stopped says so, and who may tries it again.
func TestStoppedSearch(t *testing.T) { // S18
	d := desk.New(t, testkit.SQLiteURL(t))
	d.App.Jobs.Stop()
	path, ctx := saved(d, "今すぐの人", hotOnes), context.Background()
	if err := d.App.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET state = 'failed' WHERE kind = 'refold'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	again := func(role act.Role) string {
		return regexp.MustCompile(`/jobs/\w+/retry|$`).FindString(d.Get(role, path).Body)
	}
	if again(act.Viewer) != "" {
		t.Error("a viewer is offered to try again")
	}
	if a := d.Follow(act.Marketing, again(act.Marketing), nil); a.Status != 200 || !a.Has("再実行を始めました") {
		t.Errorf("not tried again: %d", a.Status)
	}
	if err := d.App.Jobs.RunDue(ctx); err != nil {
		t.Fatal(err)
	}
	if a := d.Get(act.Viewer, path); a.Has("途中で止まりました") || a.Has("<progress") {
		t.Error("the segment is not filled")
	}
}

// What is a segment already, by its name or by its rule, is not offered to begin with.
func TestStartersThatAreThere(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	saved(d, "動きが止まった見込み客", hotOnes)
	saved(d, "戻り", `lead.stage == "recycled" && active(days(14))`)
	for _, path := range []string{"/segments", "/segments/new"} {
		offered := d.Get(act.Marketing, path).Body
		_, offered, _ = strings.Cut(offered, `class="starters"`)
		if strings.Contains(offered, "動きが止まった見込み客") || strings.Contains(offered, "再育成から戻ってきた人") || !strings.Contains(offered, "担当のいない決裁者") {
			t.Errorf("%s offers %s", path, offered)
		}
	}
}
