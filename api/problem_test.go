package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
)

func TestBadJSONNamesThePlace(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	for _, c := range []struct {
		body         string
		status       int
		key, path    string
		line, column any
	}{
		{`{"rule": }`, 400, "api.json", "rule", 1.0, 10.0},
		{"{\n  \"rule\": \"価格\" x}", 400, "api.json", "", 2.0, 16.0},
		{`{"rule": "true"`, 400, "api.json_end", "", 1.0, 16.0},
		{`{"rule": "true"} {}`, 400, "api.json", "", 1.0, 18.0},
		{`{"rule": "a", "rule": "b"}`, 400, "api.json", "rule", 1.0, 15.0},
		{"{\"rule\": \"\xff\"}", 400, "api.json", "rule", 1.0, nil},
		{`{"rule": "\ud800"}`, 400, "api.json", "rule", 1.0, nil},
		{"", 400, "api.no_body", "", nil, nil},
		{"   ", 400, "api.json_end", "", 1.0, nil},
		{`{"rule": 3}`, 422, "api.type_text", "rule", nil, nil},
		{`[]`, 422, "api.type_object", "", nil, nil},
		{`{"rule": "lead.nothing == 1"}`, 422, "rule.unknown_field", "rule", 1.0, 1.0},
		{`{}`, 422, "rule.empty", "rule", 1.0, nil},
	} {
		r := b.post("/rules/check", c.body)
		r.problem(c.status, c.key, c.path)
		if line := r.at("line"); line != c.line {
			t.Errorf("%s: line %v, want %v", c.body, line, c.line)
		}
		if column := r.at("column"); c.column != nil && column != c.column {
			t.Errorf("%s: column %v, want %v", c.body, column, c.column)
		}
	}
	deep := strings.Repeat(`[`, 100_000)
	b.post("/events", `{"events":[{"kind":"a","visitor":"v","properties":{"x": `+deep).want(http.StatusBadRequest)
}

func TestWrongTypesNameTheField(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	for body, want := range map[string][2]string{
		`{"events":[{"kind":"a","visitor":"v"},{"kind":7}]}`:      {"api.type_text", "events[1].kind"},
		`{"events":[{"kind":"a","at":"yesterday"}]}`:              {"api.type_time", "events[0].at"},
		`{"events":[{"kind":"a","lead":"zz"}]}`:                   {"id.bad", "events[0].lead"},
		`{"events":{}}`:                                           {"api.type_list", "events"},
		`{"events":[{"kind":"a","visitor":"v","properties":[]}]}`: {"api.type_object", "events[0].properties"},
		`{"events":[{"kind":"a","visitor":"v","class":"ghost"}]}`: {"api.class", "events[0].class"},
		`{"events":[{"kind":"","visitor":"v"}]}`:                  {"fault.required", "events[0].kind"},
		`{"events":[{"kind":"a"}]}`:                               {"api.nobody", "events[0].email"},
		`{"events":[{"kind":"a","email":"no address"}]}`:          {"lead_match.mail.at", "events[0].email"},
		`{"events":[]}`: {"fault.required", "events"},
		`{"events":[{"kind":"` + strings.Repeat("長", 101) + `","visitor":"v"}]}`:               {"fault.too_long", "events[0].kind"},
		`{"events":[{"kind":"a","visitor":"v","id":"` + strings.Repeat("x", 201) + `"}]}`:      {"fault.too_long", "events[0].id"},
		`{"events":[{"kind":"a","user":"` + strings.Repeat("x", 321) + `"}]}`:                  {"fault.too_long", "events[0].user"},
		`{"events":[{"kind":"a","visitor":"` + strings.Repeat("x", 321) + `"}]}`:               {"fault.too_long", "events[0].visitor"},
		`{"events":[{"kind":"a","visitor":"v","channel":"` + strings.Repeat("x", 101) + `"}]}`: {"fault.too_long", "events[0].channel"},
	} {
		b.post("/events", body).problem(http.StatusUnprocessableEntity, want[0], want[1])
	}
}

func TestWordsFollowTheLanguage(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	for header, word := range map[string]string{"": "キーがありません", "ja,en;q=0.5": "キーがありません", "en-US,ja;q=0.5": "There is no key"} {
		r := b.send("", http.MethodGet, "/leads", nil, "Accept-Language", header)
		if !strings.Contains(r.text("detail"), word) {
			t.Errorf("%q: %s", header, r.body)
		}
	}
	en := b.send(act.Admin, http.MethodPost, "/rules/check", `{"rule":"true"}`, "Accept-Language", "en")
	if en.want(http.StatusOK).text("sentences", "ja") == "" {
		t.Errorf("%s", en.body)
	}
}

