package page

import (
	"slices"
	"strings"

	"kizashi/i18n"
)

// commonZones are the time zones offered, by their names in the IANA database; the interface for programs
// takes any other.
var commonZones = []string{"Asia/Tokyo", "Asia/Seoul", "Asia/Taipei", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Manila", "Asia/Singapore",
	"Asia/Ho_Chi_Minh", "Asia/Bangkok", "Asia/Jakarta", "Asia/Kolkata", "Australia/Sydney", "Europe/London", "Europe/Paris", "Europe/Berlin",
	"America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu", "UTC"}

// zones are those to choose from, the one in force among them whatever it is.
func zones(now string) []string {
	if now == "" || slices.Contains(commonZones, now) {
		return commonZones
	}
	return append([]string{now}, commonZones...)
}

// zone names a time zone for people: 日本 (Asia/Tokyo).
func (t teller) zone(name string) string {
	_, city, found := strings.Cut(name, "/")
	if !found {
		city = name
	}
	if key := "page.zone." + strings.ToLower(city); i18n.Has(key) {
		return i18n.T(t.lang, key, nil) + " (" + name + ")"
	}
	return name
}
