package lead

import (
	"encoding/json"
	"fmt"

	"kizashi/act"
	"kizashi/id"
)

// Standing says how far a source can be believed. A stronger source outweighs a weaker one; among sources
// of one standing the newer value counts. The order is that of the design: member, proven address, secret
// key or signed claim, import, form, public claim. The numbers are stored.
type Standing int

// The standings, the weakest first. The zero value is what a stranger can use, so that a door that says
// nothing of its sender is not believed.
const (
	Guessed   Standing = -10 // the company that the domain of an address tells
	Claimed   Standing = 0   // a write key that everybody can read in a page
	Entered   Standing = 10  // a form on a page
	Imported  Standing = 20  // a file that a member imported
	Confirmed Standing = 30  // a secret key, or a claim that the site's server signed
	Proven    Standing = 40  // the address answered: a click in a mail, a double opt-in
	Typed     Standing = 50  // a member wrote it in the product
)

// StandingOf is how far those are believed who send with a key: a write key that everybody can read claims, any
// other key is a secret.
func StandingOf(w act.Who) Standing {
	if w.Role == act.Track {
		return Claimed
	}
	return Confirmed
}

// Vouched tells whether the source is one that a stranger cannot use.
func (s Standing) Vouched() bool { return s >= Imported }

// maxTags is how many tags of a lead such a source may fill, maxProps how many properties.
func (s Standing) maxTags() int {
	if s < Entered {
		return MaxClaimedTags
	}
	return MaxTags
}

func (s Standing) maxProps() int {
	if s < Entered {
		return MaxClaimedProps
	}
	return MaxProps
}

// String is the name in the API.
func (s Standing) String() string {
	switch {
	case s >= Typed:
		return "member"
	case s >= Proven:
		return "proven"
	case s >= Confirmed:
		return "server"
	case s >= Imported:
		return "import"
	case s >= Entered:
		return "form"
	case s >= Claimed:
		return "claim"
	}
	return "guess"
}

// Key names the words of the standing.
func (s Standing) Key() string { return "lead.standing." + s.String() }

// Why a lead is unproven: the values of Lead.Unproven.
const (
	Vouched    = 0 // an import, a secret key, a proven address or a member says that the person exists
	Unproven   = 1 // only a public write key says so
	FromAFlood = 2 // and it came with many others in a short time
)

// Source is where a value of a lead is from.
type Source struct {
	Standing Standing
	At       int64 // when the source said so, ms UTC; 0 = not known
	Event    id.ID // the event that brought it; 0 for a file or a member
}

// outweighs tells whether a value from s replaces a different one from o.
func (s Source) outweighs(o Source) bool {
	switch {
	case s.Standing != o.Standing:
		return s.Standing > o.Standing
	case s.At != o.At:
		return s.At > o.At
	}
	return s.Event > o.Event
}

// MarshalJSON writes the numbers alone: a lead has many sources.
func (s Source) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d,%d]", s.Standing, s.At, int64(s.Event)), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Source) UnmarshalJSON(raw []byte) error {
	var numbers [3]int64
	if err := json.Unmarshal(raw, &numbers); err != nil {
		return fmt.Errorf("lead: a source is three numbers: %w", err)
	}
	*s = Source{Standing(numbers[0]), numbers[1], id.ID(numbers[2])}
	return nil
}

// text is a source in a difference.
func (s Source) text() string { return fmt.Sprintf("%d,%d,%d", s.Standing, s.At, int64(s.Event)) }

func sourceOf(text string) (s Source) {
	_, _ = fmt.Sscanf(text, "%d,%d,%d", &s.Standing, &s.At, &s.Event) // written by text
	return s
}

// Known are the sources of the values of a lead, by field: the columns of a lead, and "props.NAME" for a
// property. The source of a value that is not named stands under everything else; without that, the value
// was imported.
type Known map[string]Source

// everythingElse is the entry of Known for the fields that it does not name.
const everythingElse = "*"

// Of is the source of a field's value.
func (k Known) Of(field string) Source {
	if s, named := k[field]; named {
		return s
	}
	if s, named := k[everythingElse]; named {
		return s
	}
	return Source{Standing: Imported}
}

func (k Known) String() string {
	if len(k) == 0 {
		return ""
	}
	raw, _ := json.Marshal(map[string]Source(k)) // numbers only: cannot fail
	return string(raw)
}

// Scan reads the column.
func (k *Known) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("lead: sources are a text, not %T", v)
	}
	*k = nil
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), (*map[string]Source)(k))
}

// setSource notes where the value of a field is from. What Of would say anyway is not written.
func (l *Lead) setSource(field string, s Source) {
	if (s == Source{Standing: Imported}) && l.Known[everythingElse] == (Source{}) {
		delete(l.Known, field)
		return
	}
	if l.Known == nil {
		l.Known = Known{}
	}
	l.Known[field] = s
}
