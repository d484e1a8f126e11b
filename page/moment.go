package page

import (
	"strconv"
	"time"

	"kizashi/fault"
)

// maxShown is how many characters of a mistyped moment are said back.
const maxShown = 40

// Moment reads what a browser's field for a day or a moment sends, in the time zone of the company: ms UTC,
// 0 for none. A day alone is its beginning, and all day. Path is the field that a mistake belongs to.
func (r *Request) Moment(text, path string) (ms int64, allDay bool, err error) {
	if text == "" {
		return 0, false, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, r.Zone()); err == nil {
			return t.UnixMilli(), layout == time.DateOnly, nil
		}
	}
	if shown := []rune(text); len(shown) > maxShown {
		text = string(shown[:maxShown]) + "…"
	}
	return 0, false, fault.New(fault.Invalid, "page.moment", fault.Args{"text": strconv.Quote(text)}).At(path)
}
