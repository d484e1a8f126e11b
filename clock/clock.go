// Package clock is the one place that reads the time. Times are integer milliseconds UTC.
package clock

import (
	"sync/atomic"
	"time"
)

// Durations in milliseconds.
const (
	Second int64 = 1000
	Minute       = 60 * Second
	Hour         = 60 * Minute
	Day          = 24 * Hour
	Week         = 7 * Day
)

// Clock tells the time; the zero value is the wall clock, a test sets it ahead with Set.
type Clock struct{ fixed atomic.Int64 }

// Now is the time in milliseconds UTC.
func (c *Clock) Now() int64 {
	if f := c.fixed.Load(); f != 0 {
		return f
	}
	return time.Now().UnixMilli()
}

// Set stops the clock at t; 0 lets it run again.
func (c *Clock) Set(t int64) { c.fixed.Store(t) }

// Time makes a time.Time in UTC of milliseconds.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
