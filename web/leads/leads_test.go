package leads_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/bulk"
	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
	"kizashi/testkit/desk"
)

// team is a desk with a few leads, of whom one asked for a quote.
type team struct {
	*desk.Desk
	hot, cold, other id.ID
}

func newTeam(d *desk.Desk) *team {
	t := &team{Desk: d}
	t.hot = d.Lead(lead.Fields{Name: "田中 花子", Email: "hanako@aozora.example", Phone: "03-1234-5678", Title: "部長", Company: company.Fields{Name: "株式会社青空製作所"}})
	t.cold = d.Lead(lead.Fields{Name: "小林 次郎", Email: "jiro@midori.example", Title: "課長", Company: company.Fields{Name: "みどり商事株式会社"}})
	t.other = d.Lead(lead.Fields{Name: "=1+1", Email: "evil@kuro.example"})
	d.Did(event.Message{Lead: t.hot, Kind: "quote_requested", At: d.App.DB.Clock.Now() - 60_000})
	return t
}

func (t *team) lead(who id.ID) (l *lead.Lead) {
	t.Helper()
	t.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = lead.ByID(ctx, tx, who)
		return err
	})
	return l
}

// undo is the address of the way back that the notice of a page offers.
func undo(t *desk.Desk, body string) string {
	t.Helper()
	found := regexp.MustCompile(`action="([^"]+)"><button class="quiet" data-undo`).FindStringSubmatch(body)
	if found == nil {
		t.Fatal("no way back", body)
	}
	return strings.ReplaceAll(found[1], "&amp;", "&")
}

// L04, L05: marketing sees every touch, sales only whom it is worth calling.
func TestUsualViews(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if a := d.Get(act.Marketing, "/leads"); !a.Has("リードはまだいません") {
			d.Error("the empty page does not say what to do")
		}
		t := newTeam(d)
		if a := t.Get(act.Marketing, "/leads"); !a.Has("田中 花子") || !a.Has("小林 次郎") || !a.Has("今すぐ") {
			d.Error(a.Body)
		}
		for _, role := range []act.Role{act.Inside, act.Field} {
			if a := t.Get(role, "/leads"); !a.Has("田中 花子") || a.Has("小林 次郎") {
				d.Errorf("%s: %s", role, a.Body)
			}
			if a := t.Get(role, "/leads?sort=name"); a.Has("小林 次郎") {
				d.Error("another order shows others")
			}
			if a := t.Get(role, "/leads?view=all"); !a.Has("小林 次郎") {
				d.Error("all are not all")
			}
		}
		if a := t.Get(act.Inside, "/leads?view=mine"); !a.Has("担当しているリードはいません") {
			d.Error(a.Body)
		}
		who := t.Who(act.Inside).ID
		d.Run(&lead.Change{ID: t.cold, Owner: &who})
		if a := t.Get(act.Inside, "/leads?view=mine"); !a.Has("小林 次郎") || a.Has("田中 花子") {
			d.Error("mine are not mine")
		}
		if a := t.Get(act.Viewer, "/leads?lang=en"); !a.Has("Worth calling") || a.Has(`name="lead"`) {
			d.Error("a viewer in English", a.Body)
		}
	})
}

// L19: search by two characters, the rule language with behaviour, its mistakes at their place.
func TestFilterAndSearch(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := newTeam(d)
		for asked, wants := range map[string]bool{
			"q=田中":                                  true,
			"q=小林":                                  false,
			`rule=did("quote_requested", days(3))`:  true,
			`rule=!did("quote_requested", days(3))`: false,
			`rule=lead.title == "部長" && (lead.temperature == "hot" || lead.fit == "A")`: true,
		} {
			name, value, _ := strings.Cut(asked, "=")
			path := "/leads?view=all&" + url.Values{name: {value}}.Encode()
			a := t.Get(act.Marketing, path)
			if a.Has(">田中 花子<") != wants || a.Has(">小林 次郎<") == wants && name == "q" {
				d.Errorf("%s: %v", asked, a.Body)
			}
			if n := t.Get(act.Marketing, strings.Replace(path, "/leads?", "/leads/count?", 1)); wants && !n.Has(">1件<") {
				d.Errorf("%s: %s", asked, n.Body)
			}
		}
		a := t.Get(act.Marketing, "/leads?rule="+url.QueryEscape(`lead.fitt == "A"`))
		if a.Status != 422 || !a.Has("1行目1文字目") || !a.Has("lead.fitt == &#34;A&#34;") {
			d.Error(a.Status, a.Body)
		}
		if a := t.Get(act.Marketing, "/leads?after=zzz"); a.Status != 200 || !a.Has("田中 花子") {
			d.Error("a stale place does not begin anew")
		}
	})
}

