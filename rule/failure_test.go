package rule

import "testing"

// A rule that fails does not hold, never changes by time, is noted, and stops no other.
func TestRuleThatFailsIsNoted(t *testing.T) {
	broken, facts := &Rule{}, &Facts{}
	if broken.Eval(facts) || broken.Next(facts) != Never {
		t.Error("a rule that fails holds or changes")
	}
	if len(facts.Failed) != 2 || facts.Failed[0].Rule != broken || facts.Failed[1].Rule != broken || facts.Failed[0].Cause == nil {
		t.Errorf("noted: %v", facts.Failed)
	}
}
