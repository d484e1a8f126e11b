package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Scripts are bundled from TypeScript by the makefile; a build without them still serves every page.
//
//go:embed all:assets
var bundled embed.FS

// asset is a file with its name by content, so that browsers may keep it for ever.
type asset struct {
	name, kind   string
	body, packed []byte // packed: by gzip
}

// assets are the styles of all screens in one file, and the scripts.
type assets struct {
	byURL  map[string]asset
	byName map[string]string
}

func collect(screens []Screen) *assets {
	a := &assets{byURL: map[string]asset{}, byName: map[string]string{}}
	style := styles(files)
	for _, s := range screens {
		style = append(style, styles(s.Files)...)
	}
	a.add("style.css", style)
	icon, err := files.ReadFile("icon.svg")
	if err != nil {
		panic(err) // embedded files can be read
	}
	a.add("icon.svg", icon)
	err = fs.WalkDir(bundled, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := bundled.ReadFile(name)
		a.add(strings.TrimPrefix(name, "assets/"), body)
		return err
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	return a
}

func styles(from fs.FS) (all []byte) {
	names, _ := fs.Glob(from, "*.css") // the pattern is right
	for _, name := range names {
		body, err := fs.ReadFile(from, name)
		if err != nil {
			panic(err) // embedded files can be read
		}
		all = append(append(all, body...), '\n')
	}
	return all
}

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func (a *assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	url := "/assets/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
	a.byURL[url] = asset{name, kinds[ext], body, pack(body)}
	a.byName[name] = url
}

func pack(body []byte) []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is right
	_, _ = w.Write(body)                                       // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// url is the address of a file by its name; one that was not bundled has none.
func (a *assets) url(name string) string { return a.byName[name] }

func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := a.byURL[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	secure(w.Header())
	w.Header().Set("Content-Type", found.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	body := found.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		body = found.packed
	}
	_, _ = w.Write(body)
}