// What the script of the builder asks: text to form and back, in words, counted, mistakes with their place.
func TestReadRule(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := newTeam(d)
		for body, wants := range map[string][]string{
			`{"text":"did(\"quote_requested\")"}`: {`"op":"did"`, `"count":"1件"`, `見積もり依頼`},
			`{"form":{"op":"or","nodes":[{"op":"not","nodes":[{"op":"tag","field":"lead.tags","texts":["x"]}]},{"op":"is","field":"lead.owned"}]}}`: {
				`"text":"!(\"x\" in lead.tags) || lead.owned"`, `"count":"3件"`},
			`{"text":""}`:             {`全員`, `"count":"3件"`},
			`{"text":"lead.fit = 1"}`: {`"line":1`, `"column":`},
			`{"form":{"op":"and","nodes":[{"op":"==","field":"lead.fit","texts":["Z"]}]}}`: {`"path":"nodes[0]"`},
		} {
			a := t.PostJSON(act.Viewer, "/leads/rule", json.RawMessage(body))
			for _, want := range wants {
				if !a.Has(want) {
					d.Errorf("%s: no %s in %s", body, want, a.Body)
				}
			}
		}
	})
}

// Views: kept with rule, order and columns; shared or not; renamed; deleted and back.
func TestViews(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := newTeam(d)
		state := url.Values{"view": {"all"}, "rule": {`lead.temperature=="hot"`}, "sort": {"name"}}.Encode()
		a := t.Follow(act.Inside, "/leads/views", url.Values{"state": {state}, "name": {"熱い人"}})
		if !a.Has("ビュー「熱い人」を保存しました") || !a.Has("田中 花子") || a.Has("小林 次郎") || !a.Has("氏名順") {
			d.Fatal(a.Body)
		}
		if t.Get(act.Field, "/leads").Has("熱い人") {
			d.Error("a view of one's own is seen by others")
		}
		number := regexp.MustCompile(`/lead-views/([0-9a-z]+)/delete`).FindStringSubmatch(a.Body)[1]
		a = t.Follow(act.Inside, "/lead-views/"+number, url.Values{"state": {state}, "name": {"今すぐの人"}, "shared": {"1"}})
		if !a.Has("今すぐの人") || !t.Get(act.Field, "/leads").Has("今すぐの人") {
			d.Error("not renamed or not shared")
		}
		if a := t.Post(act.Field, "/lead-views/"+number+"/delete", nil); a.Status != 404 {
			d.Errorf("somebody else deleted it: %d", a.Status)
		}
		a = t.Follow(act.Inside, "/lead-views/"+number+"/delete", nil)
		if t.Get(act.Field, "/leads").Has("今すぐの人") {
			d.Error("not deleted")
		}
		if a = t.Follow(act.Inside, undo(d, a.Body), nil); !a.Has("今すぐの人") {
			d.Error("not back")
		}
		if a := t.Post(act.Inside, "/leads/views", url.Values{"state": {state}}); a.Status != 422 || !a.Has("田中 花子") {
			d.Error("a view without a name", a.Status)
		}
		if a := t.Post(act.Inside, "/leads/segments", url.Values{"state": {state}, "name": {"熱い"}}); a.Status != 303 {
			d.Error("no segment", a.Body)
		}
		a = t.Follow(act.Inside, "/leads/columns", url.Values{"state": {state}, "column": {"email", "nonsense"}})
		if !a.Has("hanako@aozora.example") || a.Has("青空製作所") {
			d.Error("columns are not as chosen", a.Body)
		}
		if !t.Get(act.Inside, "/leads").Has("hanako@aozora.example") || t.Get(act.Field, "/leads").Has("hanako@aozora.example") {
			d.Error("columns are not kept per account")
		}
	})
}

