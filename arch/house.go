package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Module is the import path of the repository's root.
const Module = "kizashi"

// House is the text of the repository.
type House struct {
	Texts []Text
	Go    []GoFile
}

// Text is a file that people wrote.
type Text struct {
	Path string // from the root, with slashes
	Body string
}

// GoFile is a parsed Go source.
type GoFile struct {
	Text
	Folder    string
	Test      bool // _test.go
	Generated bool
	Tree      *ast.File
	Positions *token.FileSet
}

// skipped are folders without sources of ours: of the root, and of any name.
var skipped = map[string]bool{".git": true, "bin": true, "data": true, "tmp": true}

func isSkipped(folder string) bool {
	name := path.Base(folder)
	return skipped[folder] || name == "node_modules" || name == "testdata"
}

// written are the endings of files that people write.
var written = map[string]bool{
	".go": true, ".ts": true, ".tsx": true, ".js": true, ".mjs": true, ".css": true, ".html": true,
	".sql": true, ".yaml": true, ".yml": true, ".json": true, ".md": true, ".sh": true, "": true,
}

// Read reads a repository from its root.
func Read(root fs.FS) (*House, error) {
	h := &House{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && isSkipped(name):
			return fs.SkipDir
		case !d.Type().IsRegular() || !written[path.Ext(name)]:
			return nil
		}
		return h.add(root, name)
	})
	return h, err
}

func (h *House) add(root fs.FS, name string) error {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	text := Text{name, string(raw)}
	h.Texts = append(h.Texts, text)
	if path.Ext(name) != ".go" {
		return nil
	}
	positions := token.NewFileSet()
	tree, err := parser.ParseFile(positions, name, raw, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	h.Go = append(h.Go, GoFile{
		Text: text, Folder: path.Dir(name), Test: strings.HasSuffix(name, "_test.go"),
		Generated: ast.IsGenerated(tree), Tree: tree, Positions: positions,
	})
	return nil
}

// Lines counts the lines of a text.
func (t Text) Lines() int { return strings.Count(t.Body, "\n") }

// imports are the paths that a file imports.
func (f GoFile) imports() []string {
	var all []string
	for _, spec := range f.Tree.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// at is a place in the file as compilers print it.
func (f GoFile) at(pos token.Pos) string {
	p := f.Positions.Position(pos)
	return p.Filename + ":" + strconv.Itoa(p.Line)
}
