package rule

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"kizashi/fault"
)

// TestFromForm: what the builder posts, and the rule it stands for.
func TestFromForm(t *testing.T) {
	for form, want := range map[string]string{
		`{"op":"and","nodes":[{"op":"in","field":"lead.fit","texts":["A","B"]},{"op":"count","kind":"price_view","window":{"n":14,"unit":"days"},"compare":">=","numbers":[2]}]}`: `lead.fit in ["A", "B"] && count("price_view", days(14)) >= 2`,
		`{"op":"and","nodes":[{"op":"and","nodes":[{"op":"true"},{"op":"false"}]},{"op":"is","field":"lead.customer"}]}`:                                                          `true && false && lead.customer`,
		`{"op":"or","nodes":[{"op":"is","field":"lead.customer"}]}`:                                                                                                               `lead.customer`,
		`{"op":"not","nodes":[{"op":"not","nodes":[{"op":"is","field":"lead.customer"}]}]}`:                                                                                       `lead.customer`,
		`{"op":"==","field":"lead.email","texts":["\" || true || \"\\"]}`:                                                                                                         `lead.email == "\" || true || \"\\"`,
		`{"op":"followed","kind":"a","later":"b","within":{"n":1,"unit":"days"},"window":{"n":2,"unit":"weeks"}}`:                                                                 `followed("a", "b", days(1), weeks(2))`,
		`{"op":"number","field":"event.amount","compare":"<","numbers":[-0.5]}`:                                                                                                   `event.number("amount") < -0.5`,
		`{"op":"==","field":"event.page title","texts":[""]}`:                                                                                                                     `event["page title"] == ""`,
		`{"op":"<=","field":"lead.engagement","numbers":[1e9]}`:                                                                                                                   `lead.engagement <= 1000000000`,
	} {
		var n Node
		if err := json.Unmarshal([]byte(form), &n); err != nil {
			t.Fatal(err)
		}
		r, err := FromForm(testSchema.WithEvent(), &n)
		if err != nil {
			t.Errorf("%s: %v", form, err)
		} else if r.Source() != want {
			t.Errorf("%s\n got %s\nwant %s", form, r.Source(), want)
		}
	}
}

// TestFromFormErrors: a broken form is refused with the part that is broken.
func TestFromFormErrors(t *testing.T) {
	within := func(n *Node) *Node {
		return &Node{Op: "or", Nodes: []*Node{{Op: "true"}, {Op: "not", Nodes: []*Node{n}}}}
	}
	for _, test := range []struct {
		node *Node
		key  string
	}{
		{nil, "rule.form_op"},
		{&Node{}, "rule.form_op"},
		{&Node{Op: "true || lead.customer"}, "rule.form_op"},
		{&Node{Op: "and"}, "rule.form_empty"},
		{&Node{Op: "not"}, "rule.form_not"},
		{&Node{Op: "is", Field: "lead.customer || true"}, "rule.form_field"},
		{&Node{Op: "is", Field: "lead.fit"}, "rule.no_condition"},
		{&Node{Op: "==", Field: "lead.fit"}, "rule.form_value"},
		{&Node{Op: "==", Field: "lead.fit", Texts: []string{"A", "B"}}, "rule.form_value"},
		{&Node{Op: "==", Field: "lead.fit", Texts: []string{"E"}}, "rule.value"},
		{&Node{Op: "==", Field: "lead.email", Texts: []string{"\xff"}}, "rule.form_text"},
		{&Node{Op: "==", Field: "lead.email", Texts: []string{"\x00"}}, "rule.encoding"},
		{&Node{Op: "in", Field: "lead.fit"}, "rule.empty_list"},
		{&Node{Op: "in", Field: "lead.rank", Numbers: []float64{1.5}}, "rule.want_whole"},
		{&Node{Op: ">", Field: "lead.rank", Numbers: []float64{math.NaN()}}, "rule.form_value"},
		{&Node{Op: ">", Field: "lead.engagement", Numbers: []float64{math.Inf(1)}}, "rule.form_value"},
		{&Node{Op: "within", Field: "lead.planned_at"}, "rule.form_value"},
		{&Node{Op: "within", Field: "lead.planned_at", Window: &Span{1, "years"}}, "rule.form_op"},
		{&Node{Op: "active", Window: &Span{0, "days"}}, "rule.span"},
		{&Node{Op: "did"}, "rule.kind"},
		{&Node{Op: "count", Kind: "a", Compare: "=", Numbers: []float64{1}}, "rule.form_op"},
		{&Node{Op: "number", Field: "lead.rank", Compare: "<", Numbers: []float64{1}}, "rule.form_field"},
	} {
		_, err := FromForm(testSchema, within(test.node))
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != test.key || e.Path != "nodes[1].nodes[0]" || e.Kind != fault.Invalid {
			t.Errorf("%+v: %v, want %s", test.node, err, test.key)
			continue
		}
		checkWords(t, e)
	}
}

func TestFromFormLimits(t *testing.T) {
	deep := &Node{Op: "is", Field: "lead.customer"}
	for range 100_000 {
		deep = &Node{Op: "and", Nodes: []*Node{deep, {Op: "true"}}}
	}
	wide := &Node{Op: "or"}
	for range 100_000 {
		wide.Nodes = append(wide.Nodes, &Node{Op: "true"})
	}
	long := &Node{Op: "==", Field: "lead.email", Texts: []string{strings.Repeat("a", 1_000_000)}}
	for name, test := range map[string]struct {
		node *Node
		key  string
	}{"deep": {deep, "rule.form_large"}, "wide": {wide, "rule.form_large"}, "long": {long, "rule.too_long"}} {
		_, err := FromForm(testSchema, test.node)
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != test.key {
			t.Errorf("%s: %v, want %s", name, err, test.key)
			continue
		}
		checkWords(t, e)
	}
}

// The deepest form that is a rule is one, whatever it nests.
func TestFromFormAtTheLimit(t *testing.T) {
	n := &Node{Op: "is", Field: "lead.customer"}
	for i := range maxDepth {
		switch i % 3 {
		case 0:
			n = &Node{Op: "and", Nodes: []*Node{n, {Op: "true"}}}
		case 1:
			n = &Node{Op: "or", Nodes: []*Node{n, {Op: "true"}}}
		default:
			n = &Node{Op: "not", Nodes: []*Node{n}}
		}
	}
	if _, err := FromForm(testSchema, n); err != nil {
		t.Error(err)
	}
}
