package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/act"
	"kizashi/member"
)

// routes are all operations of the API.
func routes() []*huma.Operation {
	var all []*huma.Operation
	for _, item := range build(http.NewServeMux(), &service{}).OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				all = append(all, op)
			}
		}
	}
	return all
}

func TestTheTableOfRolesNamesEveryOperationAndNoOther(t *testing.T) {
	known := map[string]bool{}
	for _, op := range routes() {
		known[op.OperationID] = true
	}
	for id := range needed {
		if !known[id] {
			t.Errorf("the table of roles names %s, which is no operation", id)
		}
	}
	for id := range known {
		if _, ok := needed[id]; !ok {
			t.Errorf("nobody said who may call %s", id)
		}
	}
}

// bodies that pass the checks of a command that looks at its input first, so that the right is what is tested.
var bodies = map[string]string{
	"createLead": `{"name":"山田"}`, "changeLead": `{"kana":"ヤマダ"}`, "createSegment": `{"name":"n","rule":"true"}`,
	"changeSegment": `{"name":"n"}`, "changeCompany": `{"tier":1}`, "checkRule": `{"rule":"true"}`, "countRule": `{"rule":"true"}`,
	"postEvents": `{"events":[{"kind":"page_view","visitor":"v"}]}`, "classifyEvent": `{"class":"bot"}`,
	"moveLead": `{"to":"recycled","reason":"no_need"}`, "mergeLead": `{"loser":"` + nobody + `"}`, "mergeCompany": `{"loser":"0000000000002"}`,
	"keepApart": `{"leads":["` + nobody + `","0000000000002"]}`, "addHearing": `{"item":"need","value":"x","source":"call"}`,
	"addConsent": `{"purpose":"mail","basis":"card","granted":true,"source":"x"}`, "createImport": "email\na@b.example\n",
	"previewImport": "email\na@b.example\n", "draftModel": `{"source":"name: {ja: x}"}`, "changeDraft": `{"source":"name: {ja: x}"}`,
	"publishModel": `{}`, "returnHandover": `{"reason":"not_ready"}`,
	"addTask": `{"kind":"call","due_at":"2030-01-02T03:04:05Z"}`, "changeTask": `{"text":"x"}`, "finishTask": `{}`, "cancelTask": `{}`,
	"previewTakeBack": `{}`, "startTakeBack": `{}`,
	"addActivity": `{"kind":"call"}`, "readNotices": `{}`,
}

// nobody is the id of nothing.
const nobody = "0000000000001"

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// Every route as every role and as nobody: 401 without a key, 403 exactly where the table says so, and
// never a 403 of a command that the table lets through.
func TestEveryRouteAsEveryRole(t *testing.T) {
	engines(t, func(b *bed) {
		for _, op := range routes() {
			path := placeholder.ReplaceAllString(strings.TrimPrefix(op.Path, Prefix), nobody)
			b.send("", op.Method, path, bodies[op.OperationID]).problem(http.StatusUnauthorized, "api.no_key")
			b.send("", op.Method, path, bodies[op.OperationID], "Authorization", "Bearer kz_guess").
				problem(http.StatusUnauthorized, "fault.unauthenticated")
			b.send("", op.Method, path, bodies[op.OperationID], "Authorization", "Basic "+b.keys[act.Admin]).want(http.StatusUnauthorized)
			for _, role := range member.KeyRoles {
				got := b.send(role, op.Method, path, bodies[op.OperationID])
				may := role == act.Admin || slices.Contains(needed[op.OperationID].Roles(), role)
				switch {
				case may && (got.status == http.StatusForbidden || got.status >= 500):
					b.Errorf("%s as %s: %d %s", op.OperationID, role, got.status, got.body)
				case !may && got.status != http.StatusForbidden:
					b.Errorf("%s as %s: %d, want 403", op.OperationID, role, got.status)
				}
			}
		}
	})
}

// A parameter that an operation does not have is refused on each of them, naming it.
func TestUnknownParametersAreRefused(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	for _, op := range routes() {
		path := placeholder.ReplaceAllString(strings.TrimPrefix(op.Path, Prefix), nobody)
		r := b.send(act.Admin, op.Method, path+"?filtre=x", bodies[op.OperationID])
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "filtre") {
			t.Errorf("%s: %d %s", op.OperationID, r.status, r.body)
		}
	}
}

// A field that an operation does not have is refused on each of them that takes a body, naming it and those that
// there are; nested ones, too. Free-form objects take any name, and what a lead says beside its fields becomes a
// property.
func TestUnknownFieldsAreRefused(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	for _, op := range routes() {
		free := op.OperationID == "createLead" || op.OperationID == "changeLead"
		if free || op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
			continue
		}
		path := placeholder.ReplaceAllString(strings.TrimPrefix(op.Path, Prefix), nobody)
		b.send(act.Admin, op.Method, path, `{"titel":"x"}`).problem(http.StatusUnprocessableEntity, "api.unknown_field", "titel")
	}
	b.post("/events", `{"events":[{"kind":"a","visitor":"v","titel":1}]}`).
		problem(http.StatusUnprocessableEntity, "api.unknown_field", "events[0].titel")
	b.post("/events", `{"events":[{"kind":"a","visitor":"v","properties":{"titel":1}}]}`).want(http.StatusOK)
	b.post("/leads", `{"name":"山田","company":{"nmae":"さくら工業"}}`).
		problem(http.StatusUnprocessableEntity, "api.unknown_field", "company.nmae")
}

