package rule

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
)

// The types that CEL does not have. They are opaque, so that only what is declared here
// can be done with them.
var (
	celTime   = cel.OpaqueType("time")
	celTags   = cel.OpaqueType("tags")
	celPoints = cel.OpaqueType("points")
	celAmount = cel.OpaqueType("amount") // a numeric property: compares with whole and decimal numbers
	celSpan   = cel.OpaqueType("span")
)

var celTypes = map[Type]*cel.Type{
	Text: cel.StringType, Int: cel.IntType, Bool: cel.BoolType,
	Time: celTime, Tags: celTags, Points: celPoints,
}

// newEnv declares the fields and the language to CEL: nothing of its standard library is in.
func newEnv(s *Schema) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.ParserExpressionSizeLimit(maxText),
		cel.ParserRecursionLimit(3 * maxDepth), // it also counts parentheses that change nothing
	}
	for _, f := range s.fields {
		options = append(options, cel.Variable(f.Name, celTypes[f.Type]))
	}
	if s.event {
		options = append(options, cel.Variable("event", cel.MapType(cel.StringType, cel.StringType)))
	}
	for name, signatures := range language() {
		var overloads []cel.FunctionOpt
		for i, g := range signatures {
			id := fmt.Sprintf("rule %s %d", name, i)
			if g.member {
				overloads = append(overloads, cel.MemberOverload(id, g.args, g.result))
			} else {
				overloads = append(overloads, cel.Overload(id, g.args, g.result))
			}
		}
		options = append(options, cel.Function(name, overloads...))
	}
	return cel.NewCustomEnv(options...)
}

type signature struct {
	member bool
	args   []*cel.Type
	result *cel.Type
}

// language lists every operator and function with the types it takes.
func language() map[string][]signature {
	text, number, decimal, truth := cel.StringType, cel.IntType, cel.DoubleType, cel.BoolType
	is := func(args ...*cel.Type) signature { return signature{args: args, result: truth} }
	gives := func(result *cel.Type, args ...*cel.Type) signature { return signature{args: args, result: result} }
	method := func(result *cel.Type, args ...*cel.Type) signature {
		return signature{member: true, args: args, result: result}
	}
	eventMap := cel.MapType(text, text)
	equal := []signature{is(text, text), is(number, number), is(truth, truth), is(celAmount, number), is(celAmount, decimal)}
	order := []signature{is(number, number), is(celPoints, number), is(celPoints, decimal), is(celAmount, number), is(celAmount, decimal)}
	span := []signature{gives(celSpan, number)}
	textMethod := []signature{method(truth, text, text)}
	return map[string][]signature{
		operators.LogicalAnd: {is(truth, truth)}, operators.LogicalOr: {is(truth, truth)}, operators.LogicalNot: {is(truth)},
		operators.Equals: equal, operators.NotEquals: equal,
		operators.Less: order, operators.LessEquals: order, operators.Greater: order, operators.GreaterEquals: order,
		operators.In:    {is(text, cel.ListType(text)), is(number, cel.ListType(number)), is(text, celTags)},
		operators.Index: {gives(text, eventMap, text)},
		"contains":      textMethod, "startsWith": textMethod, "endsWith": textMethod,
		"within": {is(celTime, celSpan)}, "ahead": {is(celTime, celSpan)}, "past": {is(celTime)},
		"known":   {is(text), is(number), is(celTime)},
		"minutes": span, "hours": span, "days": span, "weeks": span,
		"count": {gives(number, text), gives(number, text, celSpan)}, "did": {is(text), is(text, celSpan)},
		"followed": {is(text, text, celSpan, celSpan)},
		"active":   {is(celSpan)}, "silent": {is(celSpan)},
		"number": {method(celAmount, eventMap, text)},
	}
}
