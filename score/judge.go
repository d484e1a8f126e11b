package score

import (
	"fmt"
	"math"
	"strings"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/rule"
)

// Verdict is what a model says of a lead at a moment.
type Verdict struct {
	Temperature string // hot, warm, cold
	Fit         string // A, B, C, D
	FitPoints   int
	Next        int64 // the next moment at which one of the two may change by time alone
}

// Judge sets fit and temperature in the facts, in this order, since temperature may ask the fit.
func (m *Model) Judge(f *rule.Facts) Verdict {
	v := Verdict{Next: rule.Never}
	v.FitPoints = m.fitPoints(f, &v.Next, nil)
	v.Fit = m.grade(float64(v.FitPoints))
	f.Text[fieldFit] = v.Fit
	v.Temperature = "cold"
	v.Next = min(v.Next, m.Temperature.Hot.Next(f))
	if m.Temperature.Hot.Eval(f) {
		v.Temperature = "hot"
	} else {
		v.Next = min(v.Next, m.Temperature.Warm.Next(f))
		if m.Temperature.Warm.Eval(f) {
			v.Temperature = "warm"
		}
	}
	f.Text[fieldTemperature] = v.Temperature
	return v
}

// FitLine is one rule of the fit that holds.
type FitLine struct {
	Rule   string
	Words  Words
	Points float64
}

// FitLines are the rules of the fit that hold; their sum, kept between 0 and the cap, is the fit.
func (m *Model) FitLines(f *rule.Facts) []FitLine {
	var lines []FitLine
	next := rule.Never
	m.fitPoints(f, &next, func(l FitLine) { lines = append(lines, l) })
	return lines
}

func (m *Model) fitPoints(f *rule.Facts, next *int64, explain func(FitLine)) int {
	sum := 0.0
	for i, r := range m.fit {
		*next = min(*next, r.Next(f))
		if !r.Eval(f) {
			continue
		}
		one := m.Pack.Fit.Rules[i]
		sum += one.Points
		if explain != nil {
			explain(FitLine{one.ID, one.Words, one.Points})
		}
	}
	return int(math.Round(min(max(sum, 0), m.Pack.Fit.Cap)))
}

func (m *Model) grade(points float64) string {
	for _, g := range [...]string{"A", "B", "C"} {
		if from, ok := m.Pack.Fit.Grades[g]; ok && points >= from {
			return g
		}
	}
	return "D"
}

// SetStage puts the stage into the facts.
func SetStage(f *rule.Facts, stage string, at int64) {
	f.Text[fieldStage], f.Int[fieldStageAt] = stage, at
}

// Excluded tells why a lead is kept out of gates and lists ("" if it is not).
func Excluded(f *rule.Facts) string { return f.Text[fieldExcluded] }

// WakeAt is when a recycled lead is to come back, ms UTC; 0: no date.
func WakeAt(f *rule.Facts) int64 { return f.Int[fieldWakeAt] }

// Priority orders the Today list: a moment like CoolsAt, moved by the half-lives that temperature,
// fit and stage weigh. A lead without engagement counts as one point at its creation.
func (m *Model) Priority(f *rule.Facts, v Verdict, stage string, createdAt int64) float64 {
	base := max(f.CoolsAt, float64(createdAt))
	w := m.Pack.Weights
	doublings := w.Temperature[v.Temperature] + w.Fit[v.Fit] + w.Stage[stage]
	if m.Urgent.Eval(f) {
		doublings += w.Urgent
	}
	if f.Int[fieldFlood] != 0 {
		base -= FloodBehind
	}
	return base + m.HalfLife*doublings
}

// FloodBehind puts people who came in a flood behind everybody else, ms: a century.
const FloodBehind = 36525 * 24 * 60 * 60 * 1000

// Flooded tells that a lead came in a flood of people for whom nobody vouches.
func Flooded(s *State) bool { return len(s.Attrs.Int) > fieldFlood && s.Attrs.Int[fieldFlood] != 0 }

// Promised is what moves a lead with whom something is agreed on the Today list: it stands there as if
// it were hot.
func (m *Model) Promised(temperature string) float64 {
	w := m.Pack.Weights.Temperature
	return m.HalfLife * max(w["hot"]-w[temperature], 0)
}

// maxReasons is how many reasons the list shows for one lead.
const maxReasons = 3

// Why says in words why a lead is on the list, the strongest reason first. A kind speaks once.
func (m *Model) Why(f *rule.Facts, lang i18n.Lang) []string {
	var why []string
	spoken := map[string]bool{}
	for _, r := range m.Reasons {
		if len(why) == maxReasons {
			break
		}
		if r.On != "" && spoken[r.On] || r.On == "" && spoken["attribute"] || !r.when.Eval(f) {
			continue
		}
		if r.On == "" {
			spoken["attribute"] = true
		}
		spoken[r.On] = true
		why = append(why, i18n.Fill(r.In(lang), m.reasonArgs(f, &r, lang)))
	}
	return why
}

func (m *Model) reasonArgs(f *rule.Facts, r *compiledReason, lang i18n.Lang) fault.Args {
	args := fault.Args{"title": f.Text[fieldTitle], "fit": f.Text[fieldFit]}
	for _, seen := range f.Seen {
		if seen.Kind != r.On || len(seen.Times) == 0 {
			continue
		}
		args["ago"] = Ago(lang, f.Now-seen.Times[len(seen.Times)-1])
		count := 0
		for _, t := range seen.Times {
			if r.WindowDays == 0 || t > f.Now-int64(r.WindowDays)*clock.Day {
				count++
			}
		}
		args["count"] = count
	}
	return args
}

// Ago says how long ago something was: minutes, hours, then days.
func Ago(lang i18n.Lang, ms int64) string {
	switch {
	case ms < clock.Minute:
		return i18n.T(lang, "score.ago.now", nil)
	case ms < clock.Hour:
		return i18n.T(lang, "score.ago.minutes", fault.Args{"n": ms / clock.Minute})
	case ms < clock.Day:
		return i18n.T(lang, "score.ago.hours", fault.Args{"n": ms / clock.Hour})
	}
	return i18n.T(lang, "score.ago.days", fault.Args{"n": ms / clock.Day})
}

// How is the advised approach for a temperature and stage (T02, S17).
func (m *Model) How(temperature, stage string, lang i18n.Lang) string {
	for _, a := range m.Pack.Playbook {
		if (a.Temperature == "" || a.Temperature == temperature) && (a.Stage == "" || a.Stage == stage) {
			return strings.TrimSpace(a.In(lang))
		}
	}
	return ""
}

// GateReport says why a gate passes or fails: the sentence of its rule, and whether it holds.
type GateReport struct {
	To     string `json:"to"`
	Passed bool   `json:"passed"`
	Rule   string `json:"rule"`
	JA     string `json:"ja"`
	EN     string `json:"en"`
}

// Report judges every gate (P23).
func (m *Model) Report(f *rule.Facts) []GateReport {
	list := make([]GateReport, len(m.Gates))
	for i, g := range m.Gates {
		list[i] = g.Report(f)
	}
	return list
}

// Report says why this gate passes or fails.
func (g *Gate) Report(f *rule.Facts) GateReport {
	return GateReport{To: g.To, Passed: g.Rule.Eval(f), Rule: g.Rule.Source(), JA: g.Rule.Sentence(i18n.Japanese), EN: g.Rule.Sentence(i18n.English)}
}

// String names the model in logs.
func (m *Model) String() string { return fmt.Sprintf("model %d", m.Version) }
