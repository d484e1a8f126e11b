package setting

import (
	"net/url"
	"slices"
	"strings"

	"kizashi/fault"
)

// TrackOrigins are the web origins whose pages may send behaviour, as "https://www.example.co.jp"; none
// stands for all of them.
var TrackOrigins = define("track_origins", []string(nil), checkOrigins)

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
