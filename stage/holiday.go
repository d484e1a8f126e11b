package stage

import (
	"cmp"
	"slices"

	"kizashi/i18n"
)

// Day is a date in the calendar of a place, as the number yyyymmdd: 20260101.
type Day int32

// HolidayName names a national holiday of Japan (国民の祝日, with 振替休日 and 国民の休日) in a
// language; ok is false for any other day. The list covers 2000 to 2050; from the years after next on
// it is the law's rule carried forward, as the equinoxes are announced a year ahead.
//
// Source: npm @holiday-jp/holiday_jp, made of the Cabinet Office's list; by tools/gen.
func HolidayName(d Day, lang i18n.Lang) (name string, ok bool) {
	i, ok := findHoliday(d)
	if !ok {
		return "", false
	}
	n := holidayNames[holidays[i].name]
	if lang == i18n.English {
		return n.en, true
	}
	return n.ja, true
}

// IsHoliday tells whether a day is a national holiday of Japan.
func IsHoliday(d Day) bool {
	_, ok := findHoliday(d)
	return ok
}

func findHoliday(d Day) (place int, ok bool) {
	return slices.BinarySearchFunc(holidays[:], int32(d), func(h struct{ day, name int32 }, day int32) int {
		return cmp.Compare(h.day, day)
	})
}
