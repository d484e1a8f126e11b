package settings_test

import (
	"context"
	"encoding/csv"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/setting"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

func value[T any](d *desk.Desk, read setting.Reader[T]) (v T) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = read(ctx, tx)
		return err
	})
	return v
}

func account(d *desk.Desk, role act.Role) (a member.Account) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = member.FindAccount(ctx, tx, d.Who(role).ID)
		return err
	})
	return a
}

// back is the address of the way back that the notice of a page offers.
func back(d *desk.Desk, body string) string {
	d.Helper()
	found := regexp.MustCompile(`action="([^"]+)"><button class="quiet" data-undo`).FindStringSubmatch(body)
	if found == nil {
		d.Fatalf("no way back: %s", body)
	}
	return html.UnescapeString(found[1])
}

var sections = []string{"", "/people", "/teams", "/rights", "/company", "/hours", "/work", "/domains", "/industries", "/tracking", "/pages", "/keys",
	"/titles", "/mail", "/sign-in", "/audit"}

func TestEverySectionInBothLanguages(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for _, section := range sections {
		for _, lang := range []string{"ja", "en"} {
			if a := d.Get(act.Admin, "/settings"+section+"?lang="+lang); a.Status != http.StatusOK {
				t.Errorf("%s in %s: %d", section, lang, a.Status)
			}
		}
	}
}

// Who may only see finds no form that changes anything.
func TestOthersSeeAndDoNotChange(t *testing.T) { // P21
	d := desk.New(t, testkit.SQLiteURL(t))
	for _, section := range sections[:len(sections)-2] {
		if section == "/keys" {
			continue
		}
		a := d.Get(act.Viewer, "/settings"+section)
		_, main, _ := strings.Cut(a.Body, "<main")
		if a.Status != http.StatusOK || section != "/work" && strings.Contains(main, `method="post"`) || strings.Contains(main, `>保存<`) {
			t.Errorf("%s: %d, or a form", section, a.Status)
		}
	}
	if a := d.Get(act.Marketing, "/settings/pages"); !a.Has(`action="/settings/value/key_pages"`) {
		t.Error("marketing cannot set key pages")
	}
	if a := d.Get(act.Marketing, "/settings/company"); a.Has(`action="/settings/value/company_profile"`) {
		t.Error("marketing is offered the company profile")
	}
	if a := d.Post(act.Marketing, "/settings/value/time_zone", url.Values{"value": {"UTC"}}); a.Status != http.StatusForbidden {
		t.Error("marketing changed the time zone", a.Status)
	}
}

// Each form saves, says so, and the notice takes it back.
func TestSaveAndUndo(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		for name, form := range map[string]url.Values{
			"company_profile": {"name": {"株式会社青空"}, "contact": {"info@aozora.example"}},
			"time_zone":       {"value": {"Asia/Seoul"}},
			"business_hours":  {"days": {"1", "2"}, "from": {"10:00"}, "to": {"17:00"}, "closed": {"2026-12-29\r\n2026-12-30"}},
			"handover_days":   {"value": {"4"}}, "answer_minutes": {"value": {"45"}}, "untouched_days": {"value": {"20"}}, "lead_capacity": {"value": {"33"}},
			"track_rate": {"value": {"50"}}, "flood_people": {"value": {"10"}},
			"key_requests": {"value": {"7"}}, "key_events": {"value": {"70"}},
			"own_domains": {"value": {"aozora.example\n@midori.example"}}, "competitors": {"value": {"kuro.example"}},
			"free_mail":         {"value": {"jimoto-net.example"}},
			"title_ranks":       {"title": {"エバンジェリスト", ""}, "rank": {"5", "1"}},
			"target_industries": {"value": {"O", "E"}},
			"key_pages":         {"pattern": {"*/fee*", ""}, "tag": {"price_view", ""}},
			"track_origins":     {"value": {"www.aozora.example"}},
			"single_sign_on":    {"name": {"社内"}, "issuer": {"https://id.aozora.example"}, "client_id": {"kizashi"}, "role": {"inside"}},
		} {
			was := all(d)[name]
			a := d.Follow(act.Admin, "/settings/value/"+name, form)
			if a.Status != http.StatusOK || !a.Has("を保存しました") || all(d)[name] == was {
				d.Fatalf("%s: %d, %s", name, a.Status, all(d)[name])
			}
			undo := back(d, a.Body)
			if a := d.Follow(act.Admin, undo, nil); a.Status != http.StatusOK || !a.Has("元に戻しました") || all(d)[name] != was {
				d.Errorf("%s was not taken back: %d, %s", name, a.Status, all(d)[name])
			}
			if a := d.Post(act.Admin, undo, nil); a.Status != http.StatusConflict {
				d.Errorf("%s was taken back twice: %d", name, a.Status)
			}
		}
	})
}

