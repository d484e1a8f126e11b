package rule

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The canonical text reads back as the same rule, and is its own canonical text.
func TestSourceReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, err := Parse(testSchema, randomRule(t, 3))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(testSchema, first.Source())
		if err != nil {
			t.Fatalf("%s: %v", first.Source(), err)
		}
		if again.Source() != first.Source() {
			t.Fatalf("canonical text changes\nfrom %s\nto   %s", first.Source(), again.Source())
		}
		if diff := cmp.Diff(first.Form(), again.Form()); diff != "" {
			t.Fatal(diff)
		}
		if f := randomFacts(t); first.Eval(f) != again.Eval(f) {
			t.Fatalf("%s: canonical text means something else", first.Source())
		}
	})
}

// The form of the builder goes through JSON and comes back as the same rule.
func TestFormReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := Parse(testSchema, randomRule(t, 3))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(r.Form())
		if err != nil {
			t.Fatal(err)
		}
		var form Node
		if err := json.Unmarshal(raw, &form); err != nil {
			t.Fatal(err)
		}
		again, err := FromForm(testSchema, &form)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if again.Source() != r.Source() {
			t.Fatalf("form changes the rule\nfrom %s\nto   %s", r.Source(), again.Source())
		}
		if diff := cmp.Diff(r.Form(), again.Form()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Between now and Next the answer stands, and stepping from Next to Next sees every change.
// X02
func TestNextSeesEveryChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := Parse(testSchema, randomRule(t, 2))
		if err != nil {
			t.Fatal(err)
		}
		f := randomFacts(t)
		next, answer := r.Next(f), r.Eval(f)
		for _, at := range edges(f) {
			for next <= at {
				step := *f
				step.Now = next
				answer = r.Eval(&step)
				if next = r.Next(&step); next <= step.Now {
					t.Fatalf("%s: Next at %d is %d, not later", r.Source(), step.Now, next)
				}
			}
			then := *f
			then.Now = at
			if got := r.Eval(&then); got != answer {
				t.Fatalf("%s: %v at now%+d, but nothing was foreseen between the last step and now%+d",
					r.Source(), got, at-now, next-now)
			}
		}
	})
}

// edges are all moments after now around which an answer about f can change, ascending.
func edges(f *Facts) (all []int64) {
	moments := append([]int64{f.LastAt}, f.Int...)
	for _, seen := range f.Seen {
		moments = append(moments, seen.Times...)
	}
	for _, points := range somePoints[1:] {
		moments = append(moments, int64(f.CoolsAt-cooling(0, f.HalfLife, points)))
	}
	for _, at := range moments {
		for _, s := range append(someSpans, span{}) {
			for ms := int64(-2); ms <= 2; ms++ {
				all = append(all, at-s.ms()+ms, at+s.ms()+ms)
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(at int64) bool { return at <= f.Now || at > now+1000*day })
}

// A sentence is never empty and never shows a placeholder or a key.
func TestSentenceIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := Parse(testSchema, randomRule(t, 2))
		if err != nil {
			t.Fatal(err)
		}
		checkSentence(t, r)
	})
}
