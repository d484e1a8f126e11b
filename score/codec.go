package score

import (
	"encoding/binary"
	"errors"
	"math"

	"kizashi/id"
	"kizashi/rule"
)

// The state is stored as a compact binary: a version byte, then integers as varints (moments as
// differences), texts with their length, and the points of groups as whole float64 bits, so that
// a replay comes to the same bits.
const (
	codecVersion   = 2
	codecUncounted = 1 // without the number of events
)

var errCodec = errors.New("score: state cannot be read")

// AppendState encodes a state.
func AppendState(b []byte, s *State) []byte {
	b = append(b, codecVersion)
	b = binary.AppendVarint(b, int64(s.Model))
	b = binary.AppendVarint(b, s.LastAt)
	b = binary.AppendVarint(b, int64(s.Last))
	b = binary.AppendVarint(b, s.Events)
	b = binary.AppendVarint(b, stale(s.Stale))
	b = binary.AppendUvarint(b, uint64(len(s.Groups)))
	for _, g := range s.Groups {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(g.V))
		b = binary.AppendVarint(b, g.At)
	}
	b = binary.AppendUvarint(b, uint64(len(s.Once)))
	for _, c := range s.Once {
		b = binary.AppendVarint(binary.AppendVarint(b, int64(c.Rule)), c.Period)
	}
	b = binary.AppendUvarint(b, uint64(len(s.Seen)))
	for _, seen := range s.Seen {
		b = appendText(b, seen.Kind)
		b = binary.AppendUvarint(b, uint64(len(seen.Times)))
		last := int64(0)
		for _, t := range seen.Times {
			b = binary.AppendVarint(b, t-last)
			last = t
		}
	}
	b = appendTexts(b, s.Attrs.Text)
	b = binary.AppendUvarint(b, uint64(len(s.Attrs.Int)))
	for _, n := range s.Attrs.Int {
		b = binary.AppendVarint(b, n)
	}
	b = appendTexts(b, s.Attrs.Tags)
	b = binary.AppendUvarint(b, uint64(len(s.Segments)))
	for _, n := range s.Segments {
		b = binary.AppendVarint(b, int64(n))
	}
	b = binary.AppendVarint(b, s.HeldAt)
	return appendTexts(b, s.Errors)
}

func stale(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTexts(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendText(b, s)
	}
	return b
}

// DecodeState reads what AppendState wrote; damaged bytes are an error, never a panic.
func DecodeState(b []byte) (*State, error) {
	if len(b) == 0 || b[0] != codecVersion && b[0] != codecUncounted {
		return nil, errCodec
	}
	r := &reader{b: b[1:]}
	s := &State{Model: id.ID(r.int()), LastAt: r.int(), Last: id.ID(r.int()), Events: -1}
	if b[0] == codecVersion {
		s.Events, s.Stale = r.int(), r.int() != 0
	}
	s.Groups = make([]Group, r.count(9))
	for i := range s.Groups {
		s.Groups[i] = Group{V: r.float(), At: r.int()}
	}
	s.Once = make([]Counted, r.count(2))
	for i := range s.Once {
		s.Once[i] = Counted{Rule: int32(r.int()), Period: r.int()}
	}
	s.Seen = make([]rule.Seen, r.count(2))
	for i := range s.Seen {
		s.Seen[i] = r.seen()
	}
	s.Attrs.Text = r.texts()
	s.Attrs.Int = make([]int64, r.count(1))
	for i := range s.Attrs.Int {
		s.Attrs.Int[i] = r.int()
	}
	s.Attrs.Tags = r.texts()
	s.Segments = make([]id.ID, r.count(1))
	for i := range s.Segments {
		s.Segments[i] = id.ID(r.int())
	}
	s.HeldAt = r.int()
	s.Errors = r.texts()
	if r.bad || len(r.b) != 0 {
		return nil, errCodec
	}
	return s, nil
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[n:]
}

// count reads how many items follow; items of at least size bytes each must fit into what is left.
func (r *reader) count(size int) int {
	v, n := binary.Uvarint(r.b)
	r.skip(n)
	if v > uint64(len(r.b)/size) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(v)
}

func (r *reader) float() float64 {
	if len(r.b) < 8 {
		r.bad, r.b = true, nil
		return 0
	}
	v := math.Float64frombits(binary.BigEndian.Uint64(r.b))
	r.b = r.b[8:]
	return v
}

func (r *reader) text() string {
	n := r.count(1)
	if n == 0 {
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) texts() []string {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}

func (r *reader) seen() rule.Seen {
	s := rule.Seen{Kind: r.text(), Times: make([]int64, r.count(1))}
	last := int64(0)
	for i := range s.Times {
		last += r.int()
		s.Times[i] = last
	}
	return s
}
