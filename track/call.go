package track

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// call is one message as an SDK writes it. Byte slices point into the body of the request.
type call struct {
	err *fault.Error // the first mistake in it

	kind, event, name, category          string
	user, visitor, group, previous, id   string
	ip, userAgent, locale, url, referrer string
	signature                            string  // of who it is about, by the site's server
	timestamp, original                  int64   // ms UTC by the sender's clock
	properties, traits, known, campaign  members // known: the context's traits
	rest                                 members // what the protocol does not know
}

// member is a member of a JSON object: its name in quotes and its value, as written.
type member struct{ name, value []byte }

type members []member

func (ms members) get(name string) []byte {
	for _, m := range ms {
		if string(m.name) == name {
			return m.value
		}
	}
	return nil
}

// text is the text under one of the quoted names; the first that has one counts.
func (ms members) text(names ...string) string {
	for _, n := range names {
		if v := ms.get(n); len(v) > 2 && v[0] == '"' {
			return unquote(v)
		}
	}
	return ""
}

func (c *call) refuse(err *fault.Error) {
	if c.err == nil {
		c.err = err
	}
}

// sender is what the request itself says about its calls.
type sender struct {
	now    int64      // when it arrived, ms UTC
	sentAt int64      // when it left by the sender's clock; 0 if unknown
	hit    *event.Hit // the visitor's own browser; nil if a server speaks for somebody

	key      id.ID
	address  string // the network that it counts by
	standing lead.Standing
	signed   func(key id.ID, text, signature string) bool // nil: no signature holds
}

// class tells by the user agent who made the event, and keeps that agent, so that a later and
// better list can class the event anew.
func (c *call) class(from sender) event.Class {
	switch {
	case c.userAgent != "":
		return event.Classify(event.Hit{UserAgent: c.userAgent})
	case from.hit != nil:
		c.userAgent = from.hit.UserAgent
		return event.Classify(*from.hit)
	}
	return event.Human
}

// message turns the call into what the intake takes.
func (c *call) message(from sender) (event.Message, *fault.Error) {
	if c.err != nil {
		return event.Message{}, c.err
	}
	m := event.Message{
		ID: c.id, At: c.at(from), User: c.user, Visitor: c.visitor, Channel: "web",
		Class: c.class(from), Traits: c.person(), Door: from.key, Standing: from.standing, Address: from.address,
	}
	if m.ID == "" {
		m.ID = rand.Text()
	}
	switch c.kind {
	case "track":
		m.Kind, m.Subject = strings.TrimSpace(c.event), c.topic()
		if m.Kind == "" {
			return m, fault.New(fault.Invalid, "track.no_event", nil).At("event")
		}
	case "page":
		m.Kind, m.Subject = "page_view", first(c.properties.text(`"url"`), c.url)
	case "screen":
		m.Kind, m.Subject = "screen_view", first(c.name, c.properties.text(`"name"`))
	case "identify", "group":
	case "alias":
		if c.previous == "" || c.user == "" {
			return m, fault.New(fault.Invalid, "track.alias", nil).At("previousId")
		}
		if c.previous != c.user { // analytics-next gives a known user its own id again
			m.Visitor = c.previous
		}
	default:
		return m, fault.New(fault.Invalid, "track.type", fault.Args{"type": clip(c.kind)}).At("type")
	}
	m.Email = first(m.Traits["email"], mailIn(c.user))
	if err := c.vouch(&m, from); err != nil {
		return m, err
	}
	m.Subject = cut(m.Subject, event.MaxSubject)
	if m.Kind != "" {
		m.Props, m.Channel = c.props()
	}
	return m, nil
}

// vouch believes what the site's server has signed. A call that names nobody, as a page of an SDK that signs all
// it sends, says nothing to vouch for. A user id of two lines could pass for an id and an address.
func (c *call) vouch(m *event.Message, from sender) *fault.Error {
	if c.signature == "" || m.User == "" && m.Email == "" {
		return nil
	}
	if strings.Contains(m.User, "\n") || from.signed == nil || !from.signed(from.key, signedText(m.User, m.Email), c.signature) {
		return fault.New(fault.Invalid, "track.signature", nil).At("context.signature")
	}
	m.Standing = max(m.Standing, lead.Confirmed)
	return nil
}

// signedText is what a site's server signs: the user id, and the address on a line of its own where the call names
// another one, so that a signed id vouches for nobody else's address.
func signedText(user, email string) string {
	if email == "" || email == user {
		return user
	}
	return user + "\n" + email
}

// at corrects the sender's clock: a message that says it was written two seconds before it was sent
// happened two seconds before it arrived. A call that bears both times was corrected already.
func (c *call) at(from sender) int64 {
	switch {
	case c.timestamp != 0 && c.original != 0:
		return c.timestamp
	case c.timestamp == 0 && c.original == 0:
		return 0
	case from.sentAt == 0:
		return c.timestamp + c.original
	}
	return from.now - (from.sentAt - (c.timestamp + c.original))
}

