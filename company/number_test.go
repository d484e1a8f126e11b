package company

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"kizashi/fault"
)

func TestValidNumber(t *testing.T) {
	for _, n := range []string{"7000012050002", "1180301018771", "4011001098993", "2120901007402", "7123456789012"} {
		if !ValidNumber(n) {
			t.Errorf("%s is a number of the register", n)
		}
	}
	for _, n := range []string{"", "700001205000", "70000120500022", "8000012050002", "7000012050003", "0000000000000", "700001205000a", "７０００012050002", "1180301018717"} {
		if ValidNumber(n) {
			t.Errorf("%q passes", n)
		}
	}
}

// One mistyped digit is noticed, but for 0 and 9 in each other's place.
func TestValidNumberNoticesOneDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := []byte(rapid.SampledFrom([]string{"7000012050002", "1180301018771", "4011001098993"}).Draw(t, "number"))
		i := rapid.IntRange(0, 12).Draw(t, "place")
		was, is := number[i], byte(rapid.IntRange('0', '9').Draw(t, "digit"))
		number[i] = is
		noticed := was != is && !(was == '0' && is == '9' || was == '9' && is == '0')
		if i == 0 {
			noticed = was != is
		}
		if ValidNumber(string(number)) == noticed {
			t.Fatalf("%s: noticed is %v", number, !noticed)
		}
	})
}

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]string{
		"":                "",
		"  ":              "",
		"7000012050002":   "7000012050002",
		" 7000012050002 ": "7000012050002",
		"７００００１２０５０００２":     "7000012050002",
		"7-0000-1205-0002":  "7000012050002",
		"7 0000 1205 0002":  "7000012050002",
		"7−0000−1205−0002":  "7000012050002",
		"T7000012050002":    "7000012050002",
		"t7-0000-1205-0002": "7000012050002",
	} {
		if got, err := ParseNumber(s); err != nil || got != want {
			t.Errorf("ParseNumber(%q) = %q, %v; want %q", s, got, err, want)
		}
	}
	for s, key := range map[string]string{
		"7000012050003": "company.number.check",
		"7.00001E+12":   "company.number.digits",
		"12345":         "company.number.digits",
		"不明":            "company.number.digits",
		"TT00012050002": "company.number.digits",
	} {
		_, err := ParseNumber(s)
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != key || f.Kind != fault.Invalid {
			t.Errorf("ParseNumber(%q): %v, want %s", s, err, key)
		}
	}
}
