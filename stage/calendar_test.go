package stage

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kizashi/fault"
	"kizashi/i18n"
)

// at reads a time in Tokyo as ms UTC.
func at(t interface{ Fatal(...any) }, text string) int64 {
	when, err := time.ParseInLocation("2006-01-02 15:04", text, tokyo)
	if err != nil {
		t.Fatal(err)
	}
	return when.UnixMilli()
}

func show(ms int64) string { return time.UnixMilli(ms).In(tokyo).Format("2006-01-02 15:04") }

// P26, X05: clocks run in business hours.
func TestAdd(t *testing.T) {
	c := Standard()
	for _, tt := range []struct {
		start string
		add   time.Duration
		want  string
	}{
		{"2026-11-24 10:00", time.Hour, "2026-11-24 11:00"},
		{"2026-11-24 17:30", time.Hour, "2026-11-25 09:30"},
		{"2026-11-24 09:00", 9 * time.Hour, "2026-11-24 18:00"},
		{"2026-11-24 09:00", 9*time.Hour + time.Minute, "2026-11-25 09:01"},
		{"2026-11-24 03:00", time.Minute, "2026-11-24 09:01"},
		{"2026-11-24 20:00", time.Minute, "2026-11-25 09:01"},
		{"2026-11-20 17:00", 2 * time.Hour, "2026-11-24 10:00"}, // weekend, and 勤労感謝の日 on Monday
		{"2026-11-21 12:00", time.Hour, "2026-11-24 10:00"},
		{"2026-12-28 17:00", 2 * time.Hour, "2027-01-04 10:00"}, // 年末年始
		{"2026-05-01 17:30", time.Hour, "2026-05-07 09:30"},     // ゴールデンウィーク
		{"2026-11-24 10:00", 0, "2026-11-24 10:00"},
		{"2026-11-22 10:00", 0, "2026-11-22 10:00"},
		{"2026-11-24 10:00", -time.Hour, "2026-11-24 10:00"},
	} {
		if got := c.Add(at(t, tt.start), tt.add); show(got) != tt.want {
			t.Errorf("%s + %v = %s, want %s", tt.start, tt.add, show(got), tt.want)
		}
	}
}

