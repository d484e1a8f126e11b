package segments

import "kizashi/report"

// The chart in units of its view box: those who came stand above the line, those who went below.
const (
	barWidth  = 16
	barGap    = 4
	halfChart = 48 // the height of the highest bar
)

type chart struct {
	Width, Height, Line int
	Bars                []bar
	Most                int // people of the highest bar; 0: nobody came or went
}

// bar is a day.
type bar struct {
	report.FlowDay
	X, Width   int
	InY, InH   int
	OutY, OutH int
}

func draw(f report.SegmentFlow) chart {
	c := chart{Width: len(f.Days) * (barWidth + barGap), Height: 2 * halfChart, Line: halfChart}
	for _, day := range f.Days {
		c.Most = max(c.Most, day.In, day.Out)
	}
	height := func(n int) int {
		if n == 0 {
			return 0
		}
		return max(n*(halfChart-2)/c.Most, 2) // one person can be seen beside a thousand
	}
	for i, day := range f.Days {
		in, out := height(day.In), height(day.Out)
		c.Bars = append(c.Bars, bar{day, i * (barWidth + barGap), barWidth, c.Line - in, in, c.Line + 1, out})
	}
	return c
}
