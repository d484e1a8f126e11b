package rule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// writer collects canonical text.
type writer struct {
	strings.Builder
	schema *Schema
}

func (w *writer) put(parts ...string) {
	for _, part := range parts {
		w.WriteString(part)
	}
}

func (c *constant) write(w *writer, _ bool) { w.put(strconv.FormatBool(c.value)) }

func (g *group) write(w *writer, nested bool) {
	if nested {
		w.put("(")
	}
	for i, kid := range g.kids {
		if i > 0 && g.any {
			w.put(" || ")
		} else if i > 0 {
			w.put(" && ")
		}
		kid.write(w, true)
	}
	if nested {
		w.put(")")
	}
}

func (n *negation) write(w *writer, _ bool) {
	if tight(n.kid) {
		w.put("!")
		n.kid.write(w, false)
		return
	}
	w.put("!(")
	n.kid.write(w, false)
	w.put(")")
}

// tight tells whether a node is written as one name or call, which needs no parentheses.
func tight(n node) bool {
	switch n := n.(type) {
	case *flag, *timeTest, *known, *followed, *active:
		return true
	case *count:
		return n.did
	case *textTest:
		return n.op == textContains || n.op == textStarts || n.op == textEnds
	}
	return false
}

func (t *textTest) write(w *writer, _ bool) {
	name := w.schema.spell(t.field)
	switch t.op {
	case textEqual, textNotEqual:
		w.put(name, " ", t.op.String(), " ", quote(t.texts[0]))
	case textIn:
		w.put(name, " in ", list(t.texts, quote))
	default:
		w.put(name, ".", t.op.String(), "(", quote(t.texts[0]), ")")
	}
}

func (t *intTest) write(w *writer, _ bool) {
	w.put(w.name(t.ordinal), " ", t.op.String(), " ", whole(t.than))
}

func (t *intIn) write(w *writer, _ bool) {
	w.put(w.name(t.ordinal), " in ", list(t.numbers, whole))
}

func (t *flag) write(w *writer, _ bool) { w.put(w.name(t.ordinal)) }

func (t *pointsTest) write(w *writer, _ bool) {
	w.put(w.name(t.ordinal), " ", t.op.String(), " ", number(t.than))
}

func (t *tagTest) write(w *writer, _ bool) { w.put(quote(t.tag), " in ", w.name(t.ordinal)) }

func (t *timeTest) write(w *writer, _ bool) {
	w.put(t.op.String(), "(", w.name(t.ordinal))
	if t.op != timePast {
		w.put(", ", t.span.String())
	}
	w.put(")")
}

func (t *known) write(w *writer, _ bool) { w.put("known(", w.name(t.ordinal), ")") }

func (t *count) write(w *writer, _ bool) {
	function := "count("
	if t.did {
		function = "did("
	}
	w.put(function, quote(t.kind))
	if !t.span.ever() {
		w.put(", ", t.span.String())
	}
	w.put(")")
	if !t.did {
		w.put(" ", t.op.String(), " ", strconv.Itoa(t.than))
	}
}

func (t *followed) write(w *writer, _ bool) {
	w.put("followed(", quote(t.earlier), ", ", quote(t.later), ", ", t.within.String(), ", ", t.window.String(), ")")
}

func (t *active) write(w *writer, _ bool) {
	function := "active("
	if t.silent {
		function = "silent("
	}
	w.put(function, t.span.String(), ")")
}

func (t *amountTest) write(w *writer, _ bool) {
	w.put("event.number(", quote(t.property), ") ", t.op.String(), " ", number(t.than))
}

func (w *writer) name(ordinal int) string { return w.schema.fields[ordinal].Name }

func (s span) String() string { return s.unit.String() + "(" + whole(s.n) + ")" }

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved words cannot stand after a dot.
var reserved = []string{"true", "false", "null", "in"}

// spell writes a field or property so that CEL reads it back: event["page title"].
func (s *Schema) spell(r ref) string {
	if r.ordinal >= 0 {
		return s.fields[r.ordinal].Name
	}
	if _, taken := s.ordinal[eventScope+r.property]; !taken && identifier.MatchString(r.property) && !slices.Contains(reserved, r.property) {
		return eventScope + r.property
	}
	return "event[" + quote(r.property) + "]"
}

// quote writes a text as CEL reads it; Go's escapes of valid UTF-8 are CEL's too.
func quote(s string) string { return strconv.Quote(s) }

func whole(n int64) string { return strconv.FormatInt(n, 10) }

// number writes a whole number without a decimal point, as people do.
func number(n float64) string {
	if n == float64(int64(n)) && n >= -maxWhole && n <= maxWhole {
		return whole(int64(n))
	}
	s := strconv.FormatFloat(n, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

func list[T any](items []T, text func(T) string) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = text(item)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
