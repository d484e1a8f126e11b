package track

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
)

const (
	testNow = 1775005200000 // 2026-04-01T01:00:00Z
	chrome  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

// intake keeps what it is given; it refuses the kind "bad" and answers with err if there is one.
type intake struct {
	mu    sync.Mutex
	taken []event.Message
	err   error
}

func (in *intake) put(_ context.Context, ms []event.Message) ([]Result, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return nil, in.err
	}
	results := make([]Result, len(ms))
	for i, m := range ms {
		if m.Kind == "bad" {
			results[i].Err = fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": 100}).At("event")
			continue
		}
		results[i].Event = id.ID(i + 1)
		in.taken = append(in.taken, m)
	}
	return results, nil
}

// keys of the tests: "wk" may track, "view" may not.
func findKey(_ context.Context, secret string) (act.Who, error) {
	switch secret {
	case "wk":
		return act.Who{Name: "site", Role: act.Track}, nil
	case "view":
		return act.Who{Name: "screen", Role: act.Viewer}, nil
	}
	return act.Who{}, fault.New(fault.Unauthenticated, "fault.unauthenticated", nil)
}

func newDoor(t testing.TB, o Options) (*intake, http.Handler) {
	t.Helper()
	o.Clock = &clock.Clock{}
	o.Clock.Set(testNow)
	in := &intake{}
	mux := http.NewServeMux()
	New(in.put, findKey, o).Mount(mux)
	return in, mux
}

