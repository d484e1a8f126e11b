package score

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kizashi/fault"
	"kizashi/i18n"
)

func read(t testing.TB, source string) *Pack {
	t.Helper()
	p, err := ParsePack(source)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return p
}

// P21: what is written of a pack is read as the same pack, and judges alike.
func TestWrittenPackIsTheSame(t *testing.T) {
	p := read(t, DefaultPack())
	again := read(t, Write(p))
	if diff := cmp.Diff(p, again); diff != "" {
		t.Error(diff)
	}
	if Write(again) != Write(p) {
		t.Error("writing is not stable")
	}
}

// Texts of any characters come back as they were.
func TestWrittenTextsAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"no", "on", "~", "null", "1e3", "'", `"`, "#", "a: b", "- a", " a ", "\n", "日本\n語", "{ago}", "<<", "\u2028", "\x00"}))
		number := rapid.Float64Range(-1000, 1000)
		p := &Pack{
			Name: Words{JA: text.Draw(t, "ja"), EN: text.Draw(t, "en")}, HalfLifeDays: number.Draw(t, "half-life"),
			Groups:    map[string]float64{text.Draw(t, "group"): number.Draw(t, "cap")},
			Scoring:   []Scoring{{ID: text.Draw(t, "id"), On: text.Draw(t, "on"), Points: number.Draw(t, "points"), When: text.Draw(t, "when"), Words: Words{JA: text.Draw(t, "words")}}},
			HandRaise: []string{text.Draw(t, "raise")}, Today: text.Draw(t, "today"),
			Reasons:  []Reason{{When: text.Draw(t, "reason"), WindowDays: rapid.IntRange(0, 99).Draw(t, "window")}},
			Playbook: []Advice{{Stage: text.Draw(t, "stage"), Words: Words{EN: text.Draw(t, "advice")}}},
		}
		source := Write(p)
		again, err := ParsePack(source)
		if err != nil {
			t.Fatalf("%v in\n%s", err, source)
		}
		if diff := cmp.Diff(p, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s in\n%s", diff, source)
		}
	})
}

func compiled(t testing.TB, change func(*Pack)) *Model {
	t.Helper()
	p := read(t, DefaultPack())
	change(p)
	m, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// P21: the difference of two versions, in words.
func TestDifferences(t *testing.T) {
	was := compiled(t, func(*Pack) {})
	now := compiled(t, func(p *Pack) {
		p.Scoring = p.Scoring[1:]
		p.Scoring[0].Points = 90
		p.Scoring[3].Once = "hour"
		p.Scoring = append(p.Scoring, Scoring{ID: "new", On: "booth_chatted", Group: "web", Points: 4, Words: Words{JA: "新", EN: "New"}})
		p.Groups["web"] = 25
		p.Fit.Rules[0].When = "lead.rank >= 6"
		p.Fit.Grades["A"] = 75
		p.Gates.SQL = "lead.need_known"
		p.HandRaise = p.HandRaise[1:]
		p.Playbook = p.Playbook[1:]
		p.Weights.Stage["mql"] = 3
	})
	got := map[string]Difference{}
	for _, d := range Differences(was, now, i18n.English) {
		got[d.Part+"/"+d.What+"/"+d.Name] = d
	}
	for name, values := range map[string][2]string{
		"scoring/removed/Inquiry": {"100", ""}, "scoring/points/Quote request": {"100", "90"},
		"scoring/once/Price page": {"day", "hour"}, "scoring/added/New": {"", "4"},
		"groups/value/web": {"30", "25"}, "grades/value/A": {"70", "75"},
		"fit/when/Division manager or above": {"title rank is 5 (Director) or more", "title rank is 6 (Head of division) or more"},
		"weights/value/stage.mql":            {"1", "3"}, "hand_raise/removed/inquiry": {},
	} {
		if d, ok := got[name]; !ok || d.Was != values[0] || d.Now != values[1] {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := got["rules/value/gates.sql"]; d.NowText != "lead.need_known" || !strings.Contains(d.Was, "budget is known") {
		t.Errorf("gate: %+v", d)
	}
	if len(got) != 11 {
		t.Errorf("%d differences: %v", len(got), got)
	}
	if same := Differences(was, was, i18n.Japanese); len(same) > 0 {
		t.Errorf("a model differs from itself: %v", same)
	}
}

// Numbers that are none, and numbers beyond all use, are refused at their place.
func TestNumbersOfAPack(t *testing.T) {
	for path, change := range map[string]func(*Pack){
		"half_life_days":      func(p *Pack) { p.HalfLifeDays = math.NaN() },
		"cap":                 func(p *Pack) { p.Cap = math.Inf(1) },
		"groups.web":          func(p *Pack) { p.Groups["web"] = math.NaN() },
		"scoring[2].points":   func(p *Pack) { p.Scoring[2].Points = math.NaN() },
		"fit.rules[1].points": func(p *Pack) { p.Fit.Rules[1].Points = 1e9 },
		"fit.grades.B":        func(p *Pack) { p.Fit.Grades["B"] = math.NaN() },
		"weights.fit.A":       func(p *Pack) { p.Weights.Fit["A"] = math.Inf(-1) },
	} {
		p := read(t, DefaultPack())
		change(p)
		_, err := Compile(p)
		if one, ok := err.(*fault.Error); !ok || one.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
}
