package page

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/i18n"
)

// funcs are what templates can say, in one language.
func (s *Site) funcs(lang i18n.Lang) template.FuncMap {
	say := teller{s, lang}
	return template.FuncMap{
		"t": say.words, "asset": s.assets.url, "date": say.date, "day": say.day, "moment": say.moment, "ago": say.ago,
		"points": points, "number": number[int], "percent": percent, "list": list, "dict": dict, "join": strings.Join,
		"add": func(a, b int) int { return a + b }, "lang": func() i18n.Lang { return lang },
		"minutes": say.minutes, "zone": say.zone, "zones": zones,
	}
}

// teller writes times and words in a language.
type teller struct {
	site *Site
	lang i18n.Lang
}

// words are those of a key; further arguments are names and values of its placeholders.
func (t teller) words(key string, pairs ...any) (string, error) {
	if !i18n.Has(key) {
		return "", fmt.Errorf("page: no words for %q", key)
	}
	args := fault.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return i18n.T(t.lang, key, args), nil
}

func (t teller) at(ms int64) time.Time { return time.UnixMilli(ms).In(t.site.zone.Load()) }

// date is a day for people, with the year where it is another than now's; "–" for never.
func (t teller) date(ms int64) string {
	if ms == 0 {
		return "–"
	}
	layout := map[bool]string{true: "1/2", false: "2006/1/2"}[t.at(ms).Year() == t.at(t.site.Door.DB.Clock.Now()).Year()]
	if t.lang == i18n.English {
		layout = map[bool]string{true: "Jan 2", false: "Jan 2, 2006"}[layout == "1/2"]
	}
	return t.at(ms).Format(layout)
}

// day is a day as forms have it, "2026-11-24"; "" for never.
func (t teller) day(ms int64) string {
	if ms == 0 {
		return ""
	}
	return t.at(ms).Format(time.DateOnly)
}

// moment is a day with its time; "–" for never.
func (t teller) moment(ms int64) string {
	if ms == 0 {
		return "–"
	}
	return t.date(ms) + " " + t.at(ms).Format("15:04")
}

// ago is how long ago a moment was: minutes and hours of a day, then the date.
func (t teller) ago(ms int64) string {
	since := t.site.Door.DB.Clock.Now() - ms
	switch {
	case ms == 0:
		return "–"
	case since < 0:
		return t.moment(ms)
	case since < clock.Minute:
		return i18n.T(t.lang, "page.now", nil)
	case since < clock.Hour:
		return i18n.T(t.lang, "page.minutes_ago", fault.Args{"n": since / clock.Minute})
	case since < clock.Day:
		return i18n.T(t.lang, "page.hours_ago", fault.Args{"n": since / clock.Hour})
	case since < clock.Week:
		return i18n.T(t.lang, "page.days_ago", fault.Args{"n": since / clock.Day})
	}
	return t.date(ms)
}

// minutes is a length of time in minutes, for people: "13分", "2時間", "3日".
func (t teller) minutes(n int64) string {
	switch {
	case n < 60:
		return i18n.T(t.lang, "page.minutes", fault.Args{"n": n})
	case n < 48*60:
		return i18n.T(t.lang, "page.hours", fault.Args{"n": n / 60})
	}
	return i18n.T(t.lang, "page.days", fault.Args{"n": n / (24 * 60)})
}

// points are a score with one digit after the point.
func points(v float64) string {
	if math.Abs(v) < 0.05 {
		v = 0 // not -0.0
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

// Number has a comma between thousands, as templates write it.
func Number(n int) string { return number(n) }

// number has a comma between thousands.
func number[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return strconv.Itoa(int(math.Round(100*float64(part)/float64(whole)))) + "%"
}

func list(items ...any) []any { return items }

// dict gives a part several things at once, by name.
func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}
