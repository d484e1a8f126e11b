package rule

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/fault"
)

// conditionWriter writes one condition of a form as text of the language. What a person can
// get wrong in a value is left to Parse; here only that each part is there and is one part.
type conditionWriter struct {
	schema *Schema
	node   *Node
	path   string
	err    *fault.Error // the first thing that is missing
}

func (c *conditionWriter) write() string {
	n := c.node
	switch n.Op {
	case "==", "!=", "<", "<=", ">", ">=":
		return c.field() + " " + n.Op + " " + c.only(c.values())
	case "in":
		return c.field() + " in [" + strings.Join(c.values(), ", ") + "]"
	case "contains", "startsWith", "endsWith":
		return c.field() + "." + n.Op + "(" + c.only(c.values()) + ")"
	case "is":
		return c.field()
	case "tag":
		return c.only(c.values()) + " in " + c.field()
	case "within", "ahead":
		return n.Op + "(" + c.field() + ", " + c.span(n.Window) + ")"
	case "past", "known":
		return n.Op + "(" + c.field() + ")"
	case "active", "silent":
		return n.Op + "(" + c.span(n.Window) + ")"
	case "did":
		return c.happened()
	case "count":
		return c.happened() + " " + c.compare() + " " + c.only(c.values())
	case "followed":
		return "followed(" + c.quote(n.Kind) + ", " + c.quote(n.Later) + ", " + c.span(n.Within) + ", " + c.span(n.Window) + ")"
	case "number":
		return "event.number(" + c.quote(c.property()) + ") " + c.compare() + " " + c.only(c.values())
	}
	c.fail("rule.form_op", n.Op)
	return ""
}

func (c *conditionWriter) fail(key, what string) {
	if c.err == nil {
		c.err = invalidForm(c.path, key, what)
	}
}

// field must be one that exists: it is the one part that is not quoted.
func (c *conditionWriter) field() string {
	field, ok := c.schema.find(c.node.Field)
	if !ok {
		c.fail("rule.form_field", c.node.Field)
		return ""
	}
	c.quote(field.property)
	return c.schema.spell(field)
}

// quote refuses what would read back as another text.
func (c *conditionWriter) quote(s string) string {
	if !utf8.ValidString(s) {
		c.fail("rule.form_text", "")
	}
	return quote(s)
}

func (c *conditionWriter) property() string {
	name, ok := strings.CutPrefix(c.node.Field, eventScope)
	if !ok {
		c.fail("rule.form_field", c.node.Field)
	}
	return name
}

func (c *conditionWriter) values() []string {
	var all []string
	for _, s := range c.node.Texts {
		all = append(all, c.quote(s))
	}
	for _, n := range c.node.Numbers {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			c.fail("rule.form_value", "")
		}
		all = append(all, number(n))
	}
	return all
}

// only is the one value that most conditions take.
func (c *conditionWriter) only(values []string) string {
	if len(values) != 1 {
		c.fail("rule.form_value", "")
		return ""
	}
	return values[0]
}

func (c *conditionWriter) compare() string {
	if !slices.Contains(comparisons[:], c.node.Compare) {
		c.fail("rule.form_op", c.node.Compare)
	}
	return c.node.Compare
}

func (c *conditionWriter) span(s *Span) string {
	if s == nil {
		c.fail("rule.form_value", "")
		return ""
	}
	u, ok := unitOf(s.Unit)
	if !ok {
		c.fail("rule.form_op", s.Unit)
	}
	return span{s.N, u}.String()
}

func (c *conditionWriter) happened() string {
	text := c.node.Op + "(" + c.quote(c.node.Kind)
	if c.node.Window != nil {
		text += ", " + c.span(c.node.Window)
	}
	return text + ")"
}
