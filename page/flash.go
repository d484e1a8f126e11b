package page

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"kizashi/fault"
	"kizashi/i18n"
)

// notice is said once, on the next page: what was done, and how to take it back.
type notice struct {
	Key  string     `json:"k"`
	Args fault.Args `json:"a,omitempty"`
	Undo string     `json:"u,omitempty"` // where to post to take it back
}

const noticeCookie = "notice"

// Done sends the browser to a page that says once what was done; undo is the address to post to for
// taking it back, "" if it cannot be.
func (r *Request) Done(to, key string, args fault.Args, undo string) error {
	raw, err := json.Marshal(notice{key, args, undo})
	if err != nil {
		return err
	}
	http.SetCookie(r.W, &http.Cookie{Name: noticeCookie, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/",
		MaxAge: 60, HttpOnly: true, Secure: r.secure(), SameSite: http.SameSiteLaxMode})
	return r.Go(to)
}

// takeNotice reads what is to be said, and forgets it. The cookie is a stranger's text: words come from
// the product's own, and the address stays within it.
func (r *Request) takeNotice() *Notice {
	c, err := r.Cookie(noticeCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(r.W, &http.Cookie{Name: noticeCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: r.secure()})
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	var n notice
	if err != nil || json.Unmarshal(raw, &n) != nil || !i18n.Has(n.Key) {
		return nil
	}
	said := &Notice{Text: i18n.T(r.Lang, n.Key, n.Args)}
	if n.Undo != "" {
		said.Undo = local(n.Undo)
	}
	return said
}

// Notice is what a page says above its content.
type Notice struct {
	Text string
	Undo string
	Bad  bool // something went wrong
}
