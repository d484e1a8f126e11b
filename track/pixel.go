package track

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"kizashi/fault"
	"kizashi/lead"
)

// gif is a transparent picture of one pixel, 43 bytes.
var gif, _ = base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")

// pixel takes a hit by a picture, for pages without JavaScript and for mails:
//
//	/p.gif?key=WRITEKEY&event=page_view&url=https://…&id=ANONYMOUS&any=thing
//
// Anybody can put such an address into any page, so it never says who somebody is: id is an anonymous
// visitor, and a mail address or a user's id in it is a property like any other, without effect.
// Without id, the cookie of k.js counts; without that, every hit is a visitor of its own.
// The picture comes with every answer, since its place in a mail or a page should not look broken.
func (d *Door) pixel(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "image/gif")
	h.Set("Content-Length", strconv.Itoa(len(gif)))
	h.Set("Cache-Control", "no-store, private")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if err := d.countPixel(r); err != nil {
		var known *fault.Error
		if errors.As(err, &known) && (known.Kind == fault.TooMany || known.Kind == fault.Busy) {
			h.Set("Retry-After", strconv.Itoa(known.Wait()))
		}
		w.WriteHeader(statusOf(fault.KindOf(err)))
	}
	_, _ = w.Write(gif) // the reader is gone: nothing to do
}

func (d *Door) countPixel(r *http.Request) error {
	query := r.URL.Query()
	who, err := d.mayTrack(r.Context(), query.Get("key"))
	if err != nil {
		return err
	}
	if err := d.limit(who, r, 1); err != nil {
		return err
	}
	c := pixelCall(query)
	if c.visitor == "" {
		c.visitor = visitorOf(r)
	}
	if c.url == "" {
		c.url = plain(r.Referer())
	}
	from := d.sender(who, r, 0)
	from.standing = lead.Claimed // whoever reads the page reads the address
	from.hit = hitOf(r)
	from.hit.Mail = strings.HasPrefix(c.event, "email_")
	refused, err := d.hand(r.Context(), &parcel{calls: []call{c}}, from)
	if err == nil && len(refused) > 0 {
		return refused[0].err
	}
	return err
}

// pixelCall reads the query; what it does not know becomes a property.
func pixelCall(query url.Values) call {
	get := func(name string) string { return plain(query.Get(name)) }
	c := call{kind: "page", id: get("mid"), visitor: get("id"), url: get("url")}
	if name := get("event"); name != "" && name != "page_view" {
		c.kind, c.event = "track", name
	}
	names := make([]string, 0, len(query))
	for name := range query {
		switch name {
		case "key", "mid", "id", "url", "event":
		default:
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names[:min(len(names), maxMembers)] {
		quoted := quote(plain(name))
		if c.properties.get(string(quoted)) == nil { // two names may become one
			c.properties = append(c.properties, member{quoted, quote(get(name))})
		}
	}
	return c
}

// visitorOf is the visitor in the cookie of k.js, which browsers send only within the same site.
func visitorOf(r *http.Request) string {
	if c, err := r.Cookie("kz_id"); err == nil && c.Value != "" {
		return plain(c.Value)
	}
	return rand.Text()
}