func all(d *desk.Desk) map[string]string {
	d.Helper()
	texts := map[string]string{}
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		values, err := setting.All(ctx, tx)
		for name, raw := range values {
			texts[name] = string(raw)
		}
		return err
	})
	return texts
}

func TestWhatIsRefusedIsShownAgain(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for name, c := range map[string]struct {
		form  url.Values
		shown []string
	}{
		"company_profile": {url.Values{"contact": {"nobody"}}, []string{`value="nobody"`, `id="contact-wrong"`}},
		"business_hours":  {url.Values{"days": {"1"}, "from": {"18:00"}, "to": {"09:00"}}, []string{`value="18:00" aria-invalid`}},
		"answer_minutes":  {url.Values{"value": {"soon"}}, []string{"1〜1440"}},
		"competitors":     {url.Values{"value": {"no domain"}}, []string{"no domain</textarea>", `aria-invalid="true"`}},
		"free_mail":       {url.Values{"value": {"no domain"}}, []string{"no domain</textarea>", `aria-invalid="true"`}},
		"title_ranks":     {url.Values{"title": {"番頭"}, "rank": {"9"}}, []string{`value="番頭"`, `aria-invalid="true"`}},
		"key_pages":       {url.Values{"pattern": {"*/x"}, "tag": {"Not A Tag"}}, []string{`value="Not A Tag"`, `aria-invalid="true"`}},
		"track_origins":   {url.Values{"value": {"https://a.example/page"}}, []string{"a.example/page</textarea>"}},
	} {
		a := d.Post(act.Admin, "/settings/value/"+name, c.form)
		for _, words := range c.shown {
			if a.Status != http.StatusUnprocessableEntity || !a.Has(words) {
				t.Errorf("%s: %d, does not show %q", name, a.Status, words)
			}
		}
	}
	if a := d.Post(act.Admin, "/settings/value/node", url.Values{"value": {"7"}}); a.Status != http.StatusNotFound {
		t.Error("an internal value can be set", a.Status)
	}
}

// From the invitation to somebody who works here, changes and leaves.
func TestPeople(t *testing.T) { // S18, L07
	desk.Engines(t, func(d *desk.Desk) {
		if a := d.Follow(act.Admin, "/settings/teams", url.Values{"name": {"東日本"}}); !a.Has("東日本") {
			d.Fatal("no team")
		}
		a := d.Post(act.Admin, "/settings/people", url.Values{"email": {"new@aozora.example"}, "role": {"field"}})
		link := regexp.MustCompile(`value="http[^"]+(/join/[^"]+)"`).FindStringSubmatch(a.Body)
		if a.Status != http.StatusOK || link == nil {
			d.Fatal(a.Status, "no link")
		}
		if a := d.Get("", link[1]); a.Status != http.StatusOK || !a.Has("new@aozora.example") {
			d.Error("the link does not work", a.Status)
		}
		if a := d.Get(act.Admin, "/settings/people"); a.Has(link[1]) || !a.Has("new@aozora.example") {
			d.Error("the link is shown again, or the invitation is not")
		}
		if a := d.Post(act.Admin, "/settings/people", url.Values{"email": {"no mail"}, "role": {"field"}}); a.Status != http.StatusUnprocessableEntity || !a.Has(`value="no mail"`) {
			d.Error("a wrong address", a.Status)
		}
		person := "/settings/people/" + d.Who(act.Viewer).ID.String()
		for _, change := range []struct {
			path string
			form url.Values
		}{
			{"/role", url.Values{"role": {"inside"}}}, {"/capacity", url.Values{"capacity": {"7"}}}, {"/disable", nil},
		} {
			was, of := account(d, act.Viewer), value(d, setting.LeadCapacity).Of(d.Who(act.Viewer).ID)
			a := d.Follow(act.Admin, person+change.path, change.form)
			now, load := account(d, act.Viewer), value(d, setting.LeadCapacity).Of(d.Who(act.Viewer).ID)
			if was == now && of == load {
				d.Errorf("%s changed nothing", change.path)
			}
			d.Follow(act.Admin, back(d, a.Body), nil)
			if now, load = account(d, act.Viewer), value(d, setting.LeadCapacity).Of(d.Who(act.Viewer).ID); was != now || of != load {
				d.Errorf("%s was not taken back: %+v, then %+v", change.path, was, now)
			}
		}
		last := "/settings/people/" + d.Who(act.Admin).ID.String()
		for path, form := range map[string]url.Values{"/disable": nil, "/role": {"role": {"viewer"}}} {
			if a := d.Post(act.Admin, last+path, form); a.Status != http.StatusConflict && a.Status != http.StatusUnprocessableEntity || !a.Has("最後の管理者です") {
				d.Errorf("the last administrator, %s: %d", path, a.Status)
			}
		}
	})
}

