package api

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/score"
)

// A segment is filled in the background, kept by what happens, changed, deleted and restored. P10
func TestSegments(t *testing.T) {
	engines(t, func(b *bed) {
		hot := b.newLead(map[string]any{"email": "a@kizashi.example"})
		cold := b.newLead(map[string]any{"email": "b@kizashi.example"})
		b.event(hot, "quote_requested", clock.Hour)
		b.post("/segments", `{"name":"","rule":"lead.fit"}`).want(http.StatusUnprocessableEntity)
		made := b.post("/segments", `{"name":"見積もり","rule":"did('quote_requested')"}`).want(http.StatusCreated)
		path := "/segments/" + made.text("id")
		if made.text("rule") != `did("quote_requested")` || made.text("sentence") == "" {
			b.Errorf("%s", made.body)
		}
		ready := func(r *reply) bool { return r.at("ready") == true }
		if r := b.waitFor(path, ready); r.at("members") != 1.0 || r.at("job") != nil {
			b.Errorf("%s", r.body)
		}
		b.event(cold, "quote_requested", 0)
		members := b.get(path + "/members?limit=1")
		if len(members.items()) != 1 || members.text("items", 0, "lead", "id") != hot {
			b.Errorf("%s", members.body)
		}
		rest := b.get(path + "/members?limit=1&after=" + members.text("next"))
		if len(rest.items()) != 1 || rest.text("items", 0, "lead", "id") != cold || rest.text("next") != "" {
			b.Errorf("%s", rest.body)
		}
		b.send(act.Admin, http.MethodPatch, path, `{"rule":"did(\"inquiry_sent\")"}`).want(http.StatusOK)
		if r := b.waitFor(path, ready); r.at("members") != 0.0 || r.text("name") != "見積もり" || r.at("version") != 2.0 {
			b.Errorf("%s", r.body)
		}
		b.send(act.Admin, http.MethodDelete, path, nil).want(http.StatusNoContent)
		b.get(path).problem(http.StatusNotFound, "fault.not_found")
		b.get(path + "/members").want(http.StatusNotFound)
		if n := len(b.get("/segments").items()); n != 0 {
			b.Errorf("%d segments", n)
		}
		b.post(path+"/restore", nil).want(http.StatusOK)
		b.waitFor(path, ready)
	})
}

// A model is drafted, all its mistakes named, published, and every lead folded by it. P21
func TestModels(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "a@kizashi.example"})
		b.event(who, "newsletter_subscribed", 0)
		points := b.get("/leads/" + who).at("engagement").(float64)
		bad := b.post("/models", map[string]string{"source": strings.Replace(score.DefaultPack(), "half_life_days: ", "half_life_days: -", 1)})
		bad.problem(http.StatusUnprocessableEntity, "score.range", "half_life_days")
		draft := b.post("/models", map[string]string{"source": score.DefaultPack(), "note": "試し"}).want(http.StatusCreated)
		path := "/models/" + draft.text("id")
		if draft.text("status") != "draft" || draft.at("version") != 2.0 {
			b.Errorf("%s", draft.body)
		}
		b.send(act.Marketing, http.MethodPut, path, map[string]string{"source": doubled(), "note": "倍"}).want(http.StatusOK)
		b.send(act.Marketing, http.MethodPost, path+"/publish", `{"note":"公開"}`).want(http.StatusOK)
		r := b.waitFor(path, func(r *reply) bool { return r.at("job") == nil })
		if r.text("status") != "published" || r.text("note") != "公開" || r.text("published_at") == "" {
			b.Errorf("%s", r.body)
		}
		if now := b.get("/leads/" + who).at("engagement").(float64); now <= points {
			b.Errorf("%v points by the new model, %v by the old one", now, points)
		}
		b.send(act.Admin, http.MethodPut, path, map[string]string{"source": doubled()}).problem(http.StatusConflict, "score.not_draft")
		list := b.get("/models")
		if len(list.items()) != 2 || list.text("items", 1, "status") != "retired" || strings.Contains(string(list.body), "half_life_days") {
			b.Errorf("%s", list.body)
		}
		b.post(path+"/publish", nil).want(http.StatusOK) // published already: nothing to do
	})
}

// doubled is the default pack with caps and points that are higher.
func doubled() string {
	return strings.NewReplacer("points: 1", "points: 2", "points: 3", "points: 6").Replace(score.DefaultPack())
}

