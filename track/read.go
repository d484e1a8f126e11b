package track

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kizashi/event"
	"kizashi/fault"
)

// parcel is what a request brings.
type parcel struct {
	writeKey string
	sentAt   int64 // ms UTC by the sender's clock; 0 if it does not say
	calls    []call
}

// maxMembers bounds the members of an object that are looked at one by one.
const maxMembers = 500

// read reads the body of a request: a batch, or a single call of the kind. It fails only where the
// JSON or the envelope is wrong; what is wrong with one call stands in that call.
func read(body []byte, kind string) (*parcel, error) {
	heal(body)
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.reset(body)
	p := &parcel{}
	var err error
	if kind == "batch" {
		err = r.batch(p)
	} else {
		p.calls = make([]call, 1)
		err = r.single(p, kind)
	}
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return nil, malformed(body, err)
	}
	return p, nil
}

// reader goes through a body once, from left to right. Its methods return an error where the text
// is no JSON; a value of a wrong type is noted in the call and passed over.
type reader struct {
	dec  jsontext.Decoder
	body []byte
}

// readers are used again for their tables of names.
var readers = sync.Pool{New: func() any { return new(reader) }}

func (r *reader) reset(body []byte) {
	r.dec.Reset(bytes.NewBuffer(body))
	r.body = body
}

// object hands the members of the coming object to f by their quoted names; f must read the value.
func (r *reader) object(f func(name []byte) error) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != '}' {
		name, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := f(plainName(name)); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// plainName writes a name that needs no escapes without them, so that names can be compared as bytes.
func plainName(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return quoted
	}
	plain, err := jsontext.AppendQuote(nil, name)
	if err != nil {
		return quoted
	}
	return plain
}

func (r *reader) single(p *parcel, kind string) error {
	c := &p.calls[0]
	if r.dec.PeekKind() != '{' {
		return r.notObject()
	}
	err := r.object(func(name []byte) error { return r.member(p, c, name) })
	c.kind = kind
	return err
}

func (r *reader) batch(p *parcel) error {
	if r.dec.PeekKind() != '{' {
		return r.notObject()
	}
	var ignored call
	seen := false
	err := r.object(func(name []byte) error {
		if string(name) != `"batch"` {
			return r.member(p, &ignored, name)
		}
		seen = true
		return r.calls(p)
	})
	if err == nil && !seen {
		return fault.New(fault.Malformed, "track.no_batch", nil).At("batch")
	}
	return err
}

