package event

import (
	"encoding/json"

	"kizashi/id"
	"kizashi/lead"
)

// Message is what a door hands to the intake: something somebody did, and what is known about who.
// Nothing of it is trusted; Message.Check says what is wrong with it.
type Message struct {
	ID      string // the sender's id of the message: a second one with the same id changes nothing
	At      int64  // when it happened, ms UTC, the sender's clock corrected; 0 = when it arrives
	Kind    string // "page_view", "quote_requested", …; "" = it only says who somebody is (identify, alias)
	Lead    id.ID  // the lead, where the door knows it (import, API by lead, mail link)
	User    string // the sender's id of a known user
	Visitor string // the browser's anonymous id
	Email   string
	Channel string // "web", "mail", "phone", "event", "ad", …
	Subject string // what it was about: a URL, a document, a talk; at most 2,048 characters
	Props   json.RawMessage
	Traits  map[string]string // what identify says about the person: name, company, title, phone, …
	Class   Class             // human, bot or scanner, as far as the door can see
	Marks   Mark

	Door     id.ID         // the API key by which it came; message ids count per door. 0 = our own process
	Standing lead.Standing // how far the sender can be believed about who somebody is
	Address  string        // the client's network address, for limits; never stored as it is
}

// Moment is the time that a sender claims as a message carries it. 0 says that there is none, so that the
// first moment of 1970, which clocks without a battery claim, becomes the millisecond after it.
func Moment(ms int64) int64 {
	if ms == 0 {
		return 1
	}
	return ms
}

// Mark is a bit set of what the intake corrected in an event and of what it knows of its sender.
type Mark int64

// The marks. Bits 8 to 11 hold the standing of the sender, see Vouched.
const (
	MarkFuture      Mark = 1 << iota // it claimed a time in the future; it bears the time of arrival
	MarkAncient                      // it claimed a time before 2000; it bears the time of arrival
	MarkPlaceholder                  // its user id was "undefined", "null" or the like: it named nobody
	MarkTraits                       // it says something of the person, see Event.Traits
)

const (
	standingShift = 8
	standingMask  = 0xf
)

// Vouched is the mark of a sender's standing.
func Vouched(s lead.Standing) Mark { return Mark(max(s, 0)/10) & standingMask << standingShift }

// Standing is how far the sender of an event could be believed.
func (m Mark) Standing() lead.Standing { return lead.Standing(m >> standingShift & standingMask * 10) }

// Limits of one message.
const (
	MaxMessageID = 200      // characters
	MaxKind      = 100      // characters
	MaxIdentity  = 320      // characters: the longest mail address
	MaxSubject   = 2048     // characters
	MaxProps     = 32 << 10 // bytes of JSON
	MaxDepth     = 32       // lists and objects within each other in properties
)

// Depth is how many lists and objects valid JSON has within each other at most.
func Depth(raw []byte) (most int) {
	depth, text := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '[' || c == '{':
			depth++
			most = max(most, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return most
}