func TestCompanies(t *testing.T) {
	engines(t, func(b *bed) {
		b.newLead(map[string]any{"email": "a@kizashi.example", "company": map[string]any{"name": "株式会社兆し", "size": 120}})
		b.newLead(map[string]any{"email": "a@abc-shoji.example", "company": "ABC商事"})
		first := b.get("/companies?limit=1")
		if len(first.items()) != 1 || first.text("items", 0, "name") != "ABC商事" {
			b.Fatalf("%s", first.body)
		}
		second := b.get("/companies?limit=1&after=" + first.text("next"))
		if second.text("items", 0, "name") != "株式会社兆し" || second.text("next") != "" {
			b.Errorf("%s", second.body)
		}
		path := "/companies/" + second.text("items", 0, "id")
		if r := b.get(path).want(http.StatusOK); r.at("size") != 120.0 || r.text("domains", 0) != "kizashi.example" {
			b.Errorf("%s", r.body)
		}
		b.send(act.Field, http.MethodPatch, path, `{"tier":9,"number":"123"}`).want(http.StatusUnprocessableEntity)
		changed := b.send(act.Field, http.MethodPatch, path, `{"tier":1,"competitor":true,"address":null}`).want(http.StatusOK)
		if changed.at("tier") != 1.0 || changed.at("competitor") != true {
			b.Errorf("%s", changed.body)
		}
		lead := b.get("/leads?filter=lead.competitor")
		if len(lead.items()) != 1 || lead.text("items", 0, "excluded") != "competitor" {
			b.Errorf("%s", lead.body)
		}
		b.get("/companies/"+nobody).problem(http.StatusNotFound, "company.not_found")
	})
}

func TestRules(t *testing.T) {
	engines(t, func(b *bed) {
		b.newLead(map[string]any{"email": "a@kizashi.example"})
		r := b.post("/rules/check", `{"rule":"lead.fit in ['A','B']&&count('price_view',days(14))>=2"}`).want(http.StatusOK)
		if r.text("rule") != `lead.fit in ["A", "B"] && count("price_view", days(14)) >= 2` || r.text("reads", "kinds", 0) != "price_view" || r.text("form", "op") != "and" {
			b.Errorf("%s", r.body)
		}
		if n := b.post("/rules/count", `{"rule":"lead.temperature == \"cold\""}`).want(http.StatusOK).at("count"); n != 1.0 {
			b.Error(n)
		}
	})
}

const contacts = "氏名,会社名,メール\n山田 太郎,株式会社兆し,a@kizashi.example\n田中 次郎,ABC商事,not an address\n"

// A file is brought in, its refused rows are named, and it is taken back.
func TestImports(t *testing.T) {
	engines(t, func(b *bed) {
		preview := b.post("/imports/preview?name=x.csv", contacts).want(http.StatusOK)
		if preview.at("rows") != 2.0 || preview.text("columns", 2, "field") == "" || len(b.get("/leads").items()) != 0 {
			b.Errorf("%s", preview.body)
		}
		b.post("/imports?basis=hope", contacts).problem(http.StatusUnprocessableEntity, "api.choice", "basis")
		made := b.send(act.Inside, http.MethodPost, "/imports?name=%E5%90%8D%E5%88%BA.csv&basis=card", contacts, "Content-Type", "text/csv").want(http.StatusAccepted)
		path := "/imports/" + made.text("id")
		done := b.waitFor(path, func(r *reply) bool { return r.text("state") == "done" })
		if done.text("name") != "名刺.csv" || done.at("rows") != 2.0 || done.at("job") != nil {
			b.Errorf("%s", done.body)
		}
		refused := b.get(path + "/refusals")
		if n := len(refused.items()); float64(n) != done.at("refused_rows") {
			b.Errorf("%s", refused.body)
		}
		one := b.get("/leads").text("items", 0, "id")
		b.send(act.Inside, http.MethodPost, "/leads/"+one+"/tasks", `{"kind":"call","due_at":"2027-01-01T00:00:00Z"}`).want(http.StatusCreated)
		leads := len(b.get("/leads").items())
		if leads == 0 || len(b.get("/imports").items()) != 1 {
			b.Errorf("%d leads", leads)
		}
		b.post(path+"/undo", nil).want(http.StatusAccepted)
		b.waitFor(path, func(r *reply) bool { return r.text("state") == "undone" })
		kept := b.get(path + "/kept")
		if n := len(b.get("/leads").items()); n != 1 || kept.text("items", 0, "lead") != one || kept.text("items", 0, "why") != "task" {
			b.Errorf("%d leads are left: %s", n, kept.body)
		}
	})
}

