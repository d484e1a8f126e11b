package rule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"kizashi/i18n"
)

// Type is the type of a field.
type Type uint8

// The types of fields.
const (
	Text   Type = iota // "" is unknown
	Int                // a whole number
	Bool               // 0 or 1 in Facts and in SQL
	Time               // ms UTC; 0 is never or unknown
	Tags               // a set of texts; in SQL one text, ",a,b,"
	Points             // engagement, which decays; in SQL the moment it cools down to 1 point
)

// Label is what people call a thing, in both languages.
type Label struct{ JA, EN string }

func (l Label) in(lang i18n.Lang, otherwise string) string {
	s := l.JA
	if lang == i18n.English {
		s = l.EN
	}
	if s == "" {
		return otherwise
	}
	return s
}

// Field is something a rule can ask about.
type Field struct {
	Name   string   // as written in a rule: "lead.fit"
	Type   Type     //
	Column string   // SQL expression, the same on both engines: "s.fit"; it may be NULL
	Values []string // the only texts it can hold; nil: any text
	JA, EN string   // its label in sentences and in the builder
	// Labels say what people call its values; a value without a label stands for itself.
	Labels map[string]Label
	// Yes and No are the clauses of a Bool field in sentences, as 予算が分かっている; without them its label stands in quotes.
	Yes, No Label
}

func (f *Field) label(lang i18n.Lang) string { return Label{f.JA, f.EN}.in(lang, f.Name) }

// Schema is the table of fields. It is made once and never changes.
type Schema struct {
	fields  []Field
	ordinal map[string]int
	kinds   map[string]Label
	event   bool
	// properties of the event being scored that have words, by name.
	properties map[string]Field
	env        *cel.Env
}

// NewSchema makes a schema; a field's ordinal is its index in fields. Fields are written by
// programmers, so a mistake in them panics.
func NewSchema(fields []Field) *Schema {
	s := &Schema{fields: fields, ordinal: make(map[string]int, len(fields))}
	for i, f := range fields {
		if _, twice := s.ordinal[f.Name]; twice {
			panic(fmt.Sprintf("rule: field %q stands twice in the schema", f.Name))
		}
		s.ordinal[f.Name] = i
	}
	return s.declared()
}

// WithEvent is the same schema for scoring rules: event.NAME is a text property of the event
// being scored, event.number("NAME") a numeric one.
func (s *Schema) WithEvent() *Schema {
	c := *s
	c.event = true
	return c.declared()
}

// WithKinds is the same schema with labels for event kinds; a kind without one stands for itself.
func (s *Schema) WithKinds(kinds map[string]Label) *Schema {
	c := *s
	c.kinds = kinds
	return &c
}

// WithProperties is the same schema with words for properties of the event being scored; a property
// without them stands for itself, in quotes. The Name of each is without "event.".
func (s *Schema) WithProperties(properties []Field) *Schema {
	c := *s
	c.properties = make(map[string]Field, len(properties))
	for _, p := range properties {
		c.properties[p.Name] = p
	}
	return &c
}

// declared fills in the CEL declarations.
func (s *Schema) declared() *Schema {
	env, err := newEnv(s)
	if err != nil {
		panic(fmt.Sprintf("rule: schema: %v", err))
	}
	s.env = env
	return s
}

// Index is the ordinal of a field, -1 if there is none by that name.
func (s *Schema) Index(name string) int {
	if i, ok := s.ordinal[name]; ok {
		return i
	}
	return -1
}

// Fields are the fields of the schema by ordinal. Do not change them.
func (s *Schema) Fields() []Field { return s.fields }

// Kind is the label of an event kind.
func (s *Schema) Kind(lang i18n.Lang, kind string) string { return s.kinds[kind].in(lang, kind) }

// Kinds are the event kinds with a label, in order of their names.
func (s *Schema) Kinds() []string { return slices.Sorted(maps.Keys(s.kinds)) }

// Label is what people call a field in a language.
func (f *Field) Label(lang i18n.Lang) string { return f.label(lang) }

// ValueLabel is what people call one of its values.
func (f *Field) ValueLabel(lang i18n.Lang, value string) string {
	return f.Labels[value].in(lang, value)
}

// ref is a field of the schema, or a property of the event being scored.
type ref struct {
	ordinal  int    // -1 for a property
	property string // "" for a field
}

const eventScope = "event."

// find looks a name up as a person or a form wrote it.
func (s *Schema) find(name string) (ref, bool) {
	if i := s.Index(name); i >= 0 {
		return ref{ordinal: i}, true
	}
	if property, ok := strings.CutPrefix(name, eventScope); ok && s.event && property != "" {
		return ref{ordinal: -1, property: property}, true
	}
	return ref{}, false
}

// field describes what the ref points at; a property is a text like any other.
func (s *Schema) field(r ref) *Field {
	if r.ordinal < 0 {
		known := s.properties[r.property] // without words if it is the sender's own
		return &Field{Name: eventScope + r.property, JA: cmp.Or(known.JA, "「"+r.property+"」"),
			EN: cmp.Or(known.EN, "“"+r.property+"”"), Labels: known.Labels}
	}
	return &s.fields[r.ordinal]
}
