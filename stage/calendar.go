// Package stage says whose turn a lead is: gates, hand-over and its clock on a business
// calendar, and the history of stages.
package stage

import (
	"math"
	"slices"
	"time"

	"kizashi/fault"
)

// Never is the time at which something that cannot happen is due.
const Never int64 = math.MaxInt64

// minutesOfDay is the end of a day as a Span writes it.
const minutesOfDay = 24 * 60

// Span is a part of a day: [From, To) in minutes since midnight of the calendar's place.
type Span struct {
	From int `json:"from" yaml:"from"` // 540 is 9:00
	To   int `json:"to" yaml:"to"`     // 1440 is midnight
}

// Calendar says when a team works. Clocks of hand-overs and first answers run in its open
// time only. The zero value is never open; Standard is the usual one.
type Calendar struct {
	Zone     string    `json:"zone" yaml:"zone"`         // IANA name; "" is Asia/Tokyo
	Hours    [7][]Span `json:"hours" yaml:"hours"`       // by time.Weekday, Sunday first; ascending, apart
	Holidays bool      `json:"holidays" yaml:"holidays"` // closed on the national holidays of Japan
	YearEnd  bool      `json:"yearEnd" yaml:"yearEnd"`   // closed from 29 December to 3 January (年末年始)
	Closed   []Day     `json:"closed" yaml:"closed"`     // closed as well: summer, founding day
	Opened   []Day     `json:"opened" yaml:"opened"`     // open by the weekday's hours, whatever the rules above say
}

// Standard is Monday to Friday from 9 to 18 o'clock in Tokyo, without national holidays and the
// turn of the year.
func Standard() Calendar {
	c := Calendar{Holidays: true, YearEnd: true}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Hours[day] = []Span{{9 * 60, 18 * 60}}
	}
	return c
}

// Check tells what is wrong with a calendar: an unknown zone, spans out of a day or out of
// order, days that are none, or no open hour at all.
func (c *Calendar) Check() error {
	var found fault.Many
	if _, err := location(c.Zone); err != nil {
		found = append(found, fault.New(fault.Invalid, "calendar.zone", fault.Args{"zone": c.Zone}).At("zone").Because(err))
	}
	open := false
	for _, spans := range c.Hours {
		end := 0
		for i, s := range spans {
			if s.From < end || s.To <= s.From || s.To > minutesOfDay || i > 0 && s.From == end {
				found = append(found, fault.New(fault.Invalid, "calendar.hours", nil).At("hours"))
				break
			}
			open, end = true, s.To
		}
	}
	if !open {
		found = append(found, fault.New(fault.Invalid, "calendar.never_open", nil).At("hours"))
	}
	for _, d := range slices.Concat(c.Closed, c.Opened) {
		if !d.valid() {
			found = append(found, fault.New(fault.Invalid, "calendar.day", fault.Args{"day": int(d)}).At("closed"))
		}
	}
	return found.OrNil()
}

func (d Day) valid() bool {
	t := time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, time.UTC)
	return d > 0 && dayOf(t) == d
}

// dayOf is the date of a time in its zone.
func dayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(y*10000 + int(m)*100 + d)
}

// tokyo does not need a database of zones: Japan has had no summer time since 1951.
var tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

func location(zone string) (*time.Location, error) {
	if zone == "" || zone == "Asia/Tokyo" {
		return tokyo, nil
	}
	return time.LoadLocation(zone)
}

// place is the calendar's zone, Tokyo where it is unknown: Check says so before.
func (c *Calendar) place() *time.Location {
	loc, err := location(c.Zone)
	if err != nil {
		return tokyo
	}
	return loc
}

// Midnight is the beginning of the day of a moment, in the calendar's place; n days later for n
// other than 0 (both ms UTC).
func (c *Calendar) Midnight(t int64, n int) int64 {
	y, m, d := time.UnixMilli(t).In(c.place()).Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, c.place()).UnixMilli()
}

// TimeOfDay writes the time of a moment in the calendar's place: 15:04.
func (c *Calendar) TimeOfDay(t int64) string { return time.UnixMilli(t).In(c.place()).Format("15:04") }

