package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// wordsFolder holds the texts of the product, one file per noun.
const wordsFolder = "i18n/words"

// word is a text in both languages.
type word struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
}

// words are all texts by key, and what is wrong with their files.
func words(h *House) (all map[string]word, breaches []string) {
	all = map[string]word{}
	for _, t := range h.Texts {
		if path.Dir(t.Path) != wordsFolder {
			continue
		}
		part := map[string]word{}
		if err := yaml.UnmarshalWithOptions([]byte(t.Body), &part, yaml.Strict()); err != nil {
			breaches = append(breaches, fmt.Sprintf("%s: %v", t.Path, err))
		}
		noun := strings.TrimSuffix(path.Base(t.Path), ".yaml") + "."
		for key, w := range part {
			if !strings.HasPrefix(key, noun) {
				breaches = append(breaches, t.Path+": "+key+" belongs to another file: keys begin with "+noun)
			}
			all[key] = w
		}
	}
	return all, breaches
}

// placeholder is a name in braces, as package i18n fills it.
var placeholder = regexp.MustCompile(`\{[A-Za-z0-9_]+\}`)

// unevenWords are texts that one language lacks, or that lose an argument in one language.
func unevenWords(h *House) []string {
	all, breaches := words(h)
	for key, w := range all {
		if strings.TrimSpace(w.JA) == "" || strings.TrimSpace(w.EN) == "" {
			breaches = append(breaches, key+": lacks a language")
		}
		if ja, en := names(w.JA), names(w.EN); !slices.Equal(ja, en) {
			breaches = append(breaches, fmt.Sprintf("%s: Japanese has %q, English %q", key, ja, en))
		}
	}
	return sorted(breaches)
}

// names are the distinct placeholders of a text, in order.
func names(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(text, -1))))
}

// speech is a call that names a key of the words: fault.New(kind, key, args), i18n.T(lang, key, args),
// or a function of the same package that passes its parameter on as the key.
type speech struct {
	at, key string
	args    []string // as placeholders
	known   bool     // whether args could be read from the source
}

// missingWords are keys without words, and words whose arguments the call does not give.
func missingWords(h *House) (breaches []string) {
	all, _ := words(h)
	speaking := speakers(h)
	for _, f := range h.Go {
		if f.Test {
			continue
		}
		for _, s := range speeches(f, speaking) {
			w, ok := all[s.key]
			if !ok {
				breaches = append(breaches, s.at+": no words for "+s.key)
				continue
			}
			for _, name := range names(w.EN) {
				if s.known && !slices.Contains(s.args, name) {
					breaches = append(breaches, s.at+": "+s.key+" wants "+name)
				}
			}
		}
	}
	return breaches
}

func speeches(f GoFile, speaking map[string]int) (all []speech) {
	ast.Inspect(f.Tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if key, ok := literal(keyOf(f, call, speaking)); ok {
			args, known := []string(nil), false
			if len(call.Args) == 3 {
				args, known = argNames(call.Args[2])
			}
			all = append(all, speech{f.at(call.Pos()), key, args, known})
		}
		return true
	})
	return all
}

// speakers are the functions that take a key, by name with package: which argument is the key.
func speakers(h *House) map[string]int {
	speaking := map[string]int{"fault.New": 1, "i18n.T": 1}
	for known := 0; known < len(speaking); { // one may pass its key on to another
		known = len(speaking)
		for _, f := range h.Go {
			for _, d := range f.Tree.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && !f.Test {
					addSpeaker(f, fn, speaking)
				}
			}
		}
	}
	return speaking
}

// addSpeaker notes a function that passes one of its parameters on as a key.
func addSpeaker(f GoFile, fn *ast.FuncDecl, speaking map[string]int) {
	var params []string
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			params = append(params, name.Name)
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if key, ok := keyOf(f, call, speaking).(*ast.Ident); ok && slices.Contains(params, key.Name) {
				speaking[f.Folder+"."+fn.Name.Name] = slices.Index(params, key.Name)
			}
		}
		return true
	})
}

// keyOf is the argument that is a key of the words; nil if the call takes none.
func keyOf(f GoFile, call *ast.CallExpr, speaking map[string]int) ast.Expr {
	var at int
	var ok bool
	switch fn := call.Fun.(type) {
	case *ast.SelectorExpr: // of another package, or a method of this one
		if from, isName := fn.X.(*ast.Ident); isName {
			at, ok = speaking[from.Name+"."+fn.Sel.Name]
		}
		if !ok {
			at, ok = speaking[f.Folder+"."+fn.Sel.Name]
		}
	case *ast.Ident:
		at, ok = speaking[f.Folder+"."+fn.Name]
	}
	if !ok || at >= len(call.Args) {
		return nil
	}
	return call.Args[at]
}

// argNames are the names in fault.Args{"name": …} or nil; false if the expression is another.
func argNames(e ast.Expr) ([]string, bool) {
	if id, ok := e.(*ast.Ident); ok && id.Name == "nil" {
		return nil, true
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	var all []string
	for _, el := range lit.Elts {
		pair, ok := el.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		name, ok := literal(pair.Key)
		if !ok {
			return nil, false
		}
		all = append(all, "{"+name+"}")
	}
	return all, true
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// mention is a dotted name in a template, a script or a pack; one that ends in a dot before a
// quotation mark or a % begins keys.
var mention = regexp.MustCompile("([a-z0-9_]+\\.)+([a-z0-9_]+|[\"'`%])")

// unusedWords are keys that no source names, whole or by its beginning ("stage." + name).
func unusedWords(h *House) (breaches []string) {
	all, _ := words(h)
	used := mentions(h)
	for key := range all {
		if !isUsed(used, key) {
			breaches = append(breaches, key+": no source uses it")
		}
	}
	return sorted(breaches)
}

func isUsed(used map[string]bool, key string) bool {
	if used[key] {
		return true
	}
	for i, c := range key {
		if c == '.' && used[key[:i+1]] {
			return true
		}
	}
	return false
}

// mentions are all texts in the sources that could be keys or beginnings of keys.
func mentions(h *House) map[string]bool {
	used := map[string]bool{}
	for _, f := range h.Go {
		if f.Test {
			continue
		}
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if s, ok := literal(e); ok {
					beginning, _, _ := strings.Cut(s, "%") // "stage.%s"
					used[beginning] = true
				}
			}
			return true
		})
	}
	for _, t := range h.Texts {
		if slices.Contains([]string{".html", ".ts", ".tsx", ".yaml"}, path.Ext(t.Path)) && path.Dir(t.Path) != wordsFolder {
			for _, m := range mention.FindAllString(t.Body, -1) {
				used[strings.TrimRight(m, "\"'`%")] = true
			}
		}
	}
	return used
}

func sorted(lines []string) []string {
	slices.Sort(lines)
	return lines
}
