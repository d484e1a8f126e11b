package rule

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"kizashi/fault"
)

// The limits of a rule. What is over them is refused with a message, never cut.
const (
	maxText  = 4000 // characters, as written and as canonical text
	maxDepth = 50   // of nested groups
	maxNodes = 500  // conditions and groups
	maxList  = 200  // items of one list
	maxKind  = 100  // characters of an event kind
	maxCount = 250  // of count: below SeenLimit, so that counts compare exactly
	maxWhole = 1<<53 - 1
	maxUnits = 100_000
	maxDays  = 3660
)

// Parse reads a rule. Its error is a *fault.Error of kind Invalid that names the place: its
// args are line and column (from 1, in characters) and what stands there.
func Parse(s *Schema, src string) (*Rule, error) {
	r := &reader{schema: s, src: []rune(src)}
	root, err := r.read(src)
	if err != nil {
		return nil, err
	}
	rule := newRule(s, root)
	if utf8.RuneCountInString(rule.source) > maxText {
		return nil, r.atOffset(0, "rule.too_long", "", fault.Args{"limit": maxText})
	}
	return rule, nil
}

// reader turns the syntax tree of CEL into nodes. It names mistakes itself, because the
// messages of CEL's checker are for programmers; the checker has the last word.
type reader struct {
	schema *Schema
	src    []rune
	info   *ast.SourceInfo
	nodes  int
}

func (r *reader) read(src string) (node, error) {
	switch at := unreadable(src); {
	case at >= 0:
		return nil, r.atOffset(at, "rule.encoding", "", nil)
	case len(r.src) > maxText:
		return nil, r.atOffset(maxText, "rule.too_long", "", fault.Args{"limit": maxText})
	case strings.TrimSpace(src) == "":
		return nil, r.atOffset(0, "rule.empty", "", nil)
	}
	parsed, issues := r.schema.env.Parse(src)
	if err := issues.Err(); err != nil {
		return nil, r.syntax(issues)
	}
	tree := parsed.NativeRep()
	r.info = tree.SourceInfo()
	root, err := r.condition(tree.Expr(), 0)
	if err != nil {
		return nil, err
	}
	if _, issues := r.schema.env.Check(parsed); issues.Err() != nil {
		return nil, r.untyped(issues)
	}
	return root, nil
}

// unreadable is the offset in characters of what is no UTF-8, or NUL, which PostgreSQL cannot
// hold; -1 if all is well.
func unreadable(s string) int {
	offset := 0
	for i, c := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); c == 0 || c == utf8.RuneError && size == 1 {
			return offset
		}
		offset++
	}
	return -1
}

// condition reads an expression that holds or does not.
func (r *reader) condition(e ast.Expr, depth int) (node, error) {
	r.nodes++
	switch {
	case r.nodes > maxNodes:
		return nil, r.fail(e, "rule.too_many", fault.Args{"limit": maxNodes})
	case depth > maxDepth:
		return nil, r.fail(e, "rule.too_deep", fault.Args{"limit": maxDepth})
	}
	if e.Kind() == ast.LiteralKind {
		if value, ok := e.AsLiteral().Value().(bool); ok {
			return &constant{value}, nil
		}
		return nil, r.fail(e, "rule.no_condition", nil)
	}
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() == operators.Index {
		return r.bare(e)
	}
	return r.call(e, depth)
}

func (r *reader) call(e ast.Expr, depth int) (node, error) {
	switch name := e.AsCall().FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		return r.group(e, depth)
	case operators.LogicalNot:
		kid, err := r.condition(e.AsCall().Args()[0], depth+1)
		if err != nil {
			return nil, err
		}
		return not(kid), nil
	case operators.In:
		return r.membership(e)
	case "contains", "startsWith", "endsWith":
		return r.search(e)
	case "within", "ahead", "past", "known":
		return r.moment(e)
	case "did", "followed", "active", "silent":
		return r.happened(e)
	case "count", "number", "minutes", "hours", "days", "weeks":
		return nil, r.fail(e, "rule.no_condition", nil)
	default:
		if op, ok := comparisonOf(name); ok {
			return r.comparison(e, op)
		}
		return nil, r.fail(e, "rule.unknown_function", nil)
	}
}

