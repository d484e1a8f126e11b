package api

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kizashi/fault"
	"kizashi/id"
)

// posted is a JSON body of type T. What is wrong with it is kept until huma asks, so that it arrives
// there as the fault that it is.
type posted[T any] struct {
	Value T
	wrong error
}

// Schema describes the body as T.
func (p *posted[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// Resolve tells what is wrong with the body.
func (p *posted[T]) Resolve(huma.Context) []error {
	if p.wrong == nil {
		return nil
	}
	return []error{p.wrong}
}

func (p *posted[T]) read(body []byte) { p.wrong = unmarshal(body, &p.Value) }

// readInto reads a body for huma.
func readInto(body []byte, into any) error {
	if v := reflect.ValueOf(into).Elem(); v.Kind() == reflect.Pointer { // of a body that may be left out
		v.Set(reflect.New(v.Type().Elem()))
		into = v.Interface()
	}
	if p, ok := into.(interface{ read([]byte) }); ok {
		p.read(body)
		return nil
	}
	return unmarshal(body, into)
}

// storable replaces the one character that PostgreSQL cannot store in texts that come in.
var storable = json.UnmarshalFromFunc(func(d *jsontext.Decoder, s *string) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() != '"' {
		return errWantText
	}
	*s = strings.ReplaceAll(token.String(), "\x00", "\uFFFD")
	return nil
})

var errWantText = errors.New("api: not a text")

// unmarshal reads JSON; its errors name the place. A field that there is not is refused: a mistyped one would
// otherwise be lost without a word.
func unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into, json.WithUnmarshalers(storable), json.RejectUnknownMembers(true))
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return malformed(body, syntax)
	case errors.As(err, &meaning) && errors.As(meaning.Err, &known):
		return known.At(pathOf(meaning.JSONPointer))
	case errors.As(err, &meaning) && errors.Is(meaning.Err, json.ErrUnknownName):
		return unknownField(meaning)
	case errors.As(err, &meaning):
		return wrongType(meaning)
	}
	return err
}

// malformed says where JSON stops being JSON.
func malformed(body []byte, e *jsontext.SyntacticError) error {
	offset := min(int(e.ByteOffset), len(body))
	line, column := placeOf(body, offset)
	key := "api.json"
	if errors.Is(e.Err, io.ErrUnexpectedEOF) || offset == len(body) {
		key = "api.json_end"
	}
	return fault.New(fault.Malformed, key, fault.Args{"line": line, "column": column, "offset": offset}).
		At(pathOf(e.JSONPointer)).Because(e)
}

// placeOf is the line and the character of an offset, both from 1.
func placeOf(body []byte, offset int) (line, column int) {
	before := body[:offset]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// unknownField names a field that there is not, and those that there are.
func unknownField(e *json.SemanticError) error {
	known := fieldsOf(e.GoType)
	slices.Sort(known)
	args := fault.Args{"name": clip(e.JSONPointer.LastToken()), "known": strings.Join(known, ", ")}
	return fault.New(fault.Invalid, "api.unknown_field", args).At(pathOf(e.JSONPointer)).Because(e)
}

// fieldsOf are the names that a struct has in JSON, with those of structs that it embeds.
func fieldsOf(t reflect.Type) (names []string) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "-" && (name != "" || !f.Anonymous) {
			names = append(names, cmp.Or(name, f.Name))
		}
	}
	return names
}

// wrongType says what should have stood there.
func wrongType(e *json.SemanticError) error {
	key := "api.type_value"
	t := e.GoType
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case errors.Is(e.Err, errWantText):
		key = "api.type_text"
	case t == nil:
	case t == reflect.TypeFor[time.Time]():
		key = "api.type_time"
	default:
		key = kindKeys[t.Kind()]
	}
	if key == "" {
		key = "api.type_value"
	}
	return fault.New(fault.Invalid, key, nil).At(pathOf(e.JSONPointer)).Because(e)
}

var kindKeys = map[reflect.Kind]string{
	reflect.String: "api.type_text", reflect.Bool: "api.type_flag", reflect.Int: "api.type_whole", reflect.Int64: "api.type_whole",
	reflect.Float64: "api.type_number", reflect.Slice: "api.type_list", reflect.Struct: "api.type_object", reflect.Map: "api.type_object",
}

// maxPath is how much of a path is shown, in bytes: what is nested 10,000 times names nothing to a reader.
const maxPath = 200

// pathOf writes a JSON pointer as people write a field: events[0].kind.
func pathOf(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		if b.Len() > maxPath {
			b.WriteString("…")
			break
		}
		if _, err := strconv.ParseUint(token, 10, 32); err == nil {
			b.WriteString("[" + token + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(clip(token))
	}
	return b.String()
}

// writeJSON writes an answer: empty lists as [], and no escapes that only HTML needs.
func writeJSON(w io.Writer, v any) error {
	return json.MarshalWrite(w, v, jsontext.AllowInvalidUTF8(true))
}

// number is an id in a path.
type number struct{ id.ID }

// Schema describes an id.
func (number) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "An id: 13 characters of base32.", Examples: []any{"01hq3y8m4n2pz"}}
}

// One is the input of an operation on one thing.
type One struct {
	ID number `path:"id"`
}

// output is an answer with a body.
type output[T any] struct{ Body T }

func answer[T any](v T) *output[T] { return &output[T]{Body: v} }
