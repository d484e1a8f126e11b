package event

import (
	"context"
	"encoding/json"

	"kizashi/db"
	"kizashi/id"
)

// Identified is the kind of an event that only says who somebody is.
const Identified = "identified"

// traitsProp is the property under which an event of another kind keeps what it says of the person.
const traitsProp = "context_traits"

// WithTraits are the properties of an event that says something of the person: the traits themselves of one
// that says nothing else, so that they read as its properties.
func WithTraits(kind string, props json.RawMessage, traits map[string]string) (json.RawMessage, error) {
	if kind == Identified && len(props) == 0 {
		return json.Marshal(traits)
	}
	raw, err := json.Marshal(traits)
	if err != nil {
		return nil, err
	}
	return withProp(props, traitsProp, raw)
}

// placeholderProp is the property that keeps a user id that names nobody.
const placeholderProp = "$user_id"

// WithPlaceholder are the properties of an event whose user id names nobody: they keep it.
func WithPlaceholder(props json.RawMessage, user string) (json.RawMessage, error) {
	raw, err := json.Marshal(user)
	if err != nil {
		return nil, err
	}
	return withProp(props, placeholderProp, raw)
}

// Unlisted is the kind of an event whose own name is one too many for the installation. The property nameProp keeps
// that name.
const (
	Unlisted = "unlisted_event"
	nameProp = "$event"
)

// WithName are the properties of an Unlisted event.
func WithName(props json.RawMessage, name string) (json.RawMessage, error) {
	raw, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	return withProp(props, nameProp, raw)
}

// withProp adds a property; what is no object becomes one.
func withProp(props json.RawMessage, name string, value json.RawMessage) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if len(props) > 0 && json.Unmarshal(props, &all) != nil {
		all = map[string]json.RawMessage{"value": props}
	}
	all[name] = value
	return json.Marshal(all)
}

// Traits are what an event says of the person; nil for most.
func (e *Event) Traits() map[string]string {
	if e.Marks&MarkTraits == 0 {
		return nil
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(e.Props, &all) != nil {
		return nil
	}
	raw, apart := all[traitsProp]
	if !apart {
		raw = e.Props
	}
	var traits map[string]string
	if json.Unmarshal(raw, &traits) != nil {
		return nil
	}
	delete(traits, placeholderProp)
	return traits
}

// EachWithTraits reads the events of leads that say something of the person, in the order of the log.
func EachWithTraits(ctx context.Context, tx *db.Tx, kinds *Kinds, leads []id.ID, f func(*Event) error) error {
	in, arg := tx.In("$1", leads)
	return each(ctx, tx, kinds, `SELECT `+columns+` FROM event WHERE lead`+in+` AND marks & $2 <> 0 ORDER BY lead, at, id`,
		[]any{arg, int64(MarkTraits)}, f)
}