// isOpen tells whether a team works at all on a day.
func (c *Calendar) isOpen(d Day) bool {
	if slices.Contains(c.Opened, d) {
		return true
	}
	if slices.Contains(c.Closed, d) || c.Holidays && IsHoliday(d) {
		return false
	}
	md := d % 10000
	return !c.YearEnd || md > 103 && md < 1229
}

// opening is a piece of open time in ms UTC.
type opening struct{ from, to int64 }

// openings are the open times of the day that begins at midnight.
func (c *Calendar) openings(midnight time.Time) []opening {
	spans := c.Hours[midnight.Weekday()]
	if len(spans) == 0 || !c.isOpen(dayOf(midnight)) {
		return nil
	}
	y, m, d := midnight.Date()
	list := make([]opening, len(spans))
	for i, s := range spans {
		// The clock on the wall counts, also on days when summer time begins or ends.
		from := time.Date(y, m, d, 0, s.From, 0, 0, midnight.Location())
		to := time.Date(y, m, d, 0, s.To, 0, 0, midnight.Location())
		list[i] = opening{from.UnixMilli(), to.UnixMilli()}
	}
	return list
}

// maxDaysShut is how long a calendar may stay closed at a stretch; after that it is taken
// for closed for good, so that no sum runs on for ever.
const maxDaysShut = 800

// days calls f with each piece of open time that ends after a moment, in order, until f
// says to stop or the calendar has closed for good.
func (c *Calendar) days(after int64, f func(opening) (more bool)) {
	t := time.UnixMilli(after).In(c.place())
	for shut := 0; shut < maxDaysShut; shut++ {
		y, m, d := t.Date()
		t = time.Date(y, m, d, 0, 0, 0, 0, t.Location())
		for _, o := range c.openings(t) {
			shut = 0
			if o.to > after && !f(o) {
				return
			}
		}
		t = time.Date(y, m, d+1, 12, 0, 0, 0, t.Location()) // noon: a day on whatever the clocks do
	}
}

// Open tells whether a moment (ms UTC) is in open time.
func (c *Calendar) Open(t int64) bool {
	open := false
	c.days(t, func(o opening) bool {
		open = o.from <= t
		return false
	})
	return open
}

// Next is the first open moment at or after t (ms UTC); Never if there is none.
func (c *Calendar) Next(t int64) int64 {
	next := Never
	c.days(t, func(o opening) bool {
		next = max(t, o.from)
		return false
	})
	return next
}

// Add gives the moment at which d of open time has passed since start (both ms UTC), as
// early as possible: 9 hours after Monday 9:00 is Monday 18:00. A d of 0 or less gives start.
// Never if the calendar is never open.
func (c *Calendar) Add(start int64, d time.Duration) int64 {
	left := d.Milliseconds()
	if left <= 0 {
		return start
	}
	end := Never
	c.days(start, func(o opening) bool {
		from := max(start, o.from)
		if left <= o.to-from {
			end = from + left
			return false
		}
		left -= o.to - from
		return true
	})
	return end
}

// Between is the open time from a to b (ms UTC); negative where b is before a.
func (c *Calendar) Between(a, b int64) time.Duration {
	if b < a {
		return -c.Between(b, a)
	}
	var sum int64
	c.days(a, func(o opening) bool {
		if o.from >= b {
			return false
		}
		sum += min(b, o.to) - max(a, o.from)
		return true
	})
	return time.Duration(sum) * time.Millisecond
}

// AddDays gives the opening of the n-th working day after the day of start (ms UTC): what is
// due in 2 days on a Friday is due on Tuesday morning. An n of 0 or less gives Next(start).
func (c *Calendar) AddDays(start int64, n int) int64 {
	if n <= 0 {
		return c.Next(start)
	}
	place := c.place()
	last, found := dayOf(time.UnixMilli(start).In(place)), Never
	c.days(start, func(o opening) bool {
		if d := dayOf(time.UnixMilli(o.from).In(place)); d != last {
			last = d
			n--
		}
		if n == 0 {
			found = o.from
		}
		return n > 0
	})
	return found
}
