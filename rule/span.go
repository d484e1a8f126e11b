package rule

import "kizashi/clock"

// unit is a unit of time as written in a rule.
type unit uint8

const (
	minutes unit = iota
	hours
	days
	weeks
)

var units = [...]string{minutes: "minutes", hours: "hours", days: "days", weeks: "weeks"}

func (u unit) String() string { return units[u] }

var unitLength = [...]int64{minutes: clock.Minute, hours: clock.Hour, days: clock.Day, weeks: clock.Week}

// span is a length of time in the unit its author chose; the zero span stands for "ever".
type span struct {
	n    int64
	unit unit
}

func (s span) ms() int64 { return s.n * unitLength[s.unit] }

func (s span) ever() bool { return s.n == 0 }

// unitOf finds the unit of a function or form by name.
func unitOf(name string) (unit, bool) {
	for i, u := range units {
		if u == name {
			return unit(i), true
		}
	}
	return 0, false
}
