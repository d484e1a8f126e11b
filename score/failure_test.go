package score

import (
	"slices"
	"testing"

	"kizashi/id"
	"kizashi/rule"
)

// X01: a scoring rule that fails is noted by its place and adds nothing; the others count.
func TestScoringRuleThatFailsIsNoted(t *testing.T) {
	m := defaultModel(t)
	sound := m.NewState()
	visit := Event{ID: 1, Kind: "page_view", Tag: "price_view", At: t0}
	m.Apply(sound, &visit, nil)
	at := m.byKind["price_view"][0]
	m.scoring[at].when = &rule.Rule{}
	s := m.NewState()
	failed := m.Apply(s, &visit, nil)
	if want := []string{"scoring." + m.scoring[at].ID}; len(failed) != 1 || !slices.Equal(s.Errors, want) {
		t.Fatalf("noted %v, wanted %v", s.Errors, want)
	}
	if got := m.total(s, t0); got >= m.total(sound, t0) {
		t.Errorf("%v points in spite of the failure", got)
	}
	s.Fail("gates.mql")
	s.Fail(SegmentPlace(1))
	s.Forgive(func(id.ID) bool { return true })
	if want := []string{"scoring." + m.scoring[at].ID, SegmentPlace(1)}; !slices.Equal(s.Errors, want) {
		t.Errorf("left %v, wanted %v", s.Errors, want)
	}
}

func TestPlacesNameTheRules(t *testing.T) {
	m := defaultModel(t)
	for _, c := range []struct {
		rule *rule.Rule
		want string
	}{
		{m.Gates[0].Rule, "gates.mql"}, {m.Temperature.Hot, "temperature.hot"}, {m.Temperature.Warm, "temperature.warm"},
		{m.Today, "today"}, {m.Urgent, "urgent"}, {m.fit[0], "fit." + m.Pack.Fit.Rules[0].ID}, {&rule.Rule{}, ""},
	} {
		if got := m.Place(c.rule); got != c.want {
			t.Errorf("got %q, wanted %q", got, c.want)
		}
	}
}
