package lead

import (
	"cmp"
	"math"
	"slices"

	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/rule"
	"kizashi/score"
)

// breakdown is where every point comes from.
type breakdown struct {
	Total    float64
	HalfLife float64     // days
	Sums     []scoreSum  // what each rule has left, the newest first
	Lines    []scoreLine // the newest events, the newest first
	Earlier  *earlier    // what is left of all before the sums; nil: there is nothing
	More     bool        // there are events before the lines
	Fit      string
	FitSum   int
	FitCap   float64
	FitLines []fitLine
	Curve    curve
	Errors   []string // rules that failed on this lead
	Stale    bool     // a long history is being worked out anew
}

// scoreLine is what an event added, and what is left of it in tenths of a point.
type scoreLine struct {
	At          int64
	Words       string
	Points, Now float64
	Capped      bool // it would have added more, but for a cap
}

// scoreSum are the lines of one rule.
type scoreSum struct {
	scoreLine // the newest; Now is of all of them
	Times     int
}

// earlier is what is left of all that happened before the lines, together.
type earlier struct {
	Until int64 // when the last of it happened, ms UTC
	Now   float64
}

type fitLine struct {
	Words  string
	Points float64
}

// shownLines is how many events of a score the page of the lead lists, and a page of its own.
const shownLines = 100

// breakDown explains the numbers of a lead in words.
func breakDown(x *fold.Explained, now int64, lang i18n.Lang) breakdown {
	b := breakdown{HalfLife: x.Model.Pack.HalfLifeDays, Fit: x.Row.Fit, FitSum: x.Row.FitPoints, FitCap: x.Model.Pack.Fit.Cap,
		Curve: draw(x.Past, x.List, x.Model.HalfLife, now), Errors: x.Row.State.Errors, Stale: x.Stale}
	b.Lines, b.Earlier, b.Total = linesOf(x.Model, &x.Lines, lang)
	at := map[string]int{} // of a rule in Sums
	for i, l := range slices.Backward(x.List) {
		line := b.Lines[len(x.List)-1-i]
		if n, known := at[l.Rule]; known {
			b.Sums[n].Now += line.Now
			b.Sums[n].Times++
			continue
		}
		at[l.Rule] = len(b.Sums)
		b.Sums = append(b.Sums, scoreSum{line, 1})
	}
	b.More = len(b.Lines) > shownLines || b.Earlier != nil
	b.Lines = b.Lines[:min(shownLines, len(b.Lines))]
	for _, l := range x.FitLines {
		b.FitLines = append(b.FitLines, fitLine{l.Words.In(lang), l.Points})
	}
	return b
}

// linesOf are lines in words, the newest first, and what came before them. In tenths they add up to the total.
func linesOf(m *score.Model, p *fold.Lines, lang i18n.Lang) (lines []scoreLine, before *earlier, total float64) {
	left := []float64{0} // of what came before, and of each line
	for _, sum := range p.Earlier {
		if before == nil {
			before = &earlier{}
		}
		before.Until = max(before.Until, sum.Until)
		left[0] += sum.Now
	}
	for _, l := range p.List {
		left = append(left, l.Now)
	}
	left, total = tenths(left)
	if before != nil {
		before.Now = left[0]
	}
	worth := map[string]float64{} // by rule
	for _, rule := range m.Pack.Scoring {
		worth[rule.ID] = rule.Points
	}
	for i, l := range slices.Backward(p.List) {
		lines = append(lines, scoreLine{l.At, l.Words.In(lang), l.Points, left[i+1], l.Points < worth[l.Rule]-0.05})
	}
	return lines, before, total
}

// tenths rounds numbers to tenths so that they add up to exactly their rounded sum: the tenths that
// rounding down leaves go to those that lose most (the method of largest remainders).
func tenths(exact []float64) (rounded []float64, total float64) {
	sum, given := 0.0, 0
	order := make([]int, len(exact))
	whole := make([]int, len(exact))
	for i, v := range exact {
		sum += v
		whole[i] = int(math.Floor(10 * v))
		given += whole[i]
		order[i] = i
	}
	all := int(math.Round(10 * sum))
	rest := func(i int) float64 { return 10*exact[i] - float64(whole[i]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest(b), rest(a)) })
	for _, i := range order[:min(max(all-given, 0), len(order))] {
		whole[i]++
	}
	rounded = make([]float64, len(exact))
	for i, n := range whole {
		rounded[i] = float64(n) / 10
	}
	return rounded, float64(all) / 10
}

// gate is a condition on the way to a stage, or of a temperature, with what holds of it (P23).
type gate struct {
	To     string
	Key    string // words of what it leads to
	Passed bool
	Ahead  bool // it is the next one
	Whole  condition
}

// condition is a part of a gate. Any tells that one of its parts is enough.
type condition struct {
	Words string
	Holds bool
	Any   bool
	Parts []condition
}

// gates say why a lead passes or fails each gate.
func gates(x *fold.Explained, lang i18n.Lang) (list []gate) {
	for i := range x.Model.Gates {
		g := &x.Model.Gates[i]
		list = append(list, gate{g.To, "page.stage." + g.To, g.Rule.Eval(x.Facts), g.From == x.Row.Stage, judge(g.Rule, x.Facts, lang)})
	}
	return list
}

// temperatures say why a lead is hot or warm, or is not.
func temperatures(x *fold.Explained, lang i18n.Lang) (list []gate) {
	hot, warm := x.Model.Temperature.Hot, x.Model.Temperature.Warm
	return append(list,
		gate{"hot", "page.temperature.hot", hot.Eval(x.Facts), false, judge(hot, x.Facts, lang)},
		gate{"warm", "page.temperature.warm", warm.Eval(x.Facts), false, judge(warm, x.Facts, lang)})
}

func judge(r *rule.Rule, f *rule.Facts, lang i18n.Lang) condition {
	c := condition{Words: r.Sentence(lang), Holds: r.Eval(f)}
	parts, any := r.Parts()
	c.Any = any
	for _, p := range parts {
		c.Parts = append(c.Parts, judge(p, f, lang))
	}
	return c
}

// kindWords are what people call a kind of events.
func kindWords(lang i18n.Lang, kind string) string { return score.Schema().Kind(lang, kind) }
