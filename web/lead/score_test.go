package lead

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"kizashi/clock"
	"kizashi/fold"
	"kizashi/score"
)

// X01: the lines shown add up to exactly the total shown, and none is further off than a tenth.
func TestTenthsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exact := rapid.SliceOf(rapid.Float64Range(-50, 100)).Draw(t, "points")
		rounded, total := tenths(exact)
		sum, tenthsSum := 0.0, 0
		for i, v := range rounded {
			sum += exact[i]
			tenthsSum += int(math.Round(10 * v))
			if math.Abs(v-exact[i]) > 0.1+1e-9 {
				t.Errorf("%v became %v", exact[i], v)
			}
		}
		if tenthsSum != int(math.Round(10*total)) || math.Abs(total-sum) > 0.05+1e-9 {
			t.Errorf("%v add up to %v tenths, the total is %v of %v", rounded, tenthsSum, total, sum)
		}
	})
}

// L18: the curve goes through the score of every moment, and fades by half in a half-life.
func TestCurveIsTheScore(t *testing.T) {
	now, half := int64(1_700_000_000_000), float64(30*clock.Day)
	lines := []score.Line{{At: now - 200*clock.Day, Points: 64}, {At: now - 30*clock.Day, Points: 40}, {At: now - clock.Day, Points: -5}}
	at := func(t int64) (sum float64) {
		for _, l := range lines {
			if l.At <= t {
				sum += l.Points * math.Exp2(-float64(t-l.At)/half)
			}
		}
		return sum
	}
	for _, p := range course(lines, half, now-shownPast, now+shownAhead, now) {
		if want := at(p.at); math.Abs(p.points-want) > 1e-6 && math.Abs(p.points-at(p.at-1)) > 1e-3 {
			t.Errorf("%d days from now: %v, wanted %v", (p.at-now)/clock.Day, p.points, want)
		}
	}
	c := draw(nil, lines, half, now)
	if math.Abs(c.Value-at(now)) > 1e-6 || math.Abs(c.Then-at(now+shownAhead)) > 1e-6 || len(c.Dots) != 1 || c.Empty {
		t.Errorf("%+v", c)
	}
	if empty := draw(nil, nil, half, now); !empty.Empty || empty.Value != 0 {
		t.Errorf("nobody's curve: %+v", empty)
	}
	past := []fold.Moment{{At: now - 60*clock.Day, Points: at(now - 60*clock.Day)}, {At: now - 30*clock.Day, Points: at(now - 30*clock.Day)}}
	if later := draw(past, lines[2:], half, now); math.Abs(later.Value-c.Value) > 1e-6 || math.Abs(later.Peak-c.Peak) > 1e-6 {
		t.Errorf("from known moments: %+v", later)
	}
}
