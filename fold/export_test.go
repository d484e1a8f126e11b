package fold

import (
	"strconv"
	"testing"

	"kizashi/rule"
)

// BreakRules makes the gate to MQL, the Today rule and every segment fail; the function it returns mends them.
func (e *Engine) BreakRules() (mend func()) {
	r := e.rules.Load()
	gate, today := r.Model.Gates[0].Rule, r.Model.Today
	r.Model.Gates[0].Rule, r.Model.Today = brokenRule(), brokenRule()
	segments := make([]*rule.Rule, len(r.Segments))
	for i := range r.Segments {
		segments[i], r.Segments[i].Rule = r.Segments[i].Rule, brokenRule()
	}
	return func() {
		r.Model.Gates[0].Rule, r.Model.Today = gate, today
		for i := range segments {
			r.Segments[i].Rule = segments[i]
		}
	}
}

// brokenRule asks for a field that leads do not have.
func brokenRule() *rule.Rule {
	fields := make([]rule.Field, 100)
	for i := range fields {
		fields[i] = rule.Field{Name: "lead.x" + strconv.Itoa(i), Type: rule.Text, JA: "x", EN: "x"}
	}
	r, err := rule.Parse(rule.NewSchema(fields), `lead.x99 == "a"`)
	if err != nil {
		panic(err)
	}
	return r
}

// Shorten makes a few events a long history, until the test ends: a checkpoint after every n of them, replays of at
// most twice as many in a transaction, as many lines of a score, and trials of at most ten times as many.
func Shorten(t testing.TB, n int64) {
	every, longest, due, lines, tried := checkpointEvery, maxReplay, dueReplay, maxLines, maxTried
	t.Cleanup(func() {
		checkpointEvery, maxReplay, dueReplay, maxLines, maxTried = every, longest, due, lines, tried
	})
	checkpointEvery, maxReplay, dueReplay, maxLines, maxTried = n, int(2*n), int(n), int(2*n), int(10*n)
}
