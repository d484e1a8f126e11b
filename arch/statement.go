package arch

import (
	"go/ast"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Statement is a place where a source gives a text to the database.
type Statement struct {
	Place string   // file:line
	Texts []string // in the common form of both engines; none if it is composed at run time in a way not followed
}

// queryMethods are the methods of db.Tx that take a text, after the context.
var queryMethods = []string{"Exec", "Query", "Row", "Each", "Many"}

// Statements finds the texts of all statements of the product: constants, what is put together from
// constants, and what a function of the package gives on from its callers.
func Statements(h *House) []Statement {
	b := book{consts: map[string]ast.Expr{}, functions: map[string][]function{}, open: map[string]bool{}}
	for _, f := range h.Go {
		if product(f) {
			b.enter(f)
		}
	}
	var all []Statement
	for _, f := range h.Go {
		if !product(f) {
			continue
		}
		for _, d := range f.Tree.Decls {
			all = append(all, b.statementsIn(f, d)...)
		}
	}
	for _, place := range slices.Sorted(maps.Keys(b.open)) {
		all = append(all, Statement{Place: place})
	}
	return all
}

func product(f GoFile) bool {
	_, known := floorOf(f.Folder)
	return known && !f.Test && f.Folder != "db"
}

// function is a function with the file it stands in.
type function struct {
	in   GoFile
	decl *ast.FuncDecl
}

// book knows the constants of all packages and the functions of each.
type book struct {
	consts    map[string]ast.Expr   // by folder and name
	functions map[string][]function // by folder
	open      map[string]bool       // the places of calls that give on a text that is not followed
}

func (b book) enter(f GoFile) {
	for _, d := range f.Tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			b.functions[f.Folder] = append(b.functions[f.Folder], function{f, d})
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
					for i, name := range v.Names {
						b.consts[f.Folder+"."+name.Name] = v.Values[i]
					}
				}
			}
		}
	}
}

func (b book) statementsIn(f GoFile, d ast.Decl) (found []Statement) {
	in, _ := d.(*ast.FuncDecl)
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if ok && slices.Contains(queryMethods, method.Sel.Name) && isContext(call.Args[0]) {
			found = append(found, Statement{f.at(call.Pos()), b.texts(place{function{f, in}, 0}, call.Args[1])})
		}
		return true
	})
	return found
}

func isContext(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	if !ok {
		call, _ := e.(*ast.CallExpr)
		return call != nil && len(call.Args) == 1 && isContext(call.Args[0])
	}
	return name.Name == "ctx"
}

// place is where an expression stands, and how far its values have been followed.
type place struct {
	function
	depth int
}

const (
	deepest   = 30  // names from one to the next
	mostTexts = 200 // of one expression
)

// texts are the values that an expression can have; none if they are not all known.
func (b book) texts(at place, e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return b.texts(at, e.X)
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []string{text}
		}
	case *ast.BinaryExpr:
		return joined(b.texts(at, e.X), b.texts(at, e.Y))
	case *ast.CallExpr:
		return b.result(at, e, 0)
	case *ast.SelectorExpr:
		return b.elsewhere(at, e)
	case *ast.Ident:
		if at.depth++; at.depth <= deepest {
			return b.named(at, e)
		}
	}
	return nil
}

func joined(left, right []string) (all []string) {
	if len(left)*len(right) > mostTexts {
		return nil
	}
	for _, l := range left {
		for _, r := range right {
			all = append(all, l+r)
		}
	}
	return all
}

// result follows the result of a call with a number: of tx.In and tx.InTexts, or of a function of the package.
func (b book) result(at place, call *ast.CallExpr, i int) (texts []string) {
	array := map[string]string{"In": "bigint[]", "InTexts": "text[]"}[calledName(call)]
	if array != "" && len(call.Args) == 2 {
		for _, n := range b.texts(at, call.Args[0]) {
			texts = append(texts, "{postgres: = ANY("+n+"::"+array+")}{sqlite: IN (SELECT value FROM json_each("+n+"))}")
		}
		return texts
	}
	composed := false
	for _, f := range b.functions[at.in.Folder] {
		if !calls(call, f.decl) {
			continue
		}
		ast.Inspect(f.decl, func(n ast.Node) bool {
			if end, ok := n.(*ast.ReturnStmt); ok && i < len(end.Results) {
				one := b.texts(place{f, at.depth + 1}, end.Results[i])
				composed = composed || len(one) == 0
				one = slices.DeleteFunc(one, func(s string) bool { return s == "" }) // it says that there is none
				texts = append(texts, one...)
			}
			return true
		})
	}
	if composed || at.depth > deepest {
		return nil
	}
	return texts
}

// elsewhere follows a constant of another package.
func (b book) elsewhere(at place, e *ast.SelectorExpr) []string {
	from, ok := e.X.(*ast.Ident)
	if !ok {
		return nil
	}
	for _, p := range at.in.imports() {
		folder, ours := strings.CutPrefix(p, Module+"/")
		if value := b.consts[folder+"."+e.Sel.Name]; ours && path.Base(folder) == from.Name && value != nil {
			return b.texts(place{function{in: GoFile{Folder: folder}}, at.depth}, value)
		}
	}
	return nil
}