func TestLimitsAndRoutes(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	large := `{"rule":"` + strings.Repeat("x", maxBody) + `"}`
	b.post("/rules/check", large).problem(http.StatusRequestEntityTooLarge, "fault.too_large")
	b.get("/nothing").problem(http.StatusNotFound, "api.no_route")
	r := b.send(act.Admin, http.MethodDelete, "/leads", nil)
	r.problem(http.StatusMethodNotAllowed, "api.method")
	if r.header.Get("Allow") != "GET, POST" {
		t.Errorf("Allow: %s", r.header.Get("Allow"))
	}
	for path, want := range map[string][2]string{
		"/leads?limit=0":                       {"score.range", "limit"},
		"/leads?limit=501":                     {"score.range", "limit"},
		"/leads?limit=many":                    {"score.range", "limit"},
		"/leads?sort=height":                   {"api.choice", "sort"},
		"/leads?q=" + strings.Repeat("x", 201): {"fault.too_long", "q"},
		"/leads?after=x":                       {"report.cursor", "after"},
		"/companies?after=x":                   {"report.cursor", "after"},
		"/leads?filter=lead.fit":               {"rule.no_condition", "filter"},
		"/today?owner=me":                      {"id.bad", "owner"},
		"/duplicates?after=x":                  {"id.bad", "after"},
		"/imports?after=x":                     {"report.cursor", "after"},
	} {
		b.get(path).problem(http.StatusUnprocessableEntity, want[0], want[1])
	}
	if which := b.get("/leads?sort=height").text("detail"); !strings.Contains(which, "-engagement") {
		t.Errorf("it does not say which orders there are: %s", which)
	}
	b.get("/leads?q=%00").problem(http.StatusBadRequest, "api.encoding")
	b.get("/leads?q=%ff").problem(http.StatusBadRequest, "api.encoding")
	b.get("/leads/xyz").problem(http.StatusNotFound, "id.bad")
	b.get("/leads/"+nobody).problem(http.StatusNotFound, "lead.not_found")
}

func TestRequestsAreNumbered(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	own := b.send(act.Admin, http.MethodGet, "/leads", nil, "X-Request-Id", "mine-1")
	if own.header.Get("X-Request-Id") != "mine-1" {
		t.Error(own.header)
	}
	bad := b.send("", http.MethodGet, "/leads", nil, "X-Request-Id", "a b")
	if id := bad.header.Get("X-Request-Id"); id == "a b" || id == "" || bad.text("request") != id {
		t.Errorf("%q %s", id, bad.body)
	}
}

// A full intake and a fault of ours are told apart, and neither shows what only the log should hold.
func TestBusyAndBroken(t *testing.T) {
	ways := map[string]func() ([]fold.Answer, error){
		"busy": func() ([]fold.Answer, error) {
			return nil, fault.New(fault.Busy, "fault.busy", fault.Args{"seconds": 7})
		},
		"broken": func() ([]fold.Answer, error) { return nil, context.DeadlineExceeded },
		"panics": func() ([]fold.Answer, error) { panic("a bug") },
	}
	for name, put := range ways {
		mux := http.NewServeMux()
		Mount(mux, Deps{
			Put:     func(context.Context, []event.Message) ([]fold.Answer, error) { return put() },
			FindKey: func(context.Context, string) (act.Who, error) { return act.Who{Role: act.Track}, nil },
		})
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, Prefix+"/events", strings.NewReader(`{"events":[{"kind":"a","visitor":"v"}]}`))
		r.Header.Set("Authorization", "Bearer x")
		mux.ServeHTTP(w, r)
		got := &reply{t, w.Code, w.Header(), w.Body.Bytes(), name}
		if name == "busy" {
			got.problem(http.StatusServiceUnavailable, "fault.busy")
			if w.Header().Get("Retry-After") != "7" {
				t.Errorf("Retry-After: %q", w.Header().Get("Retry-After"))
			}
			continue
		}
		got.problem(http.StatusInternalServerError, "fault.internal")
		if strings.Contains(w.Body.String(), "deadline") || strings.Contains(w.Body.String(), "a bug") {
			t.Errorf("the inside shows: %s", w.Body)
		}
	}
}
