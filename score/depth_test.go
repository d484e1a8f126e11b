package score

import (
	"errors"
	"strings"
	"testing"

	"kizashi/fault"
)

// Nesting is refused before it is parsed: eighty thousand brackets took the parser 9.8 GB.
func TestDeepModelsAreRefusedBeforeParsing(t *testing.T) {
	for name, source := range map[string]string{
		"brackets": strings.Repeat("[", 80_000) + strings.Repeat("]", 80_000),
		"braces":   strings.Repeat("{a: ", 30_000),
		"dashes":   strings.Repeat("- ", 100_000) + "a",
		"keys":     strings.Repeat("? ", 100_000) + "a",
		"anchors":  strings.Repeat("&a ", 50_000),
		"tags":     strings.Repeat("!a ", 50_000),
		"aliases":  "a: &a [x]\nb: [" + strings.Repeat("*a, ", 50_000) + "x]",
		"columns":  nested(60),
	} {
		_, err := ParsePack(source)
		var known *fault.Error
		if !errors.As(err, &known) || known.Key != "score.too_deep" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParsePack(DefaultPack()); err != nil {
		t.Error(err)
	}
}

func nested(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// Whatever somebody pastes as a model is read or refused in words.
func FuzzParsePack(f *testing.F) {
	f.Add(DefaultPack())
	f.Add("[[[[")
	f.Add("a: &a [*a]")
	f.Add("scoring:\n - {on: x, points: 1")
	f.Fuzz(func(t *testing.T, source string) {
		p, err := ParsePack(source)
		var known *fault.Error
		if err != nil && !errors.As(err, &known) || err == nil && p == nil {
			t.Errorf("%v %v", p, err)
		}
	})
}