// group reads a && b && c as one group, however CEL balanced its tree.
func (r *reader) group(e ast.Expr, depth int) (node, error) {
	operator := e.AsCall().FunctionName()
	g := &group{any: operator == operators.LogicalOr}
	for _, part := range parts(e, operator, nil) {
		kid, err := r.condition(part, depth+1)
		if err != nil {
			return nil, err
		}
		if inner, ok := kid.(*group); ok && inner.any == g.any { // from !!(a && b)
			g.kids = append(g.kids, inner.kids...)
		} else {
			g.kids = append(g.kids, kid)
		}
	}
	return g, nil
}

// parts are the operands of a chain of one operator, in order.
func parts(e ast.Expr, operator string, all []ast.Expr) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operator {
		return append(all, e)
	}
	for _, operand := range e.AsCall().Args() {
		all = parts(operand, operator, all)
	}
	return all
}

// bare reads a name that stands alone: only a yes-or-no field is a condition by itself.
func (r *reader) bare(e ast.Expr) (node, error) {
	field, def, err := r.field(e)
	if err != nil {
		return nil, err
	}
	if def.Type != Bool {
		return nil, r.fail(e, "rule.no_condition", nil)
	}
	return &flag{field.ordinal}, nil
}

// field reads the name of a field.
func (r *reader) field(e ast.Expr) (ref, *Field, error) {
	name, ok := r.name(e)
	if !ok {
		return ref{}, nil, r.fail(e, "rule.want_field", nil)
	}
	field, ok := r.schema.find(name)
	if !ok {
		return ref{}, nil, r.unknownField(e, name)
	}
	return field, r.schema.field(field), nil
}

// name puts lead.fit and event["page title"] together from their parts.
func (r *reader) name(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		of, ok := r.name(e.AsSelect().Operand())
		return of + "." + e.AsSelect().FieldName(), ok && !e.AsSelect().IsTestOnly()
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != operators.Index || c.Args()[0].Kind() != ast.IdentKind {
			return "", false
		}
		property, ok := text(c.Args()[1])
		return c.Args()[0].AsIdent() + "." + property, ok
	}
	return "", false
}

func comparisonOf(function string) (comparison, bool) {
	switch function {
	case operators.Equals:
		return equal, true
	case operators.NotEquals:
		return notEqual, true
	case operators.Less:
		return less, true
	case operators.LessEquals:
		return atMost, true
	case operators.Greater:
		return more, true
	case operators.GreaterEquals:
		return atLeast, true
	}
	return 0, false
}

func text(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().Value().(string)
	return s, ok
}

// wholeNumber reads a literal that JSON, JavaScript and float64 all carry unchanged.
func wholeNumber(e ast.Expr) (int64, bool) {
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	n, ok := e.AsLiteral().Value().(int64)
	return n, ok && n >= -maxWhole && n <= maxWhole
}

func anyNumber(e ast.Expr) (float64, bool) {
	if n, ok := wholeNumber(e); ok {
		return float64(n), true
	}
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	n, ok := e.AsLiteral().Value().(float64)
	return n, ok
}

// Errors.

func (r *reader) syntax(issues *cel.Issues) error {
	first := issues.Errors()[0]
	if first.Location.Line() < 1 { // only the limit on nesting has no place
		return r.atOffset(0, "rule.too_deep", "", fault.Args{"limit": maxDepth})
	}
	line, column := first.Location.Line(), max(0, first.Location.Column())
	at := r.offset(line, column)
	e := r.atOffset(at, "rule.syntax", r.snippet(at), nil)
	if at >= len(r.src) {
		e = r.atOffset(at, "rule.unfinished", "", nil)
	}
	return e.Because(issues.Err())
}

// untyped is what CEL's checker found and the reader did not: it should not happen.
func (r *reader) untyped(issues *cel.Issues) error {
	first := issues.Errors()[0].Location
	at := r.offset(first.Line(), max(0, first.Column()))
	return r.atOffset(at, "rule.type", r.snippet(at), nil).Because(issues.Err())
}
