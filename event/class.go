package event

import "strconv"

// Class says who made a hit, as far as one can tell, and whether it counts. It stands beside the raw event,
// which is kept whatever its class; only events of class Human count in scores.
type Class uint8

// The classes; the numbers are stored.
const (
	Human   Class = 0
	Bot     Class = 1 // a crawler, a monitor, a program
	Scanner Class = 2 // a mail filter that opens links or pictures before, or instead of, the person
	Excess  Class = 3 // it came with a public key above the limits of what counts
)

// Classes are the classes that a sender or a member may choose; Excess is what the intake says alone.
var Classes = []Class{Human, Bot, Scanner}

// String is the name in the API and in the command line: human, bot, scanner or excess.
func (c Class) String() string {
	switch c {
	case Human:
		return "human"
	case Bot:
		return "bot"
	case Scanner:
		return "scanner"
	case Excess:
		return "excess"
	}
	return "class " + strconv.Itoa(int(c))
}

// Key names the words of the class.
func (c Class) Key() string { return "event_class." + c.String() }

// ParseClass reads the name of a class; ok is false for any other text.
func ParseClass(name string) (c Class, ok bool) {
	for _, c := range append([]Class{Excess}, Classes...) {
		if c.String() == name {
			return c, true
		}
	}
	return Human, false
}
