package score

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Write gives a pack as YAML, one line a rule, in the order and with the explanations of the pack that
// Kizashi starts with. ParsePack reads it back to the same pack; comments of its author are not in a Pack
// and do not come back.
func Write(p *Pack) string {
	w := &packWriter{}
	w.line("# A scoring pack. Publishing a version folds every lead again by it.")
	w.line("#   on      the kind of event that is counted")
	w.line("#   points  added to the group's engagement, which halves every half_life_days")
	w.line("#   group   the group whose cap the points stay under")
	w.line("#   once    hour, day or week: a second event in the same one adds nothing")
	w.line("#   when    a condition on the event itself or on what the lead did before")
	w.line("name: ", w.flow(words(p.Name)...))
	w.line("half_life_days: ", number(p.HalfLifeDays))
	w.line("utc_offset_hours: ", number(p.UTCOffset))
	w.line("cap: ", number(p.Cap))
	w.line("groups: ", w.numbers(p.Groups))
	w.scoring(p.Scoring)
	w.fit(&p.Fit)
	w.line("\n# Asking to be contacted. It makes an MQL at once, and brings a recycled lead back.")
	w.line("hand_raise: [", strings.Join(each(p.HandRaise, quote), ", "), "]")
	w.line("\ntemperature:")
	w.line("  hot: ", quote(p.Temperature.Hot))
	w.line("  warm: ", quote(p.Temperature.Warm))
	w.line("\n# MQL and TQL happen by themselves; SAL and SQL are offered, and a person decides.\ngates:")
	w.line("  mql: ", quote(p.Gates.MQL))
	w.line("  tql: ", quote(p.Gates.TQL))
	w.line("  sal: ", quote(p.Gates.SAL))
	w.line("  sql: ", quote(p.Gates.SQL))
	w.line("\n# Who stands on the Today list, and how heavily each field weighs there, in doublings of engagement.")
	w.line("today: ", quote(p.Today))
	w.line("urgent: ", quote(p.Urgent))
	w.weights(&p.Weights)
	w.reasons(p.Reasons)
	w.playbook(p.Playbook)
	return w.String()
}

type packWriter struct{ strings.Builder }

func (w *packWriter) line(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
	w.WriteByte('\n')
}

// pair is a key with its value as YAML; an empty value is left out.
type pair struct{ key, value string }

func (w *packWriter) flow(pairs ...pair) string {
	var parts []string
	for _, p := range pairs {
		if p.value != "" {
			parts = append(parts, p.key+": "+p.value)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (w *packWriter) numbers(m map[string]float64) string {
	var pairs []pair
	for _, name := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, pair{quote(name), number(m[name])})
	}
	return w.flow(pairs...)
}

func (w *packWriter) scoring(list []Scoring) {
	w.line("\nscoring:", emptyList(len(list)))
	for _, s := range list {
		w.line("  - ", w.flow(append([]pair{{"id", some(s.ID)}, {"on", some(s.On)}, {"group", some(s.Group)},
			{"points", number(s.Points)}, {"once", some(s.Once)}, {"when", some(s.When)}}, words(s.Words)...)...))
	}
}

func (w *packWriter) fit(f *Fit) {
	w.line("\n# Who suits us, by attributes alone. grades: the points from which A, B, C; below them, D.\nfit:")
	w.line("  cap: ", number(f.Cap))
	w.line("  grades: ", w.numbers(f.Grades))
	w.line("  rules:", emptyList(len(f.Rules)))
	for _, r := range f.Rules {
		w.line("    - ", w.flow(append([]pair{{"id", some(r.ID)}, {"when", some(r.When)}, {"points", number(r.Points)}}, words(r.Words)...)...))
	}
}

func (w *packWriter) weights(x *Weights) {
	w.line("weights:")
	w.line("  urgent: ", number(x.Urgent))
	w.line("  temperature: ", w.numbers(x.Temperature))
	w.line("  fit: ", w.numbers(x.Fit))
	w.line("  stage: ", w.numbers(x.Stage))
}

func (w *packWriter) reasons(list []Reason) {
	w.line("\n# Why somebody is on the list: the first that hold are shown. {ago} and {count} are filled in.")
	w.line("reasons:", emptyList(len(list)))
	for _, r := range list {
		window := ""
		if r.WindowDays != 0 {
			window = strconv.Itoa(r.WindowDays)
		}
		w.line("  - ", w.flow(append([]pair{{"on", some(r.On)}, {"when", some(r.When)}, {"window_days", window}}, words(r.Words)...)...))
	}
}

func (w *packWriter) playbook(list []Advice) {
	w.line("\n# How to approach somebody: the first line whose temperature and stage fit.")
	w.line("playbook:", emptyList(len(list)))
	for _, a := range list {
		w.line("  - ", w.flow(append([]pair{{"temperature", some(a.Temperature)}, {"stage", some(a.Stage)}}, words(a.Words)...)...))
	}
}

func emptyList(length int) string {
	if length == 0 {
		return " []"
	}
	return ""
}

func words(w Words) []pair { return []pair{{"ja", some(w.JA)}, {"en", some(w.EN)}} }

// some is a text as YAML; "" is left out.
func some(text string) string {
	if text == "" {
		return ""
	}
	return quote(text)
}

var (
	plain    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	reserved = map[string]bool{"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true}
	oneLine  = regexp.MustCompile(`^[^\p{C}\x{2028}\x{2029}]*$`)
)

// quote writes a text so that YAML reads it as the same text: names plain, lines in single quotes,
// anything else as JSON has it.
func quote(text string) string {
	switch {
	case plain.MatchString(text) && !reserved[strings.ToLower(text)]:
		return text
	case oneLine.MatchString(text):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	raw, _ := json.Marshal(text) // texts only: cannot fail
	return string(raw)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func each[T, R any](list []T, f func(T) R) []R {
	out := make([]R, len(list))
	for i, one := range list {
		out[i] = f(one)
	}
	return out
}