// calls reads the array of a batch.
func (r *reader) calls(p *parcel) error {
	if r.dec.PeekKind() != '[' {
		if err := r.dec.SkipValue(); err != nil {
			return err
		}
		return fault.New(fault.Malformed, "track.no_batch", nil).At("batch")
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != ']' {
		if len(p.calls) == MaxMessages {
			return fault.New(fault.TooLarge, "track.too_many", fault.Args{"limit": MaxMessages}).At("batch")
		}
		p.calls = append(p.calls, call{})
		if err := r.call(&p.calls[len(p.calls)-1]); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

func (r *reader) call(c *call) error {
	if r.dec.PeekKind() != '{' {
		c.refuse(fault.New(fault.Invalid, "track.not_object", nil))
		return r.dec.SkipValue()
	}
	start := r.dec.InputOffset()
	var ignored parcel
	err := r.object(func(name []byte) error { return r.member(&ignored, c, name) })
	if r.dec.InputOffset()-start > MaxMessage {
		c.refuse(fault.New(fault.TooLarge, "track.too_large", fault.Args{"limit": MaxMessage >> 10}))
	}
	return err
}

// member reads one member of a call, or of the envelope around calls.
func (r *reader) member(p *parcel, c *call, name []byte) error {
	switch string(name) {
	case `"writeKey"`:
		return r.text(c, "writeKey", &p.writeKey)
	case `"sentAt"`:
		var ignored call // an unreadable one only leaves the clock uncorrected
		return r.time(&ignored, "sentAt", &p.sentAt)
	case `"type"`:
		return r.text(c, "type", &c.kind)
	case `"event"`:
		return r.text(c, "event", &c.event)
	case `"name"`:
		return r.text(c, "name", &c.name)
	case `"category"`:
		return r.text(c, "category", &c.category)
	case `"userId"`:
		return r.text(c, "userId", &c.user)
	case `"anonymousId"`:
		return r.text(c, "anonymousId", &c.visitor)
	case `"groupId"`:
		return r.text(c, "groupId", &c.group)
	case `"previousId"`:
		return r.text(c, "previousId", &c.previous)
	case `"messageId"`:
		return r.text(c, "messageId", &c.id)
	case `"timestamp"`:
		return r.time(c, "timestamp", &c.timestamp)
	case `"originalTimestamp"`:
		return r.time(c, "originalTimestamp", &c.original)
	case `"properties"`:
		return r.members(c, "properties", &c.properties)
	case `"traits"`:
		return r.members(c, "traits", &c.traits)
	case `"context"`:
		return r.context(c)
	case `"integrations"`, `"_metadata"`, `"version"`, `"channel"`, `"receivedAt"`, `"options"`:
		return r.dec.SkipValue() // how SDKs talk to their own server; says nothing about a person
	}
	value, err := r.dec.ReadValue()
	c.rest = append(c.rest, member{name, value})
	return err
}

func (r *reader) context(c *call) error {
	return r.inner(c, "context", func(name []byte) error {
		switch string(name) {
		case `"ip"`:
			return r.text(c, "context.ip", &c.ip)
		case `"userAgent"`:
			return r.text(c, "context.userAgent", &c.userAgent)
		case `"locale"`:
			return r.text(c, "context.locale", &c.locale)
		case `"signature"`:
			return r.text(c, "context.signature", &c.signature)
		case `"campaign"`:
			return r.members(c, "context.campaign", &c.campaign)
		case `"traits"`:
			return r.members(c, "context.traits", &c.known)
		case `"page"`:
			return r.page(c)
		}
		return r.dec.SkipValue()
	})
}

func (r *reader) page(c *call) error {
	return r.inner(c, "context.page", func(name []byte) error {
		switch string(name) {
		case `"url"`:
			return r.text(c, "context.page.url", &c.url)
		case `"referrer"`:
			return r.text(c, "context.page.referrer", &c.referrer)
		}
		return r.dec.SkipValue()
	})
}

// members keeps the members of an object as they are written.
func (r *reader) members(c *call, path string, into *members) error {
	return r.inner(c, path, func(name []byte) error {
		value, err := r.dec.ReadValue()
		if len(*into) == maxMembers {
			c.refuse(fault.New(fault.Invalid, "track.too_many_members", fault.Args{"limit": maxMembers}).At(path))
			return err
		}
		if *into == nil {
			*into = make(members, 0, 8)
		}
		*into = append(*into, member{name, value})
		return err
	})
}

// inner goes through an object inside a call; null is an empty one.
func (r *reader) inner(c *call, path string, f func(name []byte) error) error {
	switch r.dec.PeekKind() {
	case '{':
		return r.object(f)
	case 'n':
	default:
		c.refuse(fault.New(fault.Invalid, "track.not_object", nil).At(path))
	}
	return r.dec.SkipValue()
}

// text reads a text, or a number as its digits; null is the empty text.
func (r *reader) text(c *call, path string, into *string) error {
	kind := r.dec.PeekKind()
	value, err := r.dec.ReadValue()
	switch {
	case err != nil:
		return err
	case kind == '"':
		*into = unquote(value)
	case kind == '0':
		*into = string(value)
	case kind != 'n':
		c.refuse(fault.New(fault.Invalid, "track.not_text", nil).At(path))
	}
	return nil
}

// time reads a moment; see parseTime.
func (r *reader) time(c *call, path string, into *int64) error {
	var s string
	if err := r.text(c, path, &s); err != nil || s == "" {
		return err
	}
	ms, ok := parseTime(s)
	if !ok {
		c.refuse(fault.New(fault.Invalid, "track.time", fault.Args{"time": clip(s)}).At(path))
		return nil
	}
	*into = event.Moment(ms)
	return nil
}

// unquote is the text of a valid JSON string.
func unquote(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return ""
	}
	return string(text)
}

// end makes sure that nothing follows.
func (r *reader) end() error {
	_, err := r.dec.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = r.at("track.trailing")
	}
	return err
}

func (r *reader) notObject() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	return r.at("track.not_object")
}

// at is a mistake at what was read last.
func (r *reader) at(key string) error {
	return fault.New(fault.Malformed, key, place(r.body, int(r.dec.InputOffset())-1))
}

// malformed says where a body stops being JSON.
func malformed(body []byte, err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntax):
		return fault.New(fault.Malformed, "track.malformed", place(body, int(syntax.ByteOffset))).Because(err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Malformed, "track.malformed", place(body, len(body))).Because(err)
	}
	return err
}

// place is a byte offset, counted from 0, with its line and column in characters, from 1.
func place(body []byte, offset int) fault.Args {
	offset = min(max(offset, 0), len(body))
	before := body[:offset]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fault.Args{"line": line, "column": column, "offset": offset}
}
