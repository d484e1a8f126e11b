package rule

import (
	"slices"
	"strconv"
	"strings"

	"kizashi/fault"
	"kizashi/i18n"
)

// Sentence says the rule in words, without a full stop:
// 「適合がAまたはBで、14日以内に「価格ページ」が2回以上ある」.
func (r *Rule) Sentence(lang i18n.Lang) string {
	return r.root.say(&voice{schema: r.schema, lang: lang}, false)
}

// voice speaks one language about one schema. Clauses come from the words rule.say.*;
// a Japanese clause ends in its plain form (ある, である), an English one is a full clause.
type voice struct {
	schema *Schema
	lang   i18n.Lang
}

func (v *voice) t(key string, args fault.Args) string { return i18n.T(v.lang, key, args) }

// clause picks the words for a condition or, with not, for its denial.
func (v *voice) clause(key string, not bool, args fault.Args) string {
	if not {
		key += "_not"
	}
	return v.t(key, args)
}

func (v *voice) field(ordinal int) string { return v.schema.fields[ordinal].label(v.lang) }

// either lists values: A、BまたはC; A, B or C.
func (v *voice) either(values []string) string {
	last := len(values) - 1
	if last == 0 {
		return values[0]
	}
	return strings.Join(values[:last], v.t("rule.say.comma", nil)) + v.t("rule.say.or_value", nil) + values[last]
}

func (v *voice) span(s span) string {
	key := "rule.span." + s.unit.String()
	if s.n == 1 {
		key += "_one"
	}
	return v.t(key, fault.Args{"n": s.n})
}

// window is "14日以内に" before a Japanese clause and " in the last 14 days" after an English one.
func (v *voice) window(s span) string {
	if s.ever() {
		return v.t("rule.say.ever", nil)
	}
	return v.t("rule.say.window", fault.Args{"span": v.span(s)})
}

// continued turns the plain form that ends a Japanese clause into the form that goes on to
// the next one. It is grammar, not wording; longer endings stand first.
var continued = [][2]string{
	{"ではない", "ではなく"}, {"含まない", "含まず"}, {"始まらない", "始まらず"}, {"終わらない", "終わらず"},
	{"該当しない", "該当せず"}, {"いない", "おらず"}, {"ない", "なく"}, {"大きい", "大きく"},
	{"である", "で"}, {"ある", "あり"}, {"含む", "含み"}, {"始まる", "始まり"}, {"終わる", "終わり"},
	{"する", "し"}, {"いる", "おり"},
}

func (v *voice) goOn(clause string) string {
	if v.lang == i18n.English {
		return clause
	}
	for _, form := range continued {
		if stem, ok := strings.CutSuffix(clause, form[0]); ok {
			return stem + form[1]
		}
	}
	return clause
}

func (c *constant) say(v *voice, not bool) string {
	return v.clause("rule.say.everyone", c.value == not, nil)
}

func (n *negation) say(v *voice, not bool) string { return n.kid.say(v, !not) }

// say of a group: a denied one says which group is not met.
func (g *group) say(v *voice, not bool) string {
	clauses := make([]string, len(g.kids))
	for i, kid := range g.kids {
		clause := kid.say(v, false)
		if inner, nested := kid.(*group); nested {
			clause = v.bracket(clause, inner.any)
		}
		if i < len(g.kids)-1 && !g.any {
			clause = v.goOn(clause)
		}
		clauses[i] = clause
	}
	glue := "rule.say.and"
	if g.any {
		glue = "rule.say.or"
	}
	all := strings.Join(clauses, v.t(glue, nil))
	if not {
		return v.t("rule.say.group_not", fault.Args{"group": all})
	}
	return all
}

func (v *voice) bracket(clauses string, any bool) string {
	if any {
		return v.t("rule.say.group_any", fault.Args{"group": clauses})
	}
	return v.t("rule.say.group_all", fault.Args{"group": clauses})
}

func (t *textTest) say(v *voice, not bool) string {
	def := v.schema.field(t.field)
	values := make([]string, len(t.texts))
	for i, text := range t.texts {
		values[i] = v.value(def, text)
	}
	args := fault.Args{"field": def.label(v.lang), "value": v.either(once(values))}
	switch t.op {
	case textEqual, textNotEqual:
		if t.texts[0] == "" {
			return v.clause("rule.say.known", not == (t.op == textNotEqual), args)
		}
		return v.clause("rule.say.is", not == (t.op == textEqual), args)
	case textIn:
		return v.clause("rule.say.is", not, args)
	}
	args["value"] = t.texts[0]
	return v.clause("rule.say."+t.op.String(), not, args)
}

