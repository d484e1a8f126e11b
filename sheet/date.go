package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Tokyo is Japan's time: nine hours ahead of UTC, without summer time.
var Tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

// Excel serials that are taken for dates: 1954-10-03 to 2119-01-10. Smaller and larger
// numbers are numbers. Serial 25569 is 1970-01-01 (1900 date system).
const (
	minSerial, maxSerial = 20000, 80000
	unixSerial           = 25569
)

// eras give the Gregorian year before the first year of each era, by its Latin and its
// first Japanese letter.
var eras = map[string]int{
	"r": 2018, "令和": 2018, "h": 1988, "平成": 1988, "s": 1925, "昭和": 1925, "t": 1911, "大正": 1911, "m": 1867, "明治": 1867,
}

// Ways to write a date, after fold. What follows the date (weekday, time of day) is free.
var (
	yearFirst  = regexp.MustCompile(`^(\d{4})\s?[/.\-年]\s?(\d{1,2})\s?[/.\-月]\s?(\d{1,2})日?(\D.*)?$`)
	compact    = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	eraYear    = regexp.MustCompile(`^(r|h|s|t|m|令和|平成|昭和|大正|明治)\s?(\d{1,2}|元)\s?[/.\-年]\s?(\d{1,2})\s?[/.\-月]\s?(\d{1,2})日?(\D.*)?$`)
	yearLast   = regexp.MustCompile(`^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(\D.*)?$`)
	serial     = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
	dayMonth   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3})[a-z]*\.?,? (\d{4})(\D.*)?$`)
	monthDay   = regexp.MustCompile(`^([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(\D.*)?$`)
	monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"
)

// Date reads a day as files have it: 2026/11/22, 2026-11-22 10:30, 2026年11月22日(日),
// 20261122, R8.11.22, 令和8年11月22日, 11/22/2026, 22 Nov 2026, RFC 3339, or an Excel
// serial (46348.5). It gives the midnight that begins the day in Japan, in milliseconds UTC.
func Date(s string) (ms int64, ok bool) {
	if len(s) < 5 || len(s) > 60 {
		return 0, false
	}
	if t, err := time.Parse(time.RFC3339, strings.TrimSpace(s)); err == nil {
		t = t.In(Tokyo)
		return day(t.Year(), int(t.Month()), t.Day())
	}
	s = fold(s)
	if serial.MatchString(s) {
		return serialDay(s)
	}
	return writtenDay(s)
}

func writtenDay(s string) (int64, bool) {
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return day(num(m[1]), num(m[2]), num(m[3]))
	}
	if m := compact.FindStringSubmatch(s); m != nil {
		return day(num(m[1]), num(m[2]), num(m[3]))
	}
	if m := eraYear.FindStringSubmatch(s); m != nil {
		return day(eras[m[1]]+num(m[2]), num(m[3]), num(m[4]))
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		if ms, ok := day(num(m[3]), num(m[1]), num(m[2])); ok { // American order first
			return ms, true
		}
		return day(num(m[3]), num(m[2]), num(m[1]))
	}
	if m := dayMonth.FindStringSubmatch(s); m != nil {
		return day(num(m[3]), month(m[2]), num(m[1]))
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return day(num(m[3]), month(m[1]), num(m[2]))
	}
	return 0, false
}

func serialDay(s string) (int64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < minSerial || f > maxSerial {
		return 0, false
	}
	t := time.Unix((int64(f)-unixSerial)*24*60*60, 0).UTC()
	return day(t.Year(), int(t.Month()), t.Day())
}

// day is the midnight that begins a day in Japan; false if there is no such day.
func day(y, m, d int) (int64, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, Tokyo)
	if y < 1900 || y > 2200 || int(t.Month()) != m || t.Day() != d {
		return 0, false
	}
	return t.UnixMilli(), true
}

// num reads digits; 元, the first year of an era, is 1.
func num(s string) int {
	if s == "元" {
		return 1
	}
	n, _ := strconv.Atoi(s) // at most four digits, by the patterns
	return n
}

// month of the first three letters of its English name; 0 if there is none.
func month(s string) int {
	if i := strings.Index(monthNames, s); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}
