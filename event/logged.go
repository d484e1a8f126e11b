package event

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
