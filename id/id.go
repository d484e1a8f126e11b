// Package id makes 64-bit ids that sort by the time of their making, and their short text.
package id

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"sync/atomic"

	"kizashi/fault"
)

// ID is 41 bits of milliseconds since 2020, 10 bits of node and 12 bits of sequence:
// positive until 2089. The zero ID names nothing.
type ID int64

const (
	epoch    = 1577836800000 // 2020-01-01T00:00:00Z in ms
	seqBits  = 12
	nodeBits = 10
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base32: no i, l, o, u
	textLen  = 13
)

// Maker makes the ids of one node; safe for many goroutines.
type Maker struct {
	node int64
	last atomic.Int64 // milliseconds<<seqBits | sequence
}

// NewMaker makes ids for node 0–1023; nodes that share a database need different numbers.
func NewMaker(node int) *Maker {
	return &Maker{node: int64(node) & (1<<nodeBits - 1)}
}

// Next is an id of the moment now (ms UTC), larger than every id made before by this Maker.
// More than 4,096 in a millisecond borrow from the next one.
func (m *Maker) Next(now int64) ID {
	for {
		last := m.last.Load()
		next := max((now-epoch)<<seqBits, last+1)
		if m.last.CompareAndSwap(last, next) {
			ms, seq := next>>seqBits, next&(1<<seqBits-1)
			return ID(ms<<(nodeBits+seqBits) | m.node<<seqBits | seq)
		}
	}
}

// After lets all further ids be larger than one that another Maker has made.
func (m *Maker) After(other ID) {
	ms := int64(other) >> (nodeBits + seqBits)
	m.last.Store(max(m.last.Load(), ms<<seqBits|(1<<seqBits-1)))
}

// First is the smallest id of the moment t (ms UTC): a bound for queries by time of making.
func First(t int64) ID { return ID(max(t-epoch, 0) << (nodeBits + seqBits)) }

// Node is the number of the process that made the id.
func (i ID) Node() int { return int(i >> seqBits & (1<<nodeBits - 1)) }

// Time is the moment of making in ms UTC.
func (i ID) Time() int64 { return int64(i)>>(nodeBits+seqBits) + epoch }

// String is the id as 13 characters of base32 that sort as the numbers do.
func (i ID) String() string {
	var b [textLen]byte
	u := uint64(i)
	for n := textLen - 1; n >= 0; n-- {
		b[n] = alphabet[u&31]
		u >>= 5
	}
	return string(b[:])
}

// Parse reads the text of an id; upper case and the look-alikes i, l, o are forgiven.
func Parse(s string) (ID, error) {
	bad := fault.New(fault.Invalid, "id.bad", fault.Args{"id": clip(s)})
	if len(s) != textLen {
		return 0, bad
	}
	var u uint64
	for _, c := range strings.NewReplacer("i", "1", "l", "1", "o", "0").Replace(strings.ToLower(s)) {
		v := strings.IndexRune(alphabet, c)
		if v < 0 {
			return 0, bad
		}
		u = u<<5 | uint64(v)
	}
	if s[0] > '7' || int64(u) <= 0 {
		return 0, bad
	}
	return ID(u), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Value stores the id as its number.
func (i ID) Value() (driver.Value, error) { return int64(i), nil }

// Scan reads the number of an id.
func (i *ID) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("id: cannot read %T", v)
	}
	*i = ID(n)
	return nil
}

// MarshalText writes the id into JSON as its text; the zero ID is "".
func (i ID) MarshalText() ([]byte, error) {
	if i == 0 {
		return nil, nil
	}
	return []byte(i.String()), nil
}

// UnmarshalText reads the text of an id; "" is the zero ID.
func (i *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	v, err := Parse(string(b))
	*i = v
	return err
}
