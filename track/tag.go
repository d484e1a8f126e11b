package track

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
)

// tag is k.ts as `npm run build` writes it.
//
//go:embed k.js
var tag []byte

var (
	tagPacked     = pack(tag)
	tagETag       = etag(tag)
	tagPackedETag = etag(tagPacked)
)

func pack(raw []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(raw)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func etag(raw []byte) string {
	sum := sha256.Sum256(raw)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// serveTag sends k.js. An hour of caching is how long a new version takes to reach every page.
func serveTag(w http.ResponseWriter, r *http.Request) {
	raw, version := tag, tagETag
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		raw, version = tagPacked, tagPackedETag
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=3600, stale-while-revalidate=86400")
	h.Set("ETag", version)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Allow-Origin", "*") // for pages that load it with an integrity hash
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if known(r.Header.Get("If-None-Match"), version) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(raw) // the reader is gone: nothing to do
}

// known tells whether the asker has this version already (RFC 9110, 13.1.2).
func known(ifNoneMatch, etag string) bool {
	for _, have := range strings.Split(ifNoneMatch, ",") {
		have = strings.TrimPrefix(strings.TrimSpace(have), "W/")
		if have == etag || have == "*" {
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding; a quality of 0 is a refusal.
func acceptsGzip(accept string) bool {
	for _, part := range strings.Split(accept, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q := strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
		return strings.Trim(q, "0.") != "" || quality == ""
	}
	return false
}
