package rule

import (
	"fmt"
	"strings"
	"unicode"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"kizashi/fault"
)

// fail makes an error about an expression.
func (r *reader) fail(e ast.Expr, key string, args fault.Args) *fault.Error {
	return r.atOffset(r.start(e), key, r.what(e), args)
}

// atOffset makes an error about the text from an offset in characters on.
func (r *reader) atOffset(offset int, key, what string, args fault.Args) *fault.Error {
	line, column := 1, 1
	for _, c := range r.src[:min(offset, len(r.src))] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	all := fault.Args{"line": line, "column": column, "what": what}
	for name, value := range args {
		all[name] = value
	}
	return fault.New(fault.Invalid, key, all)
}

// offset of a place as CEL counts: lines from 1, columns from 0.
func (r *reader) offset(line, column int) int {
	at := 0
	for ; line > 1 && at < len(r.src); at++ {
		if r.src[at] == '\n' {
			line--
		}
	}
	return min(at+column, len(r.src))
}

// start is where an expression begins. CEL places an operator at itself, a call at its
// parenthesis and a selection at its dot.
func (r *reader) start(e ast.Expr) int {
	own, ok := r.info.GetOffsetRange(e.ID())
	at := int(own.Start)
	if !ok {
		at = 0
	}
	switch e.Kind() {
	case ast.SelectKind:
		return r.start(e.AsSelect().Operand())
	case ast.CallKind:
		return r.startOfCall(e.AsCall(), at)
	}
	return at
}

func (r *reader) startOfCall(c ast.CallExpr, at int) int {
	switch {
	case c.IsMemberFunction():
		return r.start(c.Target())
	case c.FunctionName() == operators.LogicalNot || c.FunctionName() == operators.Negate:
		return at
	case spelled(c.FunctionName()):
		for at > 0 && unicode.IsSpace(r.src[at-1]) {
			at--
		}
		return max(0, at-len(c.FunctionName()))
	}
	return r.start(c.Args()[0])
}

// spelled tells functions by name from operators, which CEL calls _&&_ and the like.
func spelled(function string) bool { return identifier.MatchString(function) && function[0] != '_' }

// what stands at an expression, for people: a name, a value, or the beginning of the text.
func (r *reader) what(e ast.Expr) string {
	if s, ok := text(e); ok {
		return shorten([]rune(s))
	}
	if e.Kind() == ast.LiteralKind {
		return fmt.Sprint(e.AsLiteral().Value())
	}
	if name, ok := r.name(e); ok && e.Kind() != ast.CallKind {
		return name
	}
	if e.Kind() == ast.CallKind && spelled(e.AsCall().FunctionName()) {
		return e.AsCall().FunctionName()
	}
	return r.snippet(r.start(e))
}

// snippet is the beginning of what stands at an offset.
func (r *reader) snippet(offset int) string { return shorten(r.src[min(offset, len(r.src)):]) }

// shorten keeps what fits a message: the first characters of the first line.
func shorten(text []rune) string {
	const longest = 20
	s, _, cut := strings.Cut(string(text[:min(longest, len(text))]), "\n")
	if s = strings.TrimSpace(s); cut || len(text) > longest {
		s += "…"
	}
	return s
}

// unknownField names the field that was probably meant, if one is close.
func (r *reader) unknownField(e ast.Expr, name string) error {
	if near := r.schema.nearest(name); near != "" {
		return r.fail(e, "rule.unknown_field_near", fault.Args{"near": near})
	}
	return r.fail(e, "rule.unknown_field", nil)
}

// nearest is the field whose name takes the fewest changes from name, at most a third of it.
func (s *Schema) nearest(name string) string {
	best, near := len(name)/3+1, ""
	for _, f := range s.fields {
		if d := distance(name, f.Name); d < best {
			best, near = d, f.Name
		}
	}
	return near
}

// distance counts the bytes to change, add or drop from a to b (Levenshtein).
func distance(a, b string) int {
	if len(a) > maxKind {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