// named follows a name: what the function gives it, what its callers give it, or a constant.
func (b book) named(at place, name *ast.Ident) []string {
	if at.decl != nil {
		if given := assigned(at.decl, name); len(given) > 0 {
			return b.given(at, given)
		}
		if i := parameter(at.decl, name.Name); i >= 0 {
			return b.passed(at, i)
		}
	}
	if value := b.consts[at.in.Folder+"."+name.Name]; value != nil {
		return b.texts(place{function{in: at.in}, at.depth}, value)
	}
	return nil
}

// gift is a value that a function gives to a variable of its own.
type gift struct {
	value    ast.Expr // nil if it is not followed
	result   int      // the number of the result, if the value is a call with several
	elements bool     // the value is a list, and its elements are given
}

// given are the values of gifts; none if they are not all known.
func (b book) given(at place, gifts []gift) (texts []string) {
	for _, g := range gifts {
		var one []string
		call, isCall := g.value.(*ast.CallExpr)
		switch {
		case g.elements:
			one = b.elements(at, g.value)
		case isCall:
			one = b.result(at, call, g.result)
		case g.value != nil:
			one = b.texts(at, g.value)
		}
		if len(one) == 0 {
			return nil
		}
		texts = append(texts, one...)
	}
	return texts
}

// elements are the texts of a list that is written out.
func (b book) elements(at place, list ast.Expr) (texts []string) {
	if name, ok := list.(*ast.Ident); ok {
		list = b.consts[at.in.Folder+"."+name.Name]
	}
	written, ok := list.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, e := range written.Elts {
		one := b.texts(at, e)
		if len(one) == 0 {
			return nil
		}
		texts = append(texts, one...)
	}
	return texts
}

// assigned are the gifts that a name can bear where it is used. One whose block holds the use, too,
// makes those before it forgotten; one in a branch does not.
func assigned(decl *ast.FuncDecl, use *ast.Ident) (gifts []gift) {
	var blocks []ast.Node
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil {
			blocks = blocks[:len(blocks)-1]
			return true
		}
		if n.Pos() < use.Pos() {
			if one := giftsOf(n, use); len(one) > 0 && n.End() <= use.Pos() || isRange(n) && holds(n, use) && len(one) > 0 {
				if isRange(n) || holds(innermost(blocks), use) {
					gifts = nil
				}
				gifts = append(gifts, one...)
			}
		}
		blocks = append(blocks, n)
		return true
	})
	return gifts
}

func isRange(n ast.Node) bool { _, ok := n.(*ast.RangeStmt); return ok }

func holds(n ast.Node, use ast.Node) bool { return n.Pos() <= use.Pos() && use.End() <= n.End() }

// innermost is the last block or branch of the nodes around a statement.
func innermost(around []ast.Node) ast.Node {
	for _, n := range slices.Backward(around) {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.IfStmt, *ast.FuncLit:
			return n
		}
	}
	return around[0]
}

// giftsOf are what one statement gives to a name.
func giftsOf(n ast.Node, name *ast.Ident) (gifts []gift) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			switch {
			case !isNamed(left, name):
			case n.Tok == token.ADD_ASSIGN:
				gifts = append(gifts, gift{})
			case len(n.Rhs) == len(n.Lhs):
				gifts = append(gifts, gift{value: n.Rhs[i]})
			default:
				gifts = append(gifts, gift{value: n.Rhs[0], result: i})
			}
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			if isNamed(id, name) && i < len(n.Values) {
				gifts = append(gifts, gift{value: n.Values[i]})
			}
		}
	case *ast.RangeStmt:
		if isNamed(n.Value, name) {
			gifts = append(gifts, gift{value: n.X, elements: true})
		}
	}
	return gifts
}

func isNamed(e ast.Expr, name *ast.Ident) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name.Name
}

// parameter is the place of a parameter; -1 if there is none of the name.
func parameter(decl *ast.FuncDecl, name string) int {
	i := 0
	for _, field := range decl.Type.Params.List {
		for _, id := range field.Names {
			if id.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

// passed are the values that the callers in the package give to a parameter. A caller whose text is not
// followed stands for itself.
func (b book) passed(at place, i int) (texts []string) {
	for _, caller := range b.functions[at.in.Folder] {
		ast.Inspect(caller.decl, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !calls(call, at.decl) || len(call.Args) <= i {
				return true
			}
			one := b.texts(place{caller, at.depth}, call.Args[i])
			if len(one) == 0 {
				b.open[caller.in.at(call.Pos())] = true
			}
			texts = append(texts, one...)
			return true
		})
	}
	return texts
}

// calls tells whether a call can be one of this function, or of this method of any type.
func calls(call *ast.CallExpr, decl *ast.FuncDecl) bool {
	_, selected := call.Fun.(*ast.SelectorExpr)
	return calledName(call) == decl.Name.Name && selected == (decl.Recv != nil)
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
