package track

import (
	"bytes"
	"compress/gzip"
	gifs "image/gif"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kizashi/event"
)

func get(h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTagIsSmall(t *testing.T) { // under 3 kB compressed
	if len(tagPacked) >= 3000 {
		t.Errorf("k.js is %d bytes packed", len(tagPacked))
	}
	for _, forbidden := range []string{"eval(", "new Function", "innerHTML", "document.write", "createElement"} {
		if bytes.Contains(tag, []byte(forbidden)) {
			t.Errorf("k.js uses %s, which a content security policy may forbid", forbidden)
		}
	}
}

func TestTagIsBuiltFromItsSource(t *testing.T) {
	const esbuild = "../node_modules/.bin/esbuild"
	if _, err := os.Stat(esbuild); err != nil {
		t.Skip("esbuild is not installed: npm ci")
	}
	built, err := exec.CommandContext(t.Context(), esbuild, "k.ts", "--minify", "--target=es2020").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(built, tag) {
		t.Error("k.js is not what k.ts says: npm run build")
	}
}

func TestTagIsServed(t *testing.T) {
	_, h := newDoor(t, Options{})
	w := get(h, "/k.js", "Accept-Encoding", "br, gzip;q=0.8")
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(raw, tag) {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	version := w.Header().Get("ETag")
	if again := get(h, "/k.js", "Accept-Encoding", "gzip", "If-None-Match", `"old", W/`+version); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("again: %d", again.Code)
	}
	for _, accept := range []string{"", "br", "gzip;q=0", "gzip; q=0.0"} {
		w := get(h, "/k.js", "Accept-Encoding", accept)
		if w.Header().Get("Content-Encoding") != "" || !bytes.Equal(w.Body.Bytes(), tag) || w.Header().Get("ETag") == version {
			t.Errorf("Accept-Encoding %q: %v", accept, w.Header())
		}
	}
	if !strings.Contains(w.Header().Get("Cache-Control"), "max-age") || w.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("%v", w.Header())
	}
}

func TestPixel(t *testing.T) {
	in, h := newDoor(t, Options{})
	w := get(h, "/p.gif?key=wk&id=a1&url=https%3A%2F%2Fa.example%2F%00&colour=red&userId=u1&email=taro%40a.example", "User-Agent", chrome)
	if w.Code != 200 || w.Body.Len() != 43 || w.Header().Get("Content-Type") != "image/gif" || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
		t.Errorf("%d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
	if _, err := gifs.Decode(w.Body); err != nil {
		t.Error(err)
	}
	m := in.taken[0]
	if m.Visitor != "a1" || m.Kind != "page_view" || m.Subject != "https://a.example/\ufffd" || m.Class != event.Human {
		t.Errorf("%+v", m)
	}
	// Strangers can write any address: it never says who somebody is.
	if m.User != "" || m.Email != "" || m.Traits != nil {
		t.Errorf("a query made %+v of a visitor", m)
	}
	if !strings.HasPrefix(string(m.Props), `{"colour":"red",`) {
		t.Errorf("props %s", m.Props)
	}
}

func TestPixelKnowsTheVisitorByCookieAndThePageByReferer(t *testing.T) {
	in, h := newDoor(t, Options{})
	get(h, "/p.gif?key=wk", "User-Agent", chrome, "Cookie", "kz_id=c9", "Referer", "https://a.example/x")
	get(h, "/p.gif?key=wk&event=seminar_attended", "User-Agent", chrome)
	get(h, "/p.gif?key=wk&event=email_opened&id=r", "User-Agent", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)")
	if in.taken[0].Visitor != "c9" || in.taken[0].Subject != "https://a.example/x" {
		t.Errorf("%+v", in.taken[0])
	}
	if in.taken[1].Visitor == "" || in.taken[1].Kind != "seminar_attended" {
		t.Errorf("%+v", in.taken[1])
	}
	if in.taken[2].Class != event.Human {
		t.Errorf("picture proxy of a mail: %v", in.taken[2].Class)
	}
}

func TestPixelIsAPictureEvenWhenRefused(t *testing.T) {
	in, h := newDoor(t, Options{})
	if w := get(h, "/p.gif?key=nobody"); w.Code != 401 || w.Body.Len() != 43 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	if len(in.taken) != 0 {
		t.Error("taken without a key")
	}
}

func TestSettingsForAnalyticsNext(t *testing.T) {
	for _, c := range []struct {
		public, site, want string
	}{
		{"", "http://example.com", `"apiHost":"example.com/v1","protocol":"http"`},
		{"", "https://example.com", `"apiHost":"example.com/v1","protocol":"https"`},
		{"https://k.example.jp/", "http://example.com", `"apiHost":"k.example.jp/v1","protocol":"https"`},
	} {
		_, h := newDoor(t, Options{PublicURL: c.public})
		w := get(h, c.site+"/v1/projects/wk/settings", "Origin", "https://a.example")
		if w.Code != 200 || !strings.Contains(w.Body.String(), c.want) || !strings.Contains(w.Body.String(), `"apiKey":"wk"`) ||
			w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
	}
	_, h := newDoor(t, Options{})
	if w := post(h, "/v1/m", `{"series":[]}`); w.Code != 200 {
		t.Errorf("metrics: %d", w.Code)
	}
}
