package rule

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Random rules and facts live in a small world of few values, so that they meet often, and
// right at the edges of windows.

var (
	someTexts  = []string{"", "製造業", "製造", "業", "A", "a", "A%_", `q"uo\te's`, "𠮷野家", "a\nb", "tanaka@example.co.jp"}
	someTags   = []string{"vip", "VIP", "展示会", "a b"}
	someKinds  = []string{"price_view", "page_view", "inquiry_sent", "never seen"}
	someWholes = []int64{-1, 0, 1, 2, 5, maxWhole}
	somePoints = []float64{0, 0.5, 1, 10, 30.25, 70}
	someSpans  = []span{{1, minutes}, {1, hours}, {3, hours}, {1, days}, {3, days}, {1, weeks}}
)

func pick[T any](t *rapid.T, from []T, label string) T { return rapid.SampledFrom(from).Draw(t, label) }

// randomRule draws the text of a rule, in no canonical form.
func randomRule(t *rapid.T, depth int) string {
	shape := "condition"
	if depth > 0 {
		shape = pick(t, []string{"condition", "and", "or", "not"}, "shape")
	}
	switch shape {
	case "not":
		return "!(" + randomRule(t, depth-1) + ")"
	case "and", "or":
		operator := map[string]string{"and": "&&", "or": " || "}[shape]
		var parts []string
		for range rapid.IntRange(2, 4).Draw(t, "kids") {
			parts = append(parts, "("+randomRule(t, depth-1)+")")
		}
		return strings.Join(parts, operator)
	}
	return randomCondition(t)
}

func randomCondition(t *rapid.T) string {
	all := []string{"==", "!=", "<", "<=", ">", ">="}
	kind := func() string { return quote(pick(t, someKinds, "kind")) }
	window := func() string { return pick(t, someSpans, "span").String() }
	maybe := func() string { return pick(t, []string{"", ", " + window()}, "window") }
	switch rapid.IntRange(0, 15).Draw(t, "condition") {
	case 0:
		return pick(t, []string{"true", "false", "lead.customer", "lead.customer != true"}, "simple")
	case 1:
		return "lead.fit in " + list(someOf(t, []string{"A", "B", "C", "D"}), quote)
	case 2:
		return "company.industry in " + list(someOf(t, someTexts), quote)
	case 3:
		return pick(t, []string{"lead.email", "company.industry"}, "text") + pick(t, all[:2], "op") + quote(pick(t, someTexts, "value"))
	case 4:
		method := pick(t, []string{"contains", "startsWith", "endsWith"}, "method")
		return fmt.Sprintf("lead.email.%s(%s)", method, quote(pick(t, someTexts[1:], "value")))
	case 5:
		return pick(t, []string{"lead.rank", "company.employees"}, "number") + pick(t, all, "op") + whole(pick(t, someWholes, "value"))
	case 6:
		return "company.employees in " + list(someOf(t, someWholes), whole)
	case 7:
		return "lead.engagement " + pick(t, all[2:], "op") + number(pick(t, somePoints, "points"))
	case 8:
		return quote(pick(t, someTags, "tag")) + " in lead.tags"
	case 9:
		return pick(t, []string{"within", "ahead"}, "when") + "(lead.planned_at, " + window() + ")"
	case 10:
		return pick(t, []string{"past(lead.planned_at)", "known(lead.planned_at)", "known(lead.email)", "known(company.employees)"}, "known")
	case 11, 12:
		return fmt.Sprintf("count(%s%s) %s %d", kind(), maybe(), pick(t, all, "op"), rapid.IntRange(0, 4).Draw(t, "n"))
	case 13:
		return "did(" + kind() + maybe() + ")"
	case 14:
		two := rapid.Permutation(someKinds).Draw(t, "kinds")
		return fmt.Sprintf("followed(%q, %q, %s, %s)", two[0], two[1], window(), window())
	default:
		return pick(t, []string{"active", "silent"}, "any") + "(" + window() + ")"
	}
}

func someOf[T any](t *rapid.T, from []T) []T {
	return rapid.SliceOfN(rapid.SampledFrom(from), 1, 4).Draw(t, "list")
}

// randomMoment is a span away from now, or a millisecond beside that.
func randomMoment(t *rapid.T) int64 {
	at := now + rapid.Int64Range(-1, 1).Draw(t, "ms")
	return at - pick(t, someSpans, "ago").ms()*rapid.Int64Range(-1, 2).Draw(t, "times")
}

// randomFacts may know of moments ahead of now: a clock of another machine may be fast.
func randomFacts(t *rapid.T) *Facts {
	f := &Facts{Now: now, HalfLife: float64(rapid.Int64Range(1, 30).Draw(t, "half-life") * day)}
	for _, def := range testFields {
		text := pick(t, someTexts, "text")
		if def.Values != nil {
			text = pick(t, def.Values, "value")
		}
		at := pick(t, someWholes, "int")
		if def.Type == Time && at != 0 {
			at = randomMoment(t)
		}
		f.Text, f.Int = append(f.Text, text), append(f.Int, at)
	}
	for _, kind := range someKinds[:3] {
		times := rapid.SliceOfN(rapid.Custom(randomMoment), 0, 6).Draw(t, kind)
		slices.Sort(times)
		f.Seen = append(f.Seen, Seen{kind, times})
	}
	f.LastAt = rapid.OneOf(rapid.Just(int64(0)), rapid.Custom(randomMoment)).Draw(t, "last")
	if rapid.Bool().Draw(t, "engaged") {
		f.CoolsAt = cooling(randomMoment(t), f.HalfLife, pick(t, somePoints[1:], "points"))
	}
	f.Tags = rapid.SliceOfN(rapid.SampledFrom(someTags), 0, 2).Draw(t, "tags")
	return f
}

// cooling is the CoolsAt of a lead that has these points at a moment.
func cooling(at int64, halfLife, points float64) float64 {
	return (&pointsTest{log: math.Log2(points)}).moment(at, halfLife)
}