// X14: several people make a company hot, each up to a cap, and the roles that are missing are named; two
// companies become one and two again.
func TestCompanyHeatAndMerge(t *testing.T) {
	engines(t, func(b *bed) {
		b.newLead(map[string]any{"email": "a@heat.example", "name": "甲", "title": "部長", "company": "熱源工業"})
		b.newLead(map[string]any{"email": "b@heat.example", "name": "乙", "company": "熱源工業"})
		b.newLead(map[string]any{"email": "c@heat-group.example", "name": "丙", "title": "課長", "company": "熱源グループ"})
		b.post("/events", `{"events":[{"kind":"quote_requested","email":"a@heat.example"},{"kind":"inquiry_sent","email":"b@heat.example"}]}`).want(http.StatusOK)
		companies := b.get("/companies?q=" + url.QueryEscape("熱源"))
		if len(companies.items()) != 2 {
			b.Fatalf("%s", companies.body)
		}
		loser, winner := companies.text("items", 0, "id"), companies.text("items", 1, "id")
		h := b.get("/companies/" + winner + "/heat").want(http.StatusOK)
		if h.at("engaged") != 2.0 || h.at("heat").(float64) > 50 || h.at("group") != true || h.text("missing") != "[manager]" || h.text("leads", 0, "name") == "" {
			b.Errorf("%s", h.body)
		}
		b.post("/companies/"+winner+"/merge", map[string]any{"loser": loser}).want(http.StatusOK)
		if h := b.get("/companies/" + loser + "/heat").want(http.StatusOK); h.text("company") != winner || h.at("people") != 3.0 {
			b.Errorf("%s", h.body)
		}
		b.post("/companies/"+winner+"/merge", map[string]any{"loser": winner}).problem(http.StatusUnprocessableEntity, "company.same_twice", "loser")
		if back := b.post("/companies/"+winner+"/unmerge", nil).want(http.StatusOK); back.text("id") != loser {
			b.Errorf("%s", back.body)
		}
		b.post("/companies/"+winner+"/unmerge", nil).problem(http.StatusConflict, "company.not_merged")
	})
}

// A preview shows how sure each column is; a chosen column, overwriting and the refused rows work as told.
func TestImportsWithChosenColumns(t *testing.T) {
	engines(t, func(b *bed) {
		const mapping = "&mapping=%5B%7B%22index%22%3A1%2C%22field%22%3A%22%22%2C%22property%22%3A%22%E5%8F%96%E5%BC%95%E5%85%88%22%7D%5D" // [{"index":1,"field":"","property":"取引先"}]
		preview := b.post("/imports/preview?limit=1"+mapping, contacts).want(http.StatusOK)
		if preview.text("columns", 1, "property") != "取引先" || preview.text("columns", 1, "reason") == "" || preview.at("columns", 2, "confidence").(float64) <= 0 {
			b.Errorf("%s", preview.body)
		}
		b.post("/imports/preview?mapping=%5B", contacts).problem(http.StatusBadRequest, "api.json_end")
		if n := len(b.get("/imports/fields").items()); n < 30 {
			b.Errorf("%d fields", n)
		}
		made := b.post("/imports?overwrite=true"+mapping, contacts).want(http.StatusAccepted)
		path := "/imports/" + made.text("id")
		done := b.waitFor(path, func(r *reply) bool { return r.text("state") == "done" })
		if done.at("overwrite") != true || done.at("total") != 2.0 {
			b.Errorf("%s", done.body)
		}
		if l := b.get("/leads"); len(l.items()) != 1 || l.text("items", 0, "properties", "取引先") != "株式会社兆し" {
			b.Errorf("%s", l.body)
		}
		refused := b.get(path + "/refused.csv").want(http.StatusOK)
		if body := string(refused.body); !strings.HasPrefix(body, "\ufeff氏名,会社名,メール,") || !strings.Contains(body, "田中 次郎,ABC商事,not an address,3,メール,") {
			b.Errorf("%q", body)
		}
		if h := b.get(path + "/holds").want(http.StatusOK); h.at("leads") != 1.0 || h.at("mailable") != 1.0 || h.text("ranks", 0, "name") == "" {
			b.Errorf("%s", h.body)
		}
		b.get("/imports/"+nobody+"/refused.csv").problem(http.StatusNotFound, "imports.not_found")
	})
}

func TestUploadByForm(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("note", "x")
	part, err := form.CreateFormFile("file", "list.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(contacts))
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	made := b.send(act.Admin, http.MethodPost, "/imports", body.Bytes(), "Content-Type", form.FormDataContentType()).want(http.StatusAccepted)
	if made.text("name") != "list.csv" {
		t.Errorf("%s", made.body)
	}
	b.send(act.Admin, http.MethodPost, "/imports", body.Bytes()[:60], "Content-Type", form.FormDataContentType()).
		problem(http.StatusBadRequest, "api.no_file", "file")
	b.send(act.Admin, http.MethodPost, "/imports", "").problem(http.StatusBadRequest, "sheet.empty")
}