// topic is what a tracked event was about.
func (c *call) topic() string {
	own := c.properties.text(`"subject"`, `"url"`, `"document"`, `"href"`, `"title"`, `"name"`)
	return first(own, c.url)
}

// props are the properties of the event, then what the protocol does not know, then what is kept of
// the context, under flat names that rules can read. The IP address is kept only where the sender
// puts it into the context: who owns the site decides that.
func (c *call) props() (raw json.RawMessage, channel string) {
	p := props{out: make([]byte, 0, 512), taken: c.properties}
	for _, m := range c.properties {
		p.write(m.name, m.value)
	}
	for _, m := range c.rest {
		p.add(string(m.name), m.value)
	}
	p.addText(`"name"`, c.name)
	p.addText(`"category"`, c.category)
	p.addText(`"url"`, c.url)
	p.addText(`"referrer"`, c.referrer)
	p.addText(`"locale"`, c.locale)
	p.addText(`"user_agent"`, c.userAgent)
	p.addText(`"ip"`, c.ip)
	medium := ""
	for _, m := range c.utm() {
		p.add(string(m.name), m.value)
		if string(m.name) == `"utm_medium"` {
			medium = unquoteAny(m.value)
		}
	}
	return p.done(), channelOf(medium)
}

// props writes a JSON object; a name that is taken is not written again.
type props struct {
	out   []byte
	taken members
}

func (p *props) write(name, value []byte) {
	if len(p.out) == 0 {
		p.out = append(p.out, '{')
	} else {
		p.out = append(p.out, ',')
	}
	p.out = append(append(append(p.out, name...), ':'), value...)
}

func (p *props) add(name string, value []byte) {
	if p.taken.get(name) == nil {
		p.write([]byte(name), value)
	}
}

func (p *props) addText(name, text string) {
	if text != "" {
		p.add(name, quote(text))
	}
}

func (p *props) done() json.RawMessage {
	if len(p.out) == 0 {
		return nil
	}
	return append(p.out, '}')
}

// utm is the campaign that brought the visitor: from the context, else from the page's address.
func (c *call) utm() members {
	var found members
	for _, m := range c.campaign {
		name := strings.Trim(string(m.name), `"`)
		if name == "name" {
			name = "campaign"
		}
		found = append(found, member{[]byte(`"utm_` + name + `"`), m.value})
	}
	page := first(c.properties.text(`"url"`), c.url)
	if len(found) > 0 || !strings.Contains(page, "utm_") {
		return found
	}
	address, err := url.Parse(page)
	if err != nil {
		return nil
	}
	query := address.Query()
	for _, name := range []string{"source", "medium", "campaign", "term", "content"} {
		if text := plain(query.Get("utm_" + name)); text != "" {
			found = append(found, member{[]byte(`"utm_` + name + `"`), quote(text)})
		}
	}
	return found
}

// channelOf is the channel of a campaign's medium, as Google Analytics and its users name them.
func channelOf(medium string) string {
	switch strings.ToLower(medium) {
	case "email", "e-mail", "mail", "newsletter":
		return "mail"
	case "cpc", "ppc", "cpm", "cpa", "paid", "paidsearch", "paid_search", "paidsocial", "paid_social", "display", "banner", "ad", "ads", "retargeting":
		return "ad"
	}
	return "web"
}

func unquoteAny(value []byte) string {
	if len(value) > 1 && value[0] == '"' {
		return unquote(value)
	}
	return string(bytes.TrimSpace(value))
}

// mailIn is the text if it looks like a mail address: many senders use one as the user's id.
func mailIn(s string) string {
	if at := strings.IndexByte(s, '@'); at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	return ""
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// quote writes a text as JSON; bytes that are no UTF-8 become U+FFFD.
func quote(s string) []byte {
	quoted, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		quoted, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\ufffd")) // cannot fail now
	}
	return quoted
}

// plain makes a text out of what a header or an address holds: valid UTF-8 without NUL.
func plain(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return strings.ReplaceAll(s, "\x00", "\ufffd")
}

// cut shortens a text to limit characters.
func cut(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}

// layouts are the ways in which SDKs and people write a moment; without a zone it is UTC.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly, time.RFC1123, time.RFC1123Z,
}

// parseTime reads a moment in ms UTC: ISO 8601, or a Unix time in seconds or milliseconds.
func parseTime(s string) (ms int64, ok bool) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		const seconds = 1e11 // as ms this is 1973, as seconds the year 5138
		if n < seconds && n > -seconds {
			n *= 1000
		}
		return int64(n), n > -1e15 && n < 1e15
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}
