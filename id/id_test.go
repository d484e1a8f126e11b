package id

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestTextRoundTripAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := ID(rapid.Int64Range(1, 1<<62).Draw(t, "a"))
		b := ID(rapid.Int64Range(1, 1<<62).Draw(t, "b"))
		if back, err := Parse(a.String()); err != nil || back != a {
			t.Fatal(back, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s sort otherwise than their numbers", a, b)
		}
	})
}

func TestMakerNeverRepeatsOrGoesBack(t *testing.T) {
	m, last := NewMaker(7), ID(0)
	now := int64(1_790_000_000_000)
	for i := range 20_000 {
		next := m.Next(now - int64(i%3)) // a clock that goes back
		if next <= last {
			t.Fatalf("%s after %s", next, last)
		}
		last = next
	}
	if d := last.Time() - now; d < 0 || d > 10 {
		t.Errorf("the time of the id is %d ms off", d)
	}
}

func TestZeroInJSON(t *testing.T) {
	var back struct{ A, B ID }
	raw, err := json.Marshal(struct{ A, B ID }{0, 5})
	if err == nil {
		err = json.Unmarshal(raw, &back)
	}
	if err != nil || back.A != 0 || back.B != 5 {
		t.Fatal(string(raw), back, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "x", "0000000000000", "zzzzzzzzzzzzz", "00000000000u1", "あ"} {
		if v, err := Parse(s); err == nil {
			t.Errorf("%q became %d", s, v)
		}
	}
}