// Many at once: owner, tag, stage and exclusion, each with the way back; what was changed since stays.
func TestBulk(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := newTeam(d)
		both := []string{t.hot.String(), t.cold.String()}
		inside := t.Who(act.Inside).ID
		send := func(form url.Values) desk.Answer {
			form["lead"] = both
			return t.Follow(act.Inside, "/leads/bulk", form)
		}
		a := send(url.Values{"do": {"assign"}, "owner": {inside.String()}, "state": {"view=all"}})
		if t.lead(t.hot).Owner != inside || t.lead(t.cold).Owner != inside || t.lead(t.other).Owner != 0 {
			d.Error("not assigned", a.Body)
		}
		other := t.Who(act.Field).ID
		d.Run(&lead.Change{ID: t.cold, Owner: &other})
		if a = t.Follow(act.Inside, undo(d, a.Body), nil); t.lead(t.hot).Owner != 0 || t.lead(t.cold).Owner != other {
			d.Error("not as before, or a later change was lost", a.Body)
		}
		a = send(url.Values{"do": {"tag"}, "tag": {" 展示会 "}})
		if l := t.lead(t.cold); len(l.Tags) != 1 || l.Tags[0] != "展示会" {
			d.Error(l.Tags)
		}
		if b := send(url.Values{"do": {"tag"}, "tag": {"展示会"}}); !b.Has("もともと同じ 2件") {
			d.Error("tagged twice", b.Body)
		}
		if t.Follow(act.Inside, undo(d, a.Body), nil); len(t.lead(t.cold).Tags) != 0 {
			d.Error("still tagged")
		}
		a = send(url.Values{"do": {"exclude"}, "excluded": {"student"}})
		if t.lead(t.hot).Excluded != "student" {
			d.Error("not excluded")
		}
		if t.Follow(act.Inside, undo(d, a.Body), nil); t.lead(t.hot).Excluded != "" {
			d.Error("still excluded")
		}
		t.moves(send)
		for _, form := range []url.Values{{"do": {"tag"}, "lead": both}, {"do": {"tag"}, "tag": {"a"}}, {"do": {"x"}, "lead": both},
			{"do": {"stage"}, "to": {"recycled"}, "lead": both}, {"do": {"exclude"}, "excluded": {"refused"}, "lead": both}} {
			if a := t.Post(act.Inside, "/leads/bulk", form); a.Status != 422 || !a.Has(`role="alert"`) {
				d.Errorf("%v: %d", form, a.Status)
			}
		}
		if a := t.Get(act.Field, "/lead-changes/"+id.ID(5).String()); a.Status != 404 {
			d.Error(a.Status)
		}
	})
}

func (t *team) moves(send func(url.Values) desk.Answer) {
	t.Helper()
	of := func(who id.ID) (now string) {
		t.Read(func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = stage.Of(ctx, tx, who)
			return err
		})
		return now
	}
	was := of(t.hot)
	a := send(url.Values{"do": {"stage"}, "to": {"recycled"}, "code": {"no_need"}})
	if of(t.hot) != "recycled" || of(t.cold) != "recycled" {
		t.Error("not moved", a.Body)
	}
	if t.Follow(act.Inside, undo(t.Desk, a.Body), nil); of(t.hot) != was || of(t.cold) == "recycled" {
		t.Error("not moved back", of(t.hot), was)
	}
	a = send(url.Values{"do": {"stage"}, "to": {was}, "reason": {"確認した"}})
	if of(t.cold) != was {
		t.Error("the other was not moved", a.Body)
	}
}

// All that match, by a job: with progress, and back again.
func TestBulkAll(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		var all []id.ID
		for i := range 70 {
			all = append(all, d.Lead(lead.Fields{Name: "山田 一", Email: fmt.Sprintf("p%d@a.example", i)}))
		}
		a := d.Follow(act.Marketing, "/leads/bulk", url.Values{"do": {"tag"}, "tag": {"一括"}, "all": {"1"}, "state": {"view=all"}})
		if !a.Has("タグ「一括」を付ける") {
			d.Fatal(a.Body)
		}
		path := regexp.MustCompile(`action="(/lead-changes/[0-9a-z]+)/undo`).FindStringSubmatch(a.Body)[1]
		number, err := id.Parse(strings.TrimPrefix(path, "/lead-changes/"))
		if err != nil {
			d.Fatal(err)
		}
		through := func(words string) { // beside the job, which may have begun
			d.Helper()
			if err := bulk.Work(context.Background(), d.App.Door, number); err != nil {
				d.Fatal(err)
			}
			if a := d.Get(act.Marketing, path); !a.Has(words) {
				d.Error(a.Body)
			}
		}
		through("<dd>70</dd>")
		tagged := func() (n int) {
			for _, one := range all {
				n += len((&team{Desk: d}).lead(one).Tags)
			}
			return n
		}
		if tagged() != 70 {
			d.Error(tagged())
		}
		if a := d.Post(act.Inside, path+"/undo", nil); a.Status != 403 {
			d.Errorf("somebody else took it back: %d", a.Status)
		}
		d.Follow(act.Marketing, path+"/undo", nil)
		through("取り消しました")
		if tagged() != 0 {
			d.Error(tagged())
		}
	})
}

