package lead

import (
	"fmt"
	"math"
	"strings"

	"kizashi/clock"
	"kizashi/fold"
	"kizashi/score"
)

// The curve in units of its view box; the style says how large that is on the screen.
const (
	curveWidth  = 400.0
	curveHeight = 120.0
	curveTop    = 14.0 // room for the number at the peak
	curveFoot   = 100.0
)

// How much of the past and of the coming decay is shown.
const (
	shownPast  = 90 * clock.Day
	shownAhead = 45 * clock.Day
)

// curve is the score over time, drawn by the server: the past as it was, and what becomes of it if
// nothing happens any more.
type curve struct {
	Past, Ahead, Area string // paths
	Dots              []dot
	NowX, NowY        float64
	From, Now, Until  int64 // ms UTC
	Peak, Value, Then float64
	Empty             bool // there was never a point
}

// dot is an event that added points.
type dot struct{ X, Y float64 }

// draw works the curve out of the lines: their points all decay alike, so that the sum needs no more than
// its value at the event before. Of what came before the lines it goes through the moments that are known.
func draw(before []fold.Moment, lines []score.Line, halfLife float64, now int64) curve {
	lines = append(steps(before, halfLife), lines...)
	c := curve{From: now - shownPast, Now: now, Until: now + shownAhead, Empty: len(lines) == 0}
	history := course(lines, halfLife, c.From, c.Until, now)
	for _, p := range history {
		c.Peak = max(c.Peak, p.points)
		if p.at == now {
			c.Value = p.points
		}
	}
	c.Then = history[len(history)-1].points
	scale := ceiling(c.Peak)
	x := func(at int64) float64 { return curveWidth * float64(at-c.From) / float64(c.Until-c.From) }
	y := func(points float64) float64 { return curveFoot - (curveFoot-curveTop)*points/scale }
	var past, ahead strings.Builder
	for i, p := range history {
		if p.at <= now {
			plot(&past, x(p.at), y(p.points))
		}
		if p.at >= now {
			plot(&ahead, x(p.at), y(p.points))
		}
		if p.event && p.points > history[i-1].points && p.at > c.From {
			c.Dots = append(c.Dots, dot{x(p.at), y(p.points)})
		}
	}
	c.Past, c.Ahead, c.NowX, c.NowY = past.String(), ahead.String(), x(now), y(c.Value)
	c.Area = fmt.Sprintf("%s L%.1f %.1f L%.1f %.1f Z", c.Past, c.NowX, curveFoot, 0.0, curveFoot)
	c.Dots = c.Dots[max(0, len(c.Dots)-maxDots):]
	return c
}

// maxDots bounds the marks on the curve.
const maxDots = 40

// steps are lines that lead from one known moment to the next.
func steps(past []fold.Moment, halfLife float64) (list []score.Line) {
	last := fold.Moment{}
	for _, p := range past {
		left := last.Points * math.Exp2(-float64(p.At-last.At)/halfLife)
		list, last = append(list, score.Line{At: p.At, Points: p.Points - left}), p
	}
	return list
}

func plot(path *strings.Builder, x, y float64) {
	command := " L"
	if path.Len() == 0 {
		command = "M"
	}
	fmt.Fprintf(path, "%s%.1f %.1f", command, x, y)
}

// point is the score at a moment.
type point struct {
	at     int64
	points float64
	event  bool // just after an event
}

// samples is how many moments without an event the curve is drawn through.
const samples = 60

// course is the score through time: at regular moments, now, and before and after each event.
func course(lines []score.Line, halfLife float64, from, until, now int64) (list []point) {
	at, value, next := int64(0), 0.0, 0
	decay := func(to int64) {
		value, at = value*math.Exp2(-float64(to-at)/halfLife), to
	}
	visit := func(to int64) {
		for ; next < len(lines) && lines[next].At <= to; next++ {
			decay(lines[next].At)
			if lines[next].At >= from {
				list = append(list, point{at, value, false}, point{at, value + lines[next].Points, true})
			}
			value += lines[next].Points
		}
		decay(to)
		list = append(list, point{to, value, false})
	}
	step := (until - from) / samples
	for i := range int64(samples + 1) {
		moment := from + i*step
		if moment > now && moment-step < now {
			visit(now)
		}
		visit(moment)
	}
	return list
}

// ceiling is the top of the scale: enough for the peak, and not less than a warm lead has.
func ceiling(peak float64) float64 {
	for _, top := range []float64{25, 50, 100, 200, 500} {
		if peak <= top+0.01 { // a cap is reached to the last bit but one
			return top
		}
	}
	return peak
}
