package stage

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/i18n"
)

func TestTheWayIsOrdered(t *testing.T) { // S16
	for i, s := range []string{Lead, MQL, TQL, SAL, SQL, Won} {
		if Order(s) != i {
			t.Errorf("%s stands at %d", s, Order(s))
		}
	}
	if Order("customer") != -1 || Open("customer") || Open(Recycled) || Open(Won) || !Open(SQL) || !Open(Lead) {
		t.Error("open and order disagree")
	}
}

func TestEachStageHasItsDepartment(t *testing.T) { // S01 S02 S06 S09 S12 S18
	for s, want := range map[string]act.Role{Lead: act.Marketing, MQL: act.Marketing, TQL: act.Inside, SAL: act.Field,
		SQL: act.Field, Won: act.Field, Lost: act.Marketing, Recycled: act.Marketing, Disqualified: ""} {
		if got := Department(s); got != want {
			t.Errorf("%s belongs to %s", s, got)
		}
	}
}

func TestWhenAReasonIsNeeded(t *testing.T) { // S07 S13 S16
	free := map[[2]string]bool{
		{Lead, MQL}: true, {MQL, TQL}: true, {TQL, SAL}: true, {SAL, SQL}: true, {SQL, Won}: true,
		{Recycled, Lead}: true, {Recycled, MQL}: true, {Lost, Lead}: true, {Lost, MQL}: true,
	}
	for _, from := range Stages {
		for _, to := range Stages {
			if from != to && needsReason(from, to) == free[[2]string{from, to}] {
				t.Errorf("%s → %s: a reason is needed: %v", from, to, needsReason(from, to))
			}
		}
	}
}

func TestRolesReachTheirStages(t *testing.T) { // S18
	may := func(role act.Role, from, to string) bool {
		w := act.Who{Role: role}
		return mayLeave(w, from) && mayReach(w, to)
	}
	for _, c := range []struct {
		role     act.Role
		from, to string
		want     bool
	}{
		{act.Marketing, MQL, TQL, true}, {act.Marketing, TQL, SAL, false}, {act.Marketing, SQL, MQL, false},
		{act.Marketing, Lost, Lead, true}, {act.Marketing, SAL, Recycled, false},
		{act.Inside, TQL, SAL, true}, {act.Inside, SAL, TQL, true}, {act.Inside, SAL, SQL, false}, {act.Inside, SQL, TQL, false},
		{act.Field, SAL, SQL, true}, {act.Field, Lead, SQL, true}, {act.Field, SQL, Lost, true},
		{act.Admin, Won, Lead, true}, {act.System, Lead, SAL, true},
		{act.Viewer, Lead, MQL, false}, {act.Track, Lead, MQL, false}, {"", Lead, MQL, false},
	} {
		if got := may(c.role, c.from, c.to); got != c.want {
			t.Errorf("%s, %s → %s: %v", c.role, c.from, c.to, got)
		}
	}
}

func TestWakeTimes(t *testing.T) { // X05
	now := int64(1_800_000_000_000)
	day := func(n int64) int64 { return now + n*clock.Day }
	for _, c := range []struct {
		code        string
		until, want int64
	}{
		{"unreachable", 0, day(30)}, {"no_need", 0, day(180)}, {"no_need", day(10), day(10)}, {"bad_data", 0, 0},
		{"timing", day(200), day(110)}, {"timing", day(50), day(1)}, {"competitor_chosen", day(365), day(245)},
		{"no_budget", 0, day(180)}, {"no_budget", day(60), day(60)},
	} {
		r, err := findReason(c.code, Recycled)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Wake(now, c.until); got != c.want {
			t.Errorf("%s until %d: %d, want %d", c.code, c.until, got, c.want)
		}
	}
}

// However a lead is recycled, it never wakes before tomorrow, nor after the date that was given.
func TestWakeIsAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(Reasons).Draw(t, "reason")
		now := rapid.Int64Range(1, 4e12).Draw(t, "now")
		until := now + rapid.Int64Range(1, 5000*clock.Day).Draw(t, "ahead")
		w := r.Wake(now, until)
		if w < now+clock.Day || w > max(until, now+clock.Day) {
			t.Fatalf("%+v wakes at %d", r, w)
		}
	})
}

func TestEveryListHasWords(t *testing.T) { // L09
	var keys []string
	for _, s := range Stages {
		keys = append(keys, NameKey(s))
	}
	for _, r := range Reasons {
		keys = append(keys, r.Key(), r.ActionKey())
	}
	for _, i := range Items {
		keys = append(keys, i.Key())
	}
	for _, key := range keys {
		if !i18n.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
	if slices.Sort(keys); len(slices.Compact(keys)) != len(Stages)+2*len(Reasons)+len(Items) {
		t.Error("a name stands twice")
	}
}

// S16: whoever is asked for a reason is offered those that the move takes, and no other.
func TestReasonsForAMoveAreThoseItTakes(t *testing.T) {
	for _, to := range []string{Recycled, Disqualified, TQL} {
		offered := map[string]bool{}
		for _, r := range ReasonsFor(to) {
			offered[r.Code] = true
		}
		for _, r := range Reasons {
			if _, err := findReason(r.Code, to); (err == nil) != offered[r.Code] {
				t.Errorf("%s to %s: offered %v", r.Code, to, offered[r.Code])
			}
		}
		if first := ReasonsFor(to)[0]; first.To != to {
			t.Errorf("the first reason for %s leads to %s", to, first.To)
		}
	}
}
