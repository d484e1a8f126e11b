package rule

import (
	"errors"
	"fmt"
	"slices"

	"kizashi/fault"
)

// Node is a part of a rule as the visual builder holds it: a group (Op and, or, not) with
// Nodes, a constant (true, false), or a condition. A condition's Op is spelled as in the
// language, and takes these:
//
//	== != < <= > >=                Field, and one of Texts or Numbers
//	in                             Field, and Texts or Numbers
//	contains startsWith endsWith   Field, one of Texts
//	is                             Field, one that is yes or no
//	tag                            Field, one of Texts
//	within ahead                   Field, Window
//	past known                     Field
//	count                          Kind, Window or none, Compare, one of Numbers
//	did                            Kind, Window or none
//	followed                       Kind, Later, Within, Window
//	active silent                  Window
//	number                         Field (a property of the event being scored), Compare, one of Numbers
type Node struct {
	Op      string    `json:"op"`
	Nodes   []*Node   `json:"nodes,omitempty"`
	Field   string    `json:"field,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	Later   string    `json:"later,omitempty"`
	Compare string    `json:"compare,omitempty"`
	Texts   []string  `json:"texts,omitempty"`
	Numbers []float64 `json:"numbers,omitempty"`
	Within  *Span     `json:"within,omitempty"`
	Window  *Span     `json:"window,omitempty"`
}

// Span is a length of time in a form; Unit is minutes, hours, days or weeks.
type Span struct {
	N    int64  `json:"n"`
	Unit string `json:"unit"`
}

// Form is the rule for the visual builder; FromForm reads it back to the same rule.
func (r *Rule) Form() *Node { return r.root.form(r.schema) }

func (s span) form() *Span {
	if s.ever() {
		return nil
	}
	return &Span{s.n, s.unit.String()}
}

func (c *constant) form(*Schema) *Node {
	if c.value {
		return &Node{Op: "true"}
	}
	return &Node{Op: "false"}
}

func (n *negation) form(s *Schema) *Node { return &Node{Op: "not", Nodes: []*Node{n.kid.form(s)}} }

func (g *group) form(s *Schema) *Node {
	n := &Node{Op: "and"}
	if g.any {
		n.Op = "or"
	}
	for _, kid := range g.kids {
		n.Nodes = append(n.Nodes, kid.form(s))
	}
	return n
}

func (t *textTest) form(s *Schema) *Node {
	return &Node{Op: t.op.String(), Field: s.field(t.field).Name, Texts: slices.Clone(t.texts)}
}

func (t *intTest) form(s *Schema) *Node {
	return &Node{Op: t.op.String(), Field: s.fields[t.ordinal].Name, Numbers: []float64{float64(t.than)}}
}

func (t *intIn) form(s *Schema) *Node {
	n := &Node{Op: "in", Field: s.fields[t.ordinal].Name}
	for _, number := range t.numbers {
		n.Numbers = append(n.Numbers, float64(number))
	}
	return n
}

func (t *flag) form(s *Schema) *Node { return &Node{Op: "is", Field: s.fields[t.ordinal].Name} }

func (t *pointsTest) form(s *Schema) *Node {
	return &Node{Op: t.op.String(), Field: s.fields[t.ordinal].Name, Numbers: []float64{t.than}}
}

func (t *tagTest) form(s *Schema) *Node {
	return &Node{Op: "tag", Field: s.fields[t.ordinal].Name, Texts: []string{t.tag}}
}

func (t *timeTest) form(s *Schema) *Node {
	return &Node{Op: t.op.String(), Field: s.fields[t.ordinal].Name, Window: t.span.form()}
}

func (t *known) form(s *Schema) *Node { return &Node{Op: "known", Field: s.fields[t.ordinal].Name} }

func (t *count) form(*Schema) *Node {
	if t.did {
		return &Node{Op: "did", Kind: t.kind, Window: t.span.form()}
	}
	return &Node{Op: "count", Kind: t.kind, Window: t.span.form(), Compare: t.op.String(), Numbers: []float64{float64(t.than)}}
}

func (t *followed) form(*Schema) *Node {
	return &Node{Op: "followed", Kind: t.earlier, Later: t.later, Within: t.within.form(), Window: t.window.form()}
}

func (t *active) form(*Schema) *Node {
	if t.silent {
		return &Node{Op: "silent", Window: t.span.form()}
	}
	return &Node{Op: "active", Window: t.span.form()}
}

func (t *amountTest) form(*Schema) *Node {
	return &Node{Op: "number", Field: eventScope + t.property, Compare: t.op.String(), Numbers: []float64{t.than}}
}

// FromForm reads a rule from the visual builder. Every condition is written out and parsed
// like one a person typed, so there is one set of checks. The Path of an error names the
// part: "nodes[1].nodes[0]".
func FromForm(s *Schema, n *Node) (*Rule, error) {
	w := &formWriter{schema: s}
	text, err := w.write(n, "", 0)
	if err != nil {
		return nil, err
	}
	return Parse(s, text)
}

type formWriter struct {
	schema *Schema
	nodes  int
}

// write gives the text of a node, ready to stand inside another.
func (w *formWriter) write(n *Node, path string, depth int) (string, error) {
	w.nodes++
	switch {
	case n == nil:
		return "", invalidForm(path, "rule.form_op", "")
	case depth > maxDepth || w.nodes > maxNodes: // Parse would say so too, but after all the work
		return "", fault.New(fault.Invalid, "rule.form_large", fault.Args{"depth": maxDepth, "nodes": maxNodes}).At(path)
	}
	switch n.Op {
	case "true", "false":
		return n.Op, nil
	case "and":
		return w.join(n, path, " && ", depth)
	case "or":
		return w.join(n, path, " || ", depth)
	case "not":
		if len(n.Nodes) != 1 {
			return "", invalidForm(path, "rule.form_not", "")
		}
		kid, err := w.write(n.Nodes[0], step(path, 0), depth+1)
		return "!(" + kid + ")", err
	}
	return w.condition(n, path)
}

func (w *formWriter) join(n *Node, path, operator string, depth int) (string, error) {
	if len(n.Nodes) == 0 {
		return "", invalidForm(path, "rule.form_empty", "")
	}
	text := "("
	for i, kid := range n.Nodes {
		part, err := w.write(kid, step(path, i), depth+1)
		if err != nil {
			return "", err
		}
		if i > 0 {
			text += operator
		}
		text += part
	}
	return text + ")", nil
}

// condition writes a condition and lets Parse check it alone, which tells its place in the form.
func (w *formWriter) condition(n *Node, path string) (string, error) {
	c := conditionWriter{schema: w.schema, node: n, path: path}
	text := c.write()
	if c.err != nil {
		return "", c.err
	}
	rule, err := Parse(w.schema, text)
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		return "", wrong.At(path)
	}
	return rule.Source(), nil
}

func step(path string, i int) string {
	if path != "" {
		path += "."
	}
	return fmt.Sprintf("%snodes[%d]", path, i)
}

func invalidForm(path, key, what string) *fault.Error {
	return fault.New(fault.Invalid, key, fault.Args{"what": what}).At(path)
}
