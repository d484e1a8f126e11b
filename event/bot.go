package event

import "strings"

// Hit is what a door sees of one request by a browser or a mail client.
//
// An event that a server sends for a person (analytics-node, an import) is no hit: its HTTP
// client is a program by right. Such an event is classed by the user agent in its context,
// and is Human where that names none.
type Hit struct {
	UserAgent string
	Method    string // GET, HEAD, POST…; "" counts as GET
	Purpose   string // the header Sec-Purpose, Purpose or X-Moz; "prefetch" says that nobody looks yet
	Mail      bool   // it came through a link or a picture in a mail to one person
}

// Classify says who made a hit:
//   - Scanner: the name of a mail filter; a HEAD request; or a program of any kind that
//     follows what only one person was sent.
//   - Bot: a program by the patterns of isbot, no user agent at all, a prefetch.
//   - Human: everybody else, also the picture proxies of Gmail and Yahoo, which fetch when
//     the person opens the mail.
//
// Filters that pretend to be a browser are found by Burst.
func Classify(h Hit) Class {
	kind := agents.kind(h.UserAgent)
	switch {
	case kind == filter, strings.EqualFold(h.Method, "HEAD"):
		return Scanner
	case kind == pictureProxy && h.Mail:
		return Human
	case kind == person && !prefetch(h.Purpose):
		return Human
	case h.Mail:
		return Scanner
	}
	return Bot
}

func prefetch(purpose string) bool {
	return purpose != "" && (strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "preview"))
}
