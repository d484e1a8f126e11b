package rule

import (
	"slices"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"

	"kizashi/clock"
	"kizashi/fault"
)

// usages show how a function is called.
var usages = map[string]string{
	"contains": `FIELD.contains("…")`, "startsWith": `FIELD.startsWith("…")`, "endsWith": `FIELD.endsWith("…")`,
	"within": `within(FIELD, days(14))`, "ahead": `ahead(FIELD, days(30))`, "past": `past(FIELD)`, "known": `known(FIELD)`,
	"count": `count("KIND", days(14)) >= 2`, "did": `did("KIND", days(14))`,
	"followed": `followed("EARLIER", "LATER", days(30), days(14))`,
	"active":   `active(days(14))`, "silent": `silent(days(30))`,
	"number": `event.number("NAME") >= 1`,
}

func (r *reader) usage(e ast.Expr, function string) *fault.Error {
	return r.fail(e, "rule.usage", fault.Args{"usage": usages[function]})
}

// moment reads within, ahead, past and known.
func (r *reader) moment(e ast.Expr) (node, error) {
	c := e.AsCall()
	name := c.FunctionName()
	wanted := 1
	if name == "within" || name == "ahead" {
		wanted = 2
	}
	if c.IsMemberFunction() || len(c.Args()) != wanted {
		return nil, r.usage(e, name)
	}
	field, def, err := r.field(c.Args()[0])
	if err != nil {
		return nil, err
	}
	if name == "known" {
		return r.known(c.Args()[0], field, def)
	}
	if def.Type != Time {
		return nil, r.noOperator(c.Args()[0], def, name)
	}
	t := &timeTest{ordinal: field.ordinal, op: timeOp(slices.Index(timeOps[:], name))}
	if wanted == 2 {
		t.span, err = r.span(c.Args()[1])
	}
	return t, err
}

func (r *reader) known(at ast.Expr, field ref, def *Field) (node, error) {
	switch {
	case field.ordinal < 0: // a property has no ordinal to look at: it is known if it is not ""
		return &textTest{field, textNotEqual, []string{""}}, nil
	case def.Type == Text:
		return &known{field.ordinal, false}, nil
	case def.Type == Int || def.Type == Time:
		return &known{field.ordinal, true}, nil
	}
	return nil, r.noOperator(at, def, "known")
}

// happened reads did, followed, active and silent.
func (r *reader) happened(e ast.Expr) (node, error) {
	c := e.AsCall()
	switch name := c.FunctionName(); name {
	case "did":
		kind, window, err := r.kindAndSpan(e)
		return &count{kind: kind, span: window, op: atLeast, than: 1, did: true}, err
	case "followed":
		return r.followed(e)
	default:
		if c.IsMemberFunction() || len(c.Args()) != 1 {
			return nil, r.usage(e, name)
		}
		window, err := r.span(c.Args()[0])
		return &active{window, name == "silent"}, err
	}
}

// kindAndSpan reads the arguments of count and did.
func (r *reader) kindAndSpan(e ast.Expr) (kind string, window span, err error) {
	c := e.AsCall()
	if c.IsMemberFunction() || len(c.Args()) < 1 || len(c.Args()) > 2 {
		return "", span{}, r.usage(e, c.FunctionName())
	}
	if kind, err = r.kind(c.Args()[0]); err != nil || len(c.Args()) == 1 {
		return kind, span{}, err
	}
	window, err = r.span(c.Args()[1])
	return kind, window, err
}

func (r *reader) followed(e ast.Expr) (node, error) {
	c := e.AsCall()
	if c.IsMemberFunction() || len(c.Args()) != 4 {
		return nil, r.usage(e, "followed")
	}
	var t followed
	var err error
	if t.earlier, err = r.kind(c.Args()[0]); err != nil {
		return nil, err
	}
	if t.later, err = r.kind(c.Args()[1]); err != nil {
		return nil, err
	}
	if t.earlier == t.later { // an event would follow itself
		return nil, r.fail(c.Args()[1], "rule.same_kind", fault.Args{"kind": t.later})
	}
	if t.within, err = r.span(c.Args()[2]); err != nil {
		return nil, err
	}
	t.window, err = r.span(c.Args()[3])
	return &t, err
}

// kind reads the name of an event kind. Any name will do: other systems send their own.
func (r *reader) kind(e ast.Expr) (string, error) {
	kind, err := r.text(e, "event")
	if err != nil {
		return "", err
	}
	if n := utf8.RuneCountInString(kind); n == 0 || n > maxKind {
		return "", r.fail(e, "rule.kind", fault.Args{"limit": maxKind})
	}
	return kind, nil
}

// span reads days(14).
func (r *reader) span(e ast.Expr) (span, error) {
	if e.Kind() != ast.CallKind {
		return span{}, r.fail(e, "rule.want_span", nil)
	}
	c := e.AsCall()
	u, ok := unitOf(c.FunctionName())
	if !ok || c.IsMemberFunction() || len(c.Args()) != 1 {
		return span{}, r.fail(e, "rule.want_span", nil)
	}
	n, ok := wholeNumber(c.Args()[0])
	s := span{n, u}
	if !ok || n < 1 || n > maxUnits || s.ms() > maxDays*clock.Day {
		return span{}, r.fail(c.Args()[0], "rule.span", fault.Args{"limit": maxUnits, "days": maxDays})
	}
	return s, nil
}
