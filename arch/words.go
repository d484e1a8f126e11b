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

// speech is a call that names a key of the words: fault.New(kind, key, args), i18n.T(lang, key, args).
type speech struct {
	at, key string
	args    []string // as placeholders
	known   bool     // whether args could be read from the source
}

// missingWords are keys without words, and words whose arguments the call does not give.
func missingWords(h *House) (breaches []string) {
	all, _ := words(h)
	for _, f := range h.Go {
		if f.Test {
			continue
		}
		for _, s := range speeches(f) {
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

func speeches(f GoFile) (all []speech) {
	ast.Inspect(f.Tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 3 || !speaks(f, call.Fun) {
			return true
		}
		if key, ok := literal(call.Args[1]); ok {
			args, known := argNames(call.Args[2])
			all = append(all, speech{f.at(call.Pos()), key, args, known})
		}
		return true
	})
	return all
}

// speaks tells whether a function is fault.New or i18n.T, also inside their own packages.
func speaks(f GoFile, fun ast.Expr) bool {
	switch fn := fun.(type) {
	case *ast.SelectorExpr:
		from, ok := fn.X.(*ast.Ident)
		return ok && (from.Name == "fault" && fn.Sel.Name == "New" || from.Name == "i18n" && fn.Sel.Name == "T")
	case *ast.Ident:
		return f.Folder == "fault" && fn.Name == "New" || f.Folder == "i18n" && fn.Name == "T"
	}
	return false
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
// quotation mark begins keys.
var mention = regexp.MustCompile("([a-z0-9_]+\\.)+([a-z0-9_]+|[\"'`])")

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
				used[strings.TrimRight(m, "\"'`")] = true
			}
		}
	}
	return used
}

func sorted(lines []string) []string {
	slices.Sort(lines)
	return lines
}