// The secret of a key is shown once; a revoked key opens nothing.
func TestKeys(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	a := d.Post(act.Admin, "/settings/keys", url.Values{"name": {"基幹システム"}, "role": {"viewer"}})
	secret := regexp.MustCompile(`value="(kz_[a-z0-9]+)"`).FindStringSubmatch(a.Body)
	if secret == nil {
		t.Fatal(a.Status, "no secret")
	}
	page := d.Get(act.Admin, "/settings/keys")
	revoke := regexp.MustCompile(`action="(/settings/keys/[^"]+/revoke)"`).FindStringSubmatch(page.Body)
	if page.Has(secret[1]) || revoke == nil {
		t.Fatal("the secret is shown again, or the key cannot be revoked")
	}
	if _, err := member.FindKey(context.Background(), d.App.DB, secret[1]); err != nil {
		t.Fatal(err)
	}
	if a := d.Follow(act.Admin, revoke[1], nil); !a.Has("失効") {
		t.Error(a.Status)
	}
	if _, err := member.FindKey(context.Background(), d.App.DB, secret[1]); err == nil {
		t.Error("a revoked key works")
	}
}

// Only pages of allowed sites may send; a server, which has no origin, may.
func TestAllowedSites(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	d.Run(&setting.Set{Setting: "track_origins", Value: []byte(`["https://www.aozora.example"]`)})
	key := &member.AddKey{Label: "tag", Role: act.Track}
	d.Run(key)
	for origin, want := range map[string]int{"https://www.aozora.example": 200, "": 200, "https://evil.example": 403} {
		r, err := http.NewRequest(http.MethodPost, d.URL+"/v1/p", strings.NewReader(`{"anonymousId":"v","writeKey":"`+key.Secret+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("from %q: %d, want %d", origin, res.StatusCode, want)
		}
	}
}

func TestFieldsToTry(t *testing.T) { // T06
	d := desk.New(t, testkit.SQLiteURL(t))
	for path, words := range map[string]string{
		"/settings/pages?try=https://x.example/price": "価格ページの閲覧 <code>price_view</code>",
		"/settings/pages":                             "導入事例ページの閲覧 <code>case_view</code>",
		"/settings/company":                           "日本 (Asia/Tokyo)",
		"/settings/pages?try=https://x.example/":      "重要ページではありません",
		"/settings/titles?try=営業部長":                   "部長",
		"/settings/mail?try=a@gmail.com":              "フリーメールまたはプロバイダー",
		"/settings/mail?try=a@aozora.co.jp":           "会社のアドレス",
		"/settings/hours":                             "元日",
		"/settings/tracking?consent=1&domain=a.co.jp": `data-consent=&#34;required&#34; data-domain=&#34;a.co.jp&#34;`,
	} {
		if a := d.Get(act.Viewer, path); !a.Has(words) && !a.Has(html.UnescapeString(words)) {
			t.Errorf("%s does not say %q", path, words)
		}
	}
}

// The audit log is found by person and command, goes on page by page, and its file runs nothing.
func TestAudit(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		d.Follow(act.Admin, "/settings/teams", url.Values{"name": {"=HYPERLINK(1)"}})
		d.Follow(act.Marketing, "/settings/value/competitors", url.Values{"value": {"kuro.example"}})
		person := d.Lead(lead.Fields{Name: "田中 花子", Email: "hanako@aozora.example"})
		if a := d.Get(act.Admin, "/settings/audit"); !a.Has("チームを作成") || !a.Has(`href="/leads/`+person.String()) {
			d.Error("not all that was done is there")
		}
		a := d.Get(act.Admin, "/settings/audit?who="+d.Who(act.Marketing).ID.String())
		if _, table, _ := strings.Cut(a.Body, "<tbody>"); !strings.Contains(table, "kuro.example") || !strings.Contains(table, `href="/settings/domains">設定を変更: 競合のドメイン`) || strings.Contains(table, "チームを作成") {
			d.Error("not by person")
		}
		if a := d.Get(act.Admin, "/settings/audit?command=member.add_team&until=2020-01-01"); !a.Has("この条件に合う記録はありません") {
			d.Error("not by time")
		}
		for range 60 {
			d.Run(&member.Prefer{What: "x", Value: "y"})
		}
		a = d.Get(act.Admin, "/settings/audit?command=member.prefer")
		next := regexp.MustCompile(`href="(/settings/audit\?after=[^"]+)"`).FindStringSubmatch(a.Body)
		if next == nil {
			d.Fatal("no second page")
		}
		if a := d.Get(act.Admin, html.UnescapeString(next[1])); a.Status != http.StatusOK || strings.Count(a.Body, "<tr>") != 1+10 {
			d.Error("second page", a.Status, strings.Count(a.Body, "<tr>"))
		}
		file := d.Get(act.Admin, "/settings/audit.csv?command=member.add_team")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][3] != "チームを作成" {
			d.Fatal(rows, err)
		}
		for _, cell := range rows[1] {
			if strings.HasPrefix(cell, "=") {
				d.Errorf("a formula: %q", cell)
			}
		}
	})
}