func TestARevokedKeyWorksNoMore(t *testing.T) {
	engines(t, func(b *bed) {
		add := &member.AddKey{Label: "short", Role: act.Viewer}
		if err := b.door.Run(t.Context(), act.Product, add); err != nil {
			b.Fatal(err)
		}
		key := []string{"Authorization", "bearer " + add.Secret}
		b.send("", http.MethodGet, "/leads", nil, key...).want(http.StatusOK)
		if err := b.door.Run(t.Context(), act.Product, &member.RevokeKey{Key: add.Key}); err != nil {
			b.Fatal(err)
		}
		r := b.send("", http.MethodGet, "/leads", nil, key...).want(http.StatusUnauthorized)
		if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
			b.Errorf("a 401 does not say how to sign in: %v", r.header)
		}
	})
}

// The document says of every operation what it does, what it takes and what can go wrong.
func TestDescription(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	r := b.send("", http.MethodGet, "/openapi.json", nil).want(http.StatusOK)
	if r.text("openapi") != "3.1.0" || r.header.Get("Content-Type") != "application/openapi+json" {
		t.Errorf("%s %s", r.text("openapi"), r.header.Get("Content-Type"))
	}
	if r.at("paths", Prefix+"/leads", "post", "responses", "200") == nil {
		t.Error("it does not say that a lead may have been there")
	}
	schemas := r.at("components", "schemas").(map[string]any)
	seen := map[string]bool{}
	for path, item := range r.at("paths").(map[string]any) {
		for method, raw := range item.(map[string]any) {
			op := raw.(map[string]any)
			id, _ := op["operationId"].(string)
			if summary, _ := op["summary"].(string); summary == "" || seen[id] || id == "" {
				t.Errorf("%s %s: no summary, or the name %q twice", method, path, id)
			}
			seen[id] = true
			checkResponses(t, id, path, method, op)
		}
	}
	for _, name := range references(r.body) {
		if schemas[name] == nil {
			t.Errorf("the document refers to %s, which it does not hold", name)
		}
	}
	for name := range schemas {
		if strings.Contains(name, "JSON") || strings.Contains(name, "Posted") {
			t.Errorf("the schema %s is named after how it is made", name)
		}
	}
}

func checkResponses(t *testing.T, id, path, method string, op map[string]any) {
	t.Helper()
	responses := op["responses"].(map[string]any)
	want := []string{"401", "403", "429", "503"}
	if strings.Contains(path, "{id}") {
		want = append(want, "404")
	}
	if method != "get" {
		want = append(want, "400", "413", "422")
	}
	for _, status := range want {
		if responses[status] == nil {
			t.Errorf("%s does not say what %s means", id, status)
		}
	}
	success := false
	for status, raw := range responses {
		success = success || strings.HasPrefix(status, "2")
		content, _ := raw.(map[string]any)["content"].(map[string]any)
		if strings.HasPrefix(status, "4") && content[problemType] == nil {
			t.Errorf("%s: %s is no problem", id, status)
		}
	}
	if !success {
		t.Errorf("%s never succeeds", id)
	}
	if method != "get" && method != "delete" && op["requestBody"] == nil && !slices.Contains(bodyless, id) {
		t.Errorf("%s does not say what it takes", id)
	}
}

// bodyless are the operations that change something and need nothing but the id.
var bodyless = []string{"readmitEvent", "restoreLead", "eraseLead", "unmergeLead", "confirmLead", "unmergeCompany", "restoreSegment", "undoImport", "acceptHandover", "reopenTask", "retryJob", "cancelJob", "stopTakeBack"}

var reference = regexp.MustCompile(`"#/components/schemas/([^"]+)"`)

func references(document []byte) []string {
	var names []string
	for _, m := range reference.FindAllStringSubmatch(string(document), -1) {
		names = append(names, m[1])
	}
	return names
}

// What is described is what is answered: the fields of a lead stand in its schema, and no other.
func TestTheDescriptionOfALeadIsComplete(t *testing.T) {
	b := newBed(t, t.TempDir()+"/k.db")
	who := b.newLead(map[string]any{"email": "a@kizashi.example", "name": "山田"})
	var shown map[string]json.RawMessage
	b.get("/leads/" + who).want(http.StatusOK).into(&shown)
	described := b.send("", http.MethodGet, "/openapi.json", nil).at("components", "schemas", "LeadDetail", "properties").(map[string]any)
	for name := range shown {
		if described[name] == nil {
			t.Errorf("%s is answered and not described", name)
		}
	}
	for name := range described {
		if shown[name] == nil {
			t.Errorf("%s is described and not answered", name)
		}
	}
}