func TestBetween(t *testing.T) {
	c := Standard()
	for _, tt := range []struct {
		a, b string
		want time.Duration
	}{
		{"2026-11-24 10:00", "2026-11-24 11:00", time.Hour},
		{"2026-11-24 17:00", "2026-11-25 10:00", 2 * time.Hour},
		{"2026-11-20 17:00", "2026-11-24 10:00", 2 * time.Hour},
		{"2026-11-21 00:00", "2026-11-24 00:00", 0},
		{"2026-11-24 11:00", "2026-11-24 10:00", -time.Hour},
		{"2026-12-01 00:00", "2027-01-01 00:00", 20 * 9 * time.Hour},
	} {
		if got := c.Between(at(t, tt.a), at(t, tt.b)); got != tt.want {
			t.Errorf("%s to %s is %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestOpenAndNext(t *testing.T) {
	c := Standard()
	for when, next := range map[string]string{
		"2026-11-24 09:00": "2026-11-24 09:00",
		"2026-11-24 17:59": "2026-11-24 17:59",
		"2026-11-24 18:00": "2026-11-25 09:00",
		"2026-11-24 08:59": "2026-11-24 09:00",
		"2026-11-22 12:00": "2026-11-24 09:00",
		"2026-11-23 12:00": "2026-11-24 09:00",
		"2026-12-29 12:00": "2027-01-04 09:00",
	} {
		if got := c.Next(at(t, when)); show(got) != next {
			t.Errorf("after %s it opens at %s, want %s", when, show(got), next)
		}
		if c.Open(at(t, when)) != (when == next) {
			t.Errorf("open at %s is %v", when, c.Open(at(t, when)))
		}
	}
}

func TestAddDays(t *testing.T) {
	c := Standard()
	for _, tt := range []struct {
		start string
		n     int
		want  string
	}{
		{"2026-11-24 15:00", 1, "2026-11-25 09:00"},
		{"2026-11-20 15:00", 2, "2026-11-25 09:00"},
		{"2026-11-22 15:00", 1, "2026-11-24 09:00"},
		{"2026-11-24 03:00", 1, "2026-11-25 09:00"},
		{"2026-11-24 20:00", 0, "2026-11-25 09:00"},
		{"2026-11-24 12:00", 0, "2026-11-24 12:00"},
	} {
		if got := c.AddDays(at(t, tt.start), tt.n); show(got) != tt.want {
			t.Errorf("%d days after %s is %s, want %s", tt.n, tt.start, show(got), tt.want)
		}
	}
}

func TestOwnDaysAndHours(t *testing.T) {
	c := Standard()
	c.Hours[time.Tuesday] = []Span{{9 * 60, 12 * 60}, {13 * 60, 24 * 60}}
	c.Closed, c.Opened = []Day{20261125}, []Day{20261123}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	for when, next := range map[string]string{
		"2026-11-23 10:00": "2026-11-23 10:00", // a holiday on which they work
		"2026-11-24 12:30": "2026-11-24 13:00",
		"2026-11-24 23:59": "2026-11-24 23:59",
		"2026-11-25 00:00": "2026-11-26 09:00",
	} {
		if got := c.Next(at(t, when)); show(got) != next {
			t.Errorf("after %s it opens at %s, want %s", when, show(got), next)
		}
	}
}

func TestSummerTime(t *testing.T) {
	c := Calendar{Zone: "America/New_York"}
	for day := range c.Hours {
		c.Hours[day] = []Span{{0, minutesOfDay}}
	}
	place, err := time.LoadLocation(c.Zone)
	if err != nil {
		t.Skip("needs a database of time zones:", err)
	}
	for _, days := range []struct {
		month time.Month
		day   int
		hours time.Duration
	}{{time.March, 8, 23}, {time.November, 1, 25}, {time.June, 1, 24}} {
		a := time.Date(2026, days.month, days.day, 0, 0, 0, 0, place)
		if got := c.Between(a.UnixMilli(), a.AddDate(0, 0, 1).UnixMilli()); got != days.hours*time.Hour {
			t.Errorf("%v has %v, want %d h", a, got, days.hours)
		}
	}
}

func TestNeverOpen(t *testing.T) {
	var c Calendar
	now := at(t, "2026-11-24 10:00")
	if c.Open(now) || c.Next(now) != Never || c.Add(now, time.Second) != Never || c.AddDays(now, 1) != Never || c.Between(now, now+1e12) != 0 {
		t.Error("an empty calendar is open at times")
	}
}

func TestCheck(t *testing.T) {
	standard := Standard()
	if err := standard.Check(); err != nil {
		t.Error(err)
	}
	for name, tt := range map[string]struct {
		key  string
		edit func(*Calendar)
	}{
		"zone":       {"calendar.zone", func(c *Calendar) { c.Zone = "Mars/Olympus" }},
		"backwards":  {"calendar.hours", func(c *Calendar) { c.Hours[1] = []Span{{600, 540}} }},
		"empty span": {"calendar.hours", func(c *Calendar) { c.Hours[1] = []Span{{600, 600}} }},
		"overlap":    {"calendar.hours", func(c *Calendar) { c.Hours[1] = []Span{{540, 720}, {700, 800}} }},
		"past day":   {"calendar.hours", func(c *Calendar) { c.Hours[1] = []Span{{540, 1441}} }},
		"negative":   {"calendar.hours", func(c *Calendar) { c.Hours[1] = []Span{{-1, 100}} }},
		"no hours":   {"calendar.never_open", func(c *Calendar) { c.Hours = [7][]Span{} }},
		"no day":     {"calendar.day", func(c *Calendar) { c.Closed = []Day{20260230} }},
	} {
		c := Standard()
		tt.edit(&c)
		err, ok := c.Check().(*fault.Error) //nolint:errorlint // Check gives a fault as it is
		if !ok || err.Key != tt.key || !i18n.Has(err.Key) {
			t.Errorf("%s: %v, want %s", name, c.Check(), tt.key)
		}
	}
}

// Add and Between are each other's reverse.
func TestAddIsReverseOfBetween(t *testing.T) {
	c := Standard()
	c.Hours[time.Saturday] = []Span{{600, 660}, {700, 701}}
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Int64Range(at(t, "2025-01-01 00:00"), at(t, "2030-01-01 00:00")).Draw(t, "start")
		d := time.Duration(rapid.Int64Range(1, 400*3600*1000).Draw(t, "ms")) * time.Millisecond
		end := c.Add(start, d)
		if got := c.Between(start, end); got != d {
			t.Fatalf("%s + %v = %s, but between is %v", show(start), d, show(end), got)
		}
		if c.Between(start, end-1) >= d {
			t.Fatalf("%s + %v could be earlier than %s", show(start), d, show(end))
		}
		middle := start + (end-start)/2
		if c.Between(start, middle)+c.Between(middle, end) != d {
			t.Fatal("the parts do not add up")
		}
	})
}

func TestHolidays(t *testing.T) {
	for day, want := range map[Day]string{20260101: "元日", 20260112: "成人の日", 20260223: "天皇誕生日", 20260922: "休日", 20261123: "勤労感謝の日", 20200724: "スポーツの日"} {
		name, ok := HolidayName(day, i18n.Japanese)
		if !ok || name != want && want != "休日" {
			t.Errorf("%d is %q, want %s", day, name, want)
		}
		if en, ok := HolidayName(day, i18n.English); !ok || en == "" || en == name {
			t.Errorf("%d is %q in English", day, en)
		}
	}
	for _, day := range []Day{20261124, 20260102, 0, 20261225, 19990101, 20510101} {
		if IsHoliday(day) {
			t.Errorf("%d is a holiday", day)
		}
	}
	if !slices.IsSortedFunc(holidays[:], func(a, b struct{ day, name int32 }) int { return int(a.day - b.day) }) {
		t.Error("the list is not sorted")
	}
	for year := firstHolidayYear; year <= lastHolidayYear; year++ {
		if !IsHoliday(Day(year*10000 + 101)) {
			t.Errorf("%d has no 元日", year)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	c := Standard()
	start := at(b, "2026-12-28 17:00")
	b.ReportAllocs()
	for b.Loop() {
		c.Add(start, 4*time.Hour)
	}
}
