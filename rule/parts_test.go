package rule

import (
	"testing"

	"pgregory.net/rapid"
)

// The parts of a rule, joined again, say what the rule says. P23
func TestPartsMakeTheRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := Parse(testSchema, randomRule(t, 3))
		if err != nil {
			t.Fatal(err)
		}
		parts, any := r.Parts()
		if parts == nil {
			return
		}
		f, joined := randomFacts(t), !any
		for _, p := range parts {
			if p.Eval(f) == any {
				joined = any
			}
		}
		if joined != r.Eval(f) {
			t.Errorf("%s: its parts say %v", r.Source(), joined)
		}
	})
}

func TestASingleConditionHasNoParts(t *testing.T) {
	if parts, _ := mustParse(t, `!(lead.fit == "A")`).Parts(); parts != nil {
		t.Errorf("a single condition has %d parts", len(parts))
	}
}