// once keeps the first of each: systems write one answer in several ways, which people call the same.
func once(values []string) []string {
	var list []string
	for _, value := range values {
		if !slices.Contains(list, value) {
			list = append(list, value)
		}
	}
	return list
}

// value is what people call a value of a field; a text that stands for nothing is said so.
func (v *voice) value(def *Field, text string) string {
	if text == "" {
		return v.t("rule.say.empty", nil)
	}
	return def.Labels[text].in(v.lang, text)
}

func (t *intTest) say(v *voice, not bool) string {
	return v.compared(v.field(t.ordinal), t.op, v.whole(t.ordinal, t.than), not)
}

// whole is a whole number, with what it stands for where it has words.
func (v *voice) whole(ordinal int, n int64) string {
	name := v.schema.fields[ordinal].Labels[whole(n)].in(v.lang, "")
	if name == "" {
		return whole(n)
	}
	return v.t("rule.say.number_named", fault.Args{"n": whole(n), "name": name})
}

func (t *pointsTest) say(v *voice, not bool) string {
	return v.compared(v.field(t.ordinal), t.op, number(t.than), not)
}

func (t *amountTest) say(v *voice, not bool) string {
	field := v.schema.field(ref{ordinal: -1, property: t.property}).label(v.lang)
	return v.clause("rule.say.amount", not, fault.Args{"comparison": v.compared(field, t.op, number(t.than), false)})
}

var comparisonKeys = [...]string{equal: "eq", notEqual: "ne", less: "lt", atMost: "le", more: "gt", atLeast: "ge"}

func (v *voice) compared(field string, op comparison, than string, not bool) string {
	if not {
		op = opposites[op]
	}
	return v.t("rule.say."+comparisonKeys[op], fault.Args{"field": field, "value": than})
}

func (t *intIn) say(v *voice, not bool) string {
	values := make([]string, len(t.numbers))
	for i, n := range t.numbers {
		values[i] = v.whole(t.ordinal, n)
	}
	return v.clause("rule.say.is", not, fault.Args{"field": v.field(t.ordinal), "value": v.either(values)})
}

func (t *flag) say(v *voice, not bool) string {
	def := &v.schema.fields[t.ordinal]
	clause := def.Yes
	if not {
		clause = def.No
	}
	if clause != (Label{}) {
		return clause.in(v.lang, def.Name)
	}
	return v.clause("rule.say.flag", not, fault.Args{"field": v.field(t.ordinal)})
}

func (t *tagTest) say(v *voice, not bool) string {
	return v.clause("rule.say.tag", not, fault.Args{"tag": t.tag})
}

func (t *known) say(v *voice, not bool) string {
	return v.clause("rule.say.known", not, fault.Args{"field": v.field(t.ordinal)})
}

func (t *timeTest) say(v *voice, not bool) string {
	args := fault.Args{"field": v.field(t.ordinal)}
	if t.op != timePast {
		args["span"] = v.span(t.span)
	}
	return v.clause("rule.say."+t.op.String(), not, args)
}

func (t *count) say(v *voice, not bool) string {
	op := t.op
	if not {
		op = opposites[op]
	}
	args := fault.Args{"window": v.window(t.span), "kind": v.schema.Kind(v.lang, t.kind), "n": strconv.Itoa(t.than)}
	switch {
	case t.did, t.than == 0 && (op == equal || op == more), t.than == 1 && (op == atLeast || op == less):
		return v.clause("rule.say.did", !compare(1, op, t.than), args)
	}
	return v.t("rule.say.count_"+comparisonKeys[op], args)
}

func (t *followed) say(v *voice, not bool) string {
	return v.clause("rule.say.followed", not, fault.Args{
		"earlier": v.schema.Kind(v.lang, t.earlier), "later": v.schema.Kind(v.lang, t.later),
		"within": v.span(t.within), "window": v.window(t.window),
	})
}

func (t *active) say(v *voice, not bool) string {
	return v.clause("rule.say.active", t.silent != not, fault.Args{"span": v.span(t.span)})
}
