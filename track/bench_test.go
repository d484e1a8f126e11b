package track

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"kizashi/event"
)

// pageBody is what analytics-next sends for a page view.
const pageBody = `{"timestamp":"2026-04-01T00:59:59.123Z","integrations":{"Segment.io":true},"type":"page","properties":{"path":"/price","referrer":"https://www.example.com/","search":"?utm_source=news&utm_medium=email","title":"価格 | 例株式会社","url":"https://www.example.jp/price?utm_source=news&utm_medium=email"},"context":{"page":{"path":"/price","referrer":"https://www.example.com/","search":"?utm_source=news&utm_medium=email","title":"価格 | 例株式会社","url":"https://www.example.jp/price?utm_source=news&utm_medium=email"},"userAgent":"` + chrome + `","userAgentData":{"brands":[{"brand":"Chromium","version":"140"},{"brand":"Not=A?Brand","version":"24"}],"mobile":false,"platform":"Windows"},"locale":"ja-JP","library":{"name":"analytics.js","version":"npm:next-1.84.3"},"campaign":{"source":"news","medium":"email"},"timezone":"Asia/Tokyo"},"messageId":"ajs-next-1775005199123-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","userId":null,"anonymousId":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","writeKey":"wk","sentAt":"2026-04-01T00:59:59.130Z","_metadata":{"bundled":["Segment.io"],"unbundled":[],"bundledIds":[]}}`

const trackBody = `{"messageId":"m-0a1b2c3d4e5f","event":"quote_requested","userId":"user-12345","timestamp":"2026-04-01T00:59:59Z","properties":{"plan":"pro","seats":30}}`

// BenchmarkHandler is the whole handler without storage and without a network.
func BenchmarkHandler(b *testing.B) {
	door := New(func(_ context.Context, ms []event.Message) ([]Result, error) { return make([]Result, len(ms)), nil }, findKey, Options{})
	mux := http.NewServeMux()
	door.Mount(mux)
	for name, c := range map[string]struct{ path, body string }{
		"page of analytics-next": {"/v1/p", pageBody},
		"track":                  {"/v1/track", trackBody},
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodPost, c.path, nil)
			r.SetBasicAuth("wk", "")
			r.Header.Set("Origin", "https://www.example.jp")
			r.Header.Set("User-Agent", chrome)
			r.ContentLength = int64(len(c.body))
			body := bytes.NewReader(nil)
			b.ReportAllocs()
			for b.Loop() {
				body.Reset([]byte(c.body))
				r.Body = io.NopCloser(body)
				w := httptest.NewRecorder()
				mux.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
