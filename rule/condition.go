package rule

import (
	"math"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"

	"kizashi/fault"
)

// comparison reads FIELD op literal, count(…) op n and event.number(…) op n.
func (r *reader) comparison(e ast.Expr, op comparison) (node, error) {
	left, right := e.AsCall().Args()[0], e.AsCall().Args()[1]
	if left.Kind() == ast.LiteralKind && right.Kind() != ast.LiteralKind {
		return nil, r.fail(left, "rule.field_left", nil)
	}
	if left.Kind() == ast.CallKind {
		switch left.AsCall().FunctionName() {
		case "count":
			return r.count(left, op, right)
		case "number":
			return r.amount(left, op, right)
		}
	}
	field, def, err := r.field(left)
	if err != nil {
		return nil, err
	}
	switch def.Type {
	case Text:
		return r.textComparison(left, field, def, op, right)
	case Int:
		n, ok := wholeNumber(right)
		if !ok {
			return nil, r.fail(right, "rule.want_whole", fault.Args{"field": def.Name})
		}
		return &intTest{field.ordinal, op, n}, nil
	case Bool:
		return r.flagComparison(left, field, def, op, right)
	case Points:
		return r.points(left, field, def, op, right)
	}
	return nil, r.noOperator(left, def, op.String())
}

// noOperator says which operators and functions a field takes instead.
func (r *reader) noOperator(e ast.Expr, def *Field, op string) error {
	return r.fail(e, "rule.operator", fault.Args{"field": def.Name, "op": op, "allowed": takes[def.Type]})
}

var takes = map[Type]string{
	Text:   `== != in contains startsWith endsWith known`,
	Int:    `== != < <= > >= in known`,
	Bool:   `== != !`,
	Time:   `within ahead past known`,
	Tags:   `"…" in`,
	Points: `> >= < <=`,
}

func (r *reader) textComparison(at ast.Expr, field ref, def *Field, op comparison, right ast.Expr) (node, error) {
	if op != equal && op != notEqual {
		return nil, r.noOperator(at, def, op.String())
	}
	value, err := r.value(right, def)
	if err != nil {
		return nil, err
	}
	if op == notEqual {
		return &textTest{field, textNotEqual, []string{value}}, nil
	}
	return &textTest{field, textEqual, []string{value}}, nil
}

// value reads a text that the field can hold.
func (r *reader) value(e ast.Expr, def *Field) (string, error) {
	s, err := r.text(e, def.Name)
	if err == nil && def.Values != nil && !slices.Contains(def.Values, s) {
		return "", r.fail(e, "rule.value", fault.Args{"field": def.Name, "allowed": strings.Join(def.Values, ", ")})
	}
	return s, err
}

// text reads a literal text.
func (r *reader) text(e ast.Expr, field string) (string, error) {
	s, ok := text(e)
	switch {
	case !ok:
		return "", r.fail(e, "rule.want_text", fault.Args{"field": field})
	case unreadable(s) >= 0: // escapes can write what the source may not hold
		return "", r.fail(e, "rule.encoding", nil)
	}
	return s, nil
}

// flagComparison reads flag == true and the like as flag or !flag.
func (r *reader) flagComparison(at ast.Expr, field ref, def *Field, op comparison, right ast.Expr) (node, error) {
	if op != equal && op != notEqual {
		return nil, r.noOperator(at, def, op.String())
	}
	var value, ok bool
	if right.Kind() == ast.LiteralKind {
		value, ok = right.AsLiteral().Value().(bool)
	}
	if !ok {
		return nil, r.fail(right, "rule.want_bool", fault.Args{"field": def.Name})
	}
	if value == (op == equal) {
		return &flag{field.ordinal}, nil
	}
	return not(&flag{field.ordinal}), nil
}

func (r *reader) points(at ast.Expr, field ref, def *Field, op comparison, right ast.Expr) (node, error) {
	if op == equal || op == notEqual {
		return nil, r.noOperator(at, def, op.String())
	}
	const most = 1_000_000_000
	n, ok := anyNumber(right)
	if !ok || !(n >= 0 && n <= most) {
		return nil, r.fail(right, "rule.number", fault.Args{"field": def.Name, "min": 0, "max": most})
	}
	return &pointsTest{field.ordinal, op, n, math.Log2(n)}, nil
}

