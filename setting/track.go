package setting

import (
	"net/url"
	"slices"
	"strings"

	"kizashi/act"
	"kizashi/fault"
)

// TrackOrigins are the web origins whose pages may send behaviour, as "https://www.example.co.jp"; none
// stands for all of them.
var TrackOrigins = define("track_origins", []string(nil), checkOrigins, act.Administer)

// TrackRate is how many messages a second one address may send through a public key; 0: as many as come.
var TrackRate = define("track_rate", 200, func(n *int) error { return checkRange(*n, 0, 100_000) }, act.Administer)

// FloodPeople is how many new people a public key may bring at once, and twice as many an hour, before those who
// come count as a flood; 0: as many as come.
var FloodPeople = define("flood_people", 30, func(n *int) error { return checkRange(*n, 0, 100_000) }, act.Administer)

// KeyRequests and KeyEvents are how many requests, and how many events, a key may send to the JSON API in a second; 0:
// as many as come. Events of a public key have TrackRate instead.
var (
	KeyRequests = define("key_requests", 100, func(n *int) error { return checkRange(*n, 0, 100_000) }, act.Administer)
	KeyEvents   = define("key_events", 5000, func(n *int) error { return checkRange(*n, 0, 1_000_000) }, act.Administer)
)

// FloodAddress is how many new people of one network address a public key may bring at once, and twice as many an
// hour, before they count as a flood; 0: as many as come.
var FloodAddress = define("flood_address", 5, func(n *int) error { return checkRange(*n, 0, 100_000) }, act.Administer)

// PersonEvents is how many events of one person that come with public keys count in a day; 0: all of them.
var PersonEvents = define("person_events", 1_000, func(n *int) error { return checkRange(*n, 0, 1_000_000) }, act.Administer)

// DayEvents is how many events that come with public keys count in a day; 0: all of them.
var DayEvents = define("day_events", 1_000_000, func(n *int) error { return checkRange(*n, 0, 1_000_000_000) }, act.Administer)

func checkOrigins(list *[]string) error {
	if err := checkTexts(list); err != nil {
		return err
	}
	for i, text := range *list {
		origin, ok := originOf(text)
		if !ok {
			return fault.New(fault.Invalid, "setting.origin", fault.Args{"origin": clip(text)}).At("value")
		}
		(*list)[i] = origin
	}
	slices.Sort(*list)
	*list = slices.Compact(*list)
	return nil
}

// originOf reads an origin as browsers send it (RFC 6454, 6.2); a name alone is meant with https.
func originOf(text string) (origin string, ok bool) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(strings.ToLower(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		strings.Trim(u.Path, "/") != "" || strings.ContainsAny(u.Host, "*,; ") || u.Hostname() == "" {
		return "", false
	}
	host := u.Host
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host, true
}
