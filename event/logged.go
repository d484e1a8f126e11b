package event

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Contacted is the tag of the events by which we, not they, got in touch: whoever has one lately has
// been worked on.
const Contacted = "contacted"

// Kinds of what we did with a lead.
const (
	CallLogged  = "call_logged"
	MailLogged  = "mail_logged"
	VisitLogged = "visit_logged"
	MeetingHeld = "meeting_held"
	NoteAdded   = "note_added"
)

// Imported is the kind of what only an import writes: a file that names a lead.
const Imported = "imported"

// reserved are the kinds and tags that only our own commands and imports write: they say what we did, end clocks,
// and take people off the lists.
var reserved = []string{CallLogged, MailLogged, VisitLogged, MeetingHeld, NoteAdded, Imported, Contacted}

// Reserved tells that no sender may use a name for an event, in whatever spelling: "Call Logged" reads as
// "call_logged".
func Reserved(kind string) bool {
	return slices.Contains(reserved, plainKind(kind))
}

// plainKind writes a name in lower case, with one _ for each gap.
func plainKind(kind string) string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFKC.String(kind)), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	return strings.Join(words, "_")
}

// TagOf is the tag that the kind of an event brings with it; "" for most.
func TagOf(kind string) string {
	switch kind {
	case CallLogged, MailLogged, VisitLogged, MeetingHeld:
		return Contacted
	}
	return ""
}

// Logged carries an event of a person's act into the log and the state, in the transaction of the
// command that made it.
type Logged struct{ Event *Event }