func (r *reader) amount(left ast.Expr, op comparison, right ast.Expr) (node, error) {
	c := left.AsCall()
	if !r.schema.event {
		return nil, r.fail(left, "rule.unknown_function", nil)
	}
	if !c.IsMemberFunction() || c.Target().Kind() != ast.IdentKind || c.Target().AsIdent() != "event" || len(c.Args()) != 1 {
		return nil, r.usage(left, "number")
	}
	property, err := r.text(c.Args()[0], "event.number")
	if err != nil {
		return nil, err
	}
	if property == "" {
		return nil, r.fail(c.Args()[0], "rule.empty_text", nil)
	}
	n, ok := anyNumber(right)
	if !ok {
		return nil, r.fail(right, "rule.number", fault.Args{"field": "event.number", "min": -maxWhole, "max": maxWhole})
	}
	return &amountTest{property, op, n}, nil
}

func (r *reader) count(left ast.Expr, op comparison, right ast.Expr) (node, error) {
	kind, window, err := r.kindAndSpan(left)
	if err != nil {
		return nil, err
	}
	n, ok := wholeNumber(right)
	if !ok || n < 0 || n > maxCount {
		return nil, r.fail(right, "rule.number", fault.Args{"field": "count", "min": 0, "max": maxCount})
	}
	return &count{kind: kind, span: window, op: op, than: int(n)}, nil
}

// membership reads FIELD in [..] and "x" in TAGS.
func (r *reader) membership(e ast.Expr) (node, error) {
	left, right := e.AsCall().Args()[0], e.AsCall().Args()[1]
	if right.Kind() != ast.ListKind {
		return r.tag(left, right)
	}
	field, def, err := r.field(left)
	if err != nil {
		return nil, err
	}
	items := right.AsList().Elements()
	switch {
	case def.Type != Text && def.Type != Int:
		return nil, r.noOperator(left, def, "in")
	case len(items) == 0:
		return nil, r.fail(right, "rule.empty_list", nil)
	case len(items) > maxList:
		return nil, r.fail(right, "rule.long_list", fault.Args{"limit": maxList})
	case def.Type == Int:
		return r.intIn(field, def, items)
	}
	t := &textTest{field: field, op: textIn}
	for _, item := range items {
		value, err := r.value(item, def)
		if err != nil {
			return nil, err
		}
		t.texts = append(t.texts, value)
	}
	return t, nil
}

func (r *reader) intIn(field ref, def *Field, items []ast.Expr) (node, error) {
	t := &intIn{ordinal: field.ordinal}
	for _, item := range items {
		n, ok := wholeNumber(item)
		if !ok {
			return nil, r.fail(item, "rule.want_whole", fault.Args{"field": def.Name})
		}
		t.numbers = append(t.numbers, n)
	}
	return t, nil
}

func (r *reader) tag(left, right ast.Expr) (node, error) {
	field, def, err := r.field(right)
	if err != nil {
		return nil, err
	}
	if def.Type != Tags {
		return nil, r.fail(right, "rule.want_list", fault.Args{"field": def.Name})
	}
	tag, err := r.text(left, def.Name)
	if err != nil {
		return nil, err
	}
	// Tags are stored with commas between them, so no tag has one.
	if tag == "" || strings.Contains(tag, ",") {
		return nil, r.fail(left, "rule.tag", nil)
	}
	return &tagTest{field.ordinal, tag}, nil
}

// search reads FIELD.contains("…") and its kin.
func (r *reader) search(e ast.Expr) (node, error) {
	c := e.AsCall()
	if !c.IsMemberFunction() || len(c.Args()) != 1 {
		return nil, r.usage(e, c.FunctionName())
	}
	field, def, err := r.field(c.Target())
	if err != nil {
		return nil, err
	}
	if def.Type != Text {
		return nil, r.noOperator(c.Target(), def, c.FunctionName())
	}
	s, err := r.text(c.Args()[0], def.Name)
	if err != nil {
		return nil, err
	}
	if s == "" {
		return nil, r.fail(c.Args()[0], "rule.empty_text", nil)
	}
	op := textOp(slices.Index(textOps[:], c.FunctionName()))
	return &textTest{field, op, []string{s}}, nil
}