// Export: the list with its columns, safe against formulas, by those who may, written down.
func TestExport(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := newTeam(d)
		state := url.Values{"view": {"all"}, "columns": {"name,email,temperature"}}.Encode()
		a := t.Post(act.Marketing, "/leads/export", url.Values{"state": {state}, "format": {"csv"}})
		want := "\ufeff氏名,温度,メール\r\n'=1+1,まだ,evil@kuro.example\r\n小林 次郎,まだ,jiro@midori.example\r\n田中 花子,今すぐ,hanako@aozora.example\r\n"
		if a.Body != want || !strings.Contains(a.Header.Get("Content-Disposition"), ".csv") {
			d.Errorf("%q", a.Body)
		}
		byScore := url.Values{"view": {"all"}, "columns": {"name"}, "sort": {"-engagement"}, "q": {"example"}}.Encode()
		a = t.Post(act.Marketing, "/leads/export", url.Values{"state": {byScore}, "format": {"csv"}})
		if !strings.HasPrefix(a.Body, "\ufeff氏名\r\n田中 花子\r\n") || strings.Count(a.Body, "\r\n") != 4 {
			d.Errorf("by engagement: %q", a.Body)
		}
		a = t.Post(act.Marketing, "/leads/export?chosen=1", url.Values{"state": {state}, "format": {"csv"}, "lead": {t.cold.String()}})
		if a.Has("田中") || !a.Has("小林") {
			d.Error(a.Body)
		}
		if a := t.Post(act.Field, "/leads/export", url.Values{"state": {state}, "format": {"xlsx"}}); !strings.HasPrefix(a.Body, "PK") {
			d.Error("no workbook")
		}
		if a := t.Post(act.Viewer, "/leads/export", url.Values{"state": {state}}); a.Status != 403 {
			d.Error(a.Status)
		}
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			n := 0
			err := tx.Row(ctx, `SELECT COUNT(*) FROM audit WHERE command = 'lead.export'`).Scan(&n)
			if n != 4 {
				d.Errorf("%d exports written down", n)
			}
			return err
		})
	})
}

// A new lead: refused without anything to know them by, with a hint who it may be, entered.
func TestNew(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		t := newTeam(d)
		if a := t.Post(act.Inside, "/leads/new", url.Values{"title": {"部長"}}); a.Status != 422 || !a.Has("部長") {
			d.Error(a.Status)
		}
		form := url.Values{"name": {"田中花子"}, "email": {"other@aozora.example"}}
		if a := t.Post(act.Inside, "/leads/new/alike", form); !a.Has("同じ氏名") || !a.Has("hanako@aozora.example") {
			d.Error(a.Body)
		}
		if a := t.Post(act.Inside, "/leads/new", form); a.Status != 422 || !a.Has("別の人として登録する") {
			d.Error(a.Status)
		}
		form.Set("sure", "1")
		if a := t.Post(act.Inside, "/leads/new", form); a.Status != 303 || !strings.HasPrefix(a.To(), "/leads/") {
			d.Error(a.Status)
		}
		same := url.Values{"email": {"JIRO@midori.example"}, "department": {"営業部"}}
		if a := t.Post(act.Inside, "/leads/new", same); a.Status != 422 || !a.Has("足りない項目を補う") {
			d.Error(a.Status, a.Body)
		}
		same.Set("sure", "1")
		if a := t.Post(act.Inside, "/leads/new", same); a.To() != "/leads/"+t.cold.String() || t.lead(t.cold).Department != "営業部" {
			d.Error(a.To())
		}
	})
}