// post sends a body with the key "wk"; headers come in pairs.
func post(h http.Handler, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.SetBasicAuth("wk", "")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func packed(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestKeys(t *testing.T) {
	in, h := newDoor(t, Options{})
	send := func(key, body string) int {
		r := httptest.NewRequest(http.MethodPost, "/v1/track", strings.NewReader(body))
		if key != "" {
			r.SetBasicAuth(key, "")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	const body = `{"event":"quote_requested","anonymousId":"a"}`
	const keyed = `{"writeKey":"wk","event":"quote_requested","anonymousId":"a"}`
	for _, c := range []struct {
		name, key, body string
		want            int
	}{
		{"basic auth", "wk", body, 200},
		{"in the body", "", keyed, 200},
		{"none", "", body, 401},
		{"wrong", "xx", keyed, 401},
		{"wrong in the body", "", strings.Replace(keyed, "wk", "no", 1), 401},
		{"may only look", "view", body, 403},
	} {
		if got := send(c.key, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if len(in.taken) != 2 {
		t.Errorf("%d messages taken, want 2", len(in.taken))
	}
}

func TestEveryPathAndContentType(t *testing.T) {
	for path, kind := range paths {
		body := `{"event":"e","userId":"u","previousId":"p"}`
		if kind == "batch" {
			body = `{"batch":[{"type":"track","event":"e","userId":"u"}]}`
		}
		for _, mediaType := range []string{"application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", ""} {
			in, h := newDoor(t, Options{})
			w := post(h, "/v1/"+path, body, "Content-Type", mediaType)
			if w.Code != 200 || w.Body.String() != string(success) || len(in.taken) != 1 {
				t.Errorf("/v1/%s as %q: %d %s", path, mediaType, w.Code, w.Body)
			}
		}
	}
}

func TestGzip(t *testing.T) {
	in, h := newDoor(t, Options{})
	body := packed(t, `{"event":"e","anonymousId":"a"}`)
	for _, headers := range [][]string{{"Content-Encoding", "gzip"}, {}} {
		if w := post(h, "/v1/t", body, headers...); w.Code != 200 {
			t.Errorf("%v: %d %s", headers, w.Code, w.Body)
		}
	}
	// A proxy that unpacked and left the header.
	if w := post(h, "/v1/t", `{"event":"e","anonymousId":"a"}`, "Content-Encoding", "gzip"); w.Code != 200 {
		t.Errorf("unpacked under the header: %d %s", w.Code, w.Body)
	}
	if len(in.taken) != 3 {
		t.Errorf("%d taken", len(in.taken))
	}
	if w := post(h, "/v1/t", body[:len(body)-9], "Content-Encoding", "gzip"); w.Code != 400 {
		t.Errorf("cut off: %d %s", w.Code, w.Body)
	}
	if w := post(h, "/v1/t", body, "Content-Encoding", "br"); w.Code != 400 {
		t.Errorf("br: %d %s", w.Code, w.Body)
	}
}

func TestLimits(t *testing.T) {
	in, h := newDoor(t, Options{})
	long := strings.Repeat("x", MaxMessage)
	for name, body := range map[string]string{
		"one call":  `{"event":"e","anonymousId":"a","properties":{"p":"` + long + `"}}`,
		"gzip bomb": packed(t, `{"event":"`+strings.Repeat("x", 20<<20)+`"}`),
	} {
		if w := post(h, "/v1/track", body); w.Code != 413 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := post(h, "/v1/batch", `{"batch":["`+strings.Repeat("x", MaxBatch)+`"]}`); w.Code != 413 {
		t.Errorf("batch: %d %s", w.Code, w.Body)
	}
	many := `{"batch":[` + strings.Repeat(`{},`, MaxMessages) + `{}]}`
	if w := post(h, "/v1/batch", many); w.Code != 413 {
		t.Errorf("too many: %d", w.Code)
	}
	if len(in.taken) != 0 {
		t.Errorf("%d taken", len(in.taken))
	}
}

func TestFullIntake(t *testing.T) {
	in, h := newDoor(t, Options{})
	in.err = fault.New(fault.Busy, "fault.busy", fault.Args{"seconds": 7})
	w := post(h, "/v1/track", `{"event":"e","anonymousId":"a"}`)
	if w.Code != 503 || w.Header().Get("Retry-After") != "7" {
		t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("content type %q", w.Header().Get("Content-Type"))
	}
}

func TestBatchKeepsTheGood(t *testing.T) {
	in, h := newDoor(t, Options{})
	w := post(h, "/v1/batch", `{"batch":[
		{"type":"track","event":"ok1","userId":"u"},
		{"type":"track","event":"bad","userId":"u"},
		7,
		{"type":"track","event":"x","userId":"u","timestamp":"yesterday"},
		{"type":"dance","userId":"u"},
		{"type":"page","userId":"u","properties":["https://a.example/"]},
		{"type":"track","userId":"u"},
		{"type":"track","event":"ok2","userId":"u"},
		{"type":"track","event":"big","userId":"u","properties":{"p":"`+strings.Repeat("x", MaxMessage)+`"}},
		{"type":"alias","userId":"u"},
		{"type":"track","event":"x","userId":["u"]}
	]}`, "Accept-Language", "en")
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var got struct {
		Success  bool
		Accepted int
		Refused  []refusedReply
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for i := range got.Refused {
		if got.Refused[i].Reason == "" || strings.Contains(got.Refused[i].Reason, "{") && got.Refused[i].Key != "track.not_object" {
			t.Errorf("reason %q", got.Refused[i].Reason)
		}
		got.Refused[i].Reason = ""
	}
	want := []refusedReply{
		{1, "fault.too_long", "batch[1].event", ""},
		{2, "track.not_object", "batch[2]", ""},
		{3, "track.time", "batch[3].timestamp", ""},
		{4, "track.type", "batch[4].type", ""},
		{5, "track.not_object", "batch[5].properties", ""},
		{6, "track.no_event", "batch[6].event", ""},
		{8, "track.too_large", "batch[8]", ""},
		{9, "track.alias", "batch[9].previousId", ""},
		{10, "track.not_text", "batch[10].userId", ""},
	}
	if diff := cmp.Diff(want, got.Refused); diff != "" || got.Accepted != 2 {
		t.Errorf("accepted %d, refused (-want +got):\n%s", got.Accepted, diff)
	}
	if len(in.taken) != 2 || in.taken[0].Kind != "ok1" || in.taken[1].Kind != "ok2" {
		t.Errorf("taken: %v", in.taken)
	}
}

func TestBatchWithNothingGood(t *testing.T) {
	_, h := newDoor(t, Options{})
	w := post(h, "/v1/batch", `{"batch":[{"type":"track"}]}`)
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"index":0`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := post(h, "/v1/batch", `{"batch":[]}`); w.Code != 200 {
		t.Errorf("empty batch: %d %s", w.Code, w.Body)
	}
}

func TestMalformedSaysWhere(t *testing.T) {
	_, h := newDoor(t, Options{})
	for _, c := range []struct {
		name, path, body     string
		line, column, offset int
	}{
		{"empty", "/v1/track", "", 1, 1, 0},
		{"cut off", "/v1/track", `{"event":"e"`, 1, 13, 12},
		{"no comma", "/v1/track", "{\n  \"田中\": 1\n  \"b\": 2}", 3, 3, 18},
		{"bare word", "/v1/track", `{"event": nope}`, 1, 12, 11},
		{"in a batch", "/v1/batch", "{\"batch\":[\n{\"type\":\"track\",}]}", 2, 16, 26},
		{"trailing", "/v1/track", `{"event":"e","userId":"u"} {}`, 1, 28, 27},
		{"no object", "/v1/track", `[1]`, 1, 1, 0},
		{"raw NUL", "/v1/track", "{\"event\":\"a\x00b\"}", 1, 12, 11},
		{"no UTF-8", "/v1/track", "{\"event\":\"a\xffb\"}", 1, 12, 11},
		{"name twice", "/v1/track", `{"event":"a","event":"b"}`, 1, 14, 13},
	} {
		w := post(h, c.path, c.body)
		var got struct {
			Status, Line, Column, Offset int
			Key, Detail                  string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if w.Code != 400 || got.Line != c.line || got.Column != c.column || got.Offset != c.offset {
			t.Errorf("%s: %d, line %d column %d offset %d, want %d %d %d (%s)",
				c.name, w.Code, got.Line, got.Column, got.Offset, c.line, c.column, c.offset, got.Key)
		}
		if strings.Contains(got.Detail, "{line}") {
			t.Errorf("%s: detail %q", c.name, got.Detail)
		}
	}
}

func TestCORS(t *testing.T) {
	ask := func(h http.Handler, method, origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/v1/t", strings.NewReader(`{"writeKey":"wk","event":"e","anonymousId":"a"}`))
		r.Header.Set("Origin", origin)
		r.Header.Set("User-Agent", chrome)
		r.Header.Set("Access-Control-Request-Headers", "authorization")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	_, any := newDoor(t, Options{})
	w := ask(any, http.MethodOptions, "https://a.example")
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Authorization") ||
		w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	in, some := newDoor(t, Options{Origins: func() []string { return []string{"https://A.example/", "https://b.example"} }})
	for origin, want := range map[string]int{"https://a.example": 200, "https://b.example": 200, "https://c.example": 403, "null": 403} {
		w := ask(some, http.MethodPost, origin)
		allow := w.Header().Get("Access-Control-Allow-Origin")
		if w.Code != want || (want == 200) != (allow == origin) || !strings.Contains(w.Header().Get("Vary"), "Origin") {
			t.Errorf("%s: %d, allowed %q", origin, w.Code, allow)
		}
	}
	if w := post(some, "/v1/t", `{"event":"e","anonymousId":"a"}`); w.Code != 200 || len(in.taken) != 3 {
		t.Errorf("a server: %d", w.Code)
	}
}

func TestOnlyPost(t *testing.T) {
	_, h := newDoor(t, Options{})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/track", nil))
	if w.Code != 405 || w.Header().Get("Allow") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
