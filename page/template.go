package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"

	"kizashi/fault"
	"kizashi/i18n"
)

//go:embed *.html *.css *.svg
var files embed.FS

// Template is a template of a screen with the type of what it shows, so that a test can check the one
// against the other.
type Template interface {
	File() string // "leads/list.html"
	Sample() any  // a zero value of what the template sees
}

// Of is a template that shows a T. It has the folder of its screen in its name: Of[list]("leads/list.html").
type Of[T any] string

// File is the name of the template.
func (t Of[T]) File() string { return string(t) }

// Sample is a zero value of what the template sees.
func (Of[T]) Sample() any { return View[T]{Frame: &Frame{}} }

// Show answers with the page.
func (t Of[T]) Show(r *Request, data T) error {
	return t.write(r, http.StatusOK, "page", r.frame(), data)
}

// Part answers with one block of the page, for htmx to put in its place.
func (t Of[T]) Part(r *Request, block string, data T) error {
	return t.write(r, http.StatusOK, block, r.frame(), data)
}

// Again shows a form again with what was wrong. A fault that is not about the input is passed on.
func (t Of[T]) Again(r *Request, data T, err error) error {
	faults := faultsOf(err)
	kind := fault.KindOf(err)
	if len(faults) == 0 || kind != fault.Invalid && kind != fault.Conflict && kind != fault.TooLarge && kind != fault.Malformed {
		return err
	}
	f := r.frame()
	for _, one := range faults {
		f.Faults = append(f.Faults, Fault{one.Path, i18n.Words(r.Lang, one)})
	}
	return t.write(r, http.StatusUnprocessableEntity, "page", f, data)
}

func (t Of[T]) write(r *Request, status int, block string, f *Frame, data T) error {
	page := r.site.Parsed(r.Lang, t.File())
	if page == nil {
		return fmt.Errorf("page: %s belongs to no screen", t.File())
	}
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, block, View[T]{f, data}); err != nil {
		return err
	}
	r.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.W.Header().Add("Vary", "HX-Request, Accept-Language, Cookie")
	r.W.WriteHeader(status)
	_, _ = body.WriteTo(r.W) // the asker is gone: nothing to do
	return nil
}

// parse lists the templates of all screens in one language, by name. Each is read when it is first shown:
// most people see few of them, and all together weigh ten megabytes.
func (s *Site) parse(lang i18n.Lang) map[string]func() *template.Template {
	frame := func() *template.Template {
		return template.Must(template.New("frame").Funcs(s.funcs(lang)).ParseFS(files, "*.html"))
	}
	pages := map[string]func() *template.Template{failPage.File(): sync.OnceValue(frame)}
	for _, screen := range s.screens {
		parts, _ := fs.Glob(screen.Files, "_*.html")
		for _, t := range screen.Templates {
			name, ok := strings.CutPrefix(t.File(), screen.Name+"/")
			if !ok {
				panic("page: " + t.File() + " stands in another folder than " + screen.Name)
			}
			pages[t.File()] = sync.OnceValue(func() *template.Template {
				return template.Must(frame().ParseFS(screen.Files, append(slices.Clone(parts), name)...))
			})
		}
	}
	return pages
}

// Parsed is a template by its name, for the tests that check types; nil where no screen has it. A mistake
// in it is a programmer's: it panics.
func (s *Site) Parsed(lang i18n.Lang, file string) *template.Template {
	if read := s.pages[lang][file]; read != nil {
		return read()
	}
	return nil
}
