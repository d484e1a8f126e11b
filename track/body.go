package track

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"

	"kizashi/fault"
)

// Limits of a request, in bytes of JSON after unpacking; those of Segment's API.
const (
	MaxMessage  = 32 << 10  // one call
	MaxBatch    = 500 << 10 // one batch
	MaxMessages = 2500      // calls in a batch
)

// body is the JSON of a request in a buffer that is used again.
type body struct{ *bytes.Buffer }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (b body) free() {
	b.Reset()
	buffers.Put(b.Buffer)
}

// readBody reads at most limit bytes of JSON, unpacking gzip. That a body is packed is seen from its
// first bytes, because proxies unpack and leave the header, and beacons cannot set one.
func readBody(r *http.Request, limit int) (body, error) {
	switch coding := strings.ToLower(r.Header.Get("Content-Encoding")); coding {
	case "", "identity", "gzip", "x-gzip":
	default:
		return body{}, fault.New(fault.Malformed, "track.encoding", fault.Args{"encoding": clip(coding)})
	}
	if r.ContentLength > int64(limit) {
		return body{}, tooLarge(limit)
	}
	b := body{buffers.Get().(*bytes.Buffer)}
	if err := b.fill(r.Body, limit); err != nil {
		b.free()
		return body{}, err
	}
	if !bytes.HasPrefix(b.Bytes(), []byte{0x1f, 0x8b}) {
		return b, nil
	}
	defer b.free()
	return unpack(b.Bytes(), limit)
}

func unpack(packed []byte, limit int) (body, error) {
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return body{}, fault.New(fault.Malformed, "track.gzip", nil).Because(err)
	}
	b := body{buffers.Get().(*bytes.Buffer)}
	err = b.fill(plain, limit)
	if err == nil {
		return b, nil
	}
	b.free()
	if fault.KindOf(err) == fault.TooLarge {
		return body{}, err
	}
	return body{}, fault.New(fault.Malformed, "track.gzip", nil).Because(err)
}

// fill reads all of r, or fails as soon as it is more than limit bytes.
func (b body) fill(r io.Reader, limit int) error {
	_, err := b.ReadFrom(io.LimitReader(r, int64(limit)+1))
	switch {
	case err == nil && b.Len() > limit:
		return tooLarge(limit)
	case err != nil:
		return fault.New(fault.Malformed, "track.cut_off", nil).Because(err)
	}
	return nil
}

func tooLarge(limit int) error {
	return fault.New(fault.TooLarge, "track.too_large", fault.Args{"limit": limit >> 10})
}

// heal replaces, in place, escapes that are valid JSON but no text: the NUL that PostgreSQL cannot
// store, and halves of surrogate pairs, which browsers send where a script cut an emoji in two.
func heal(b []byte) {
	if !bytes.Contains(b, []byte(`\u`)) {
		return
	}
	for i := 0; i < len(b)-1; i++ {
		if b[i] != '\\' {
			continue
		}
		i++ // the escaped character
		if b[i] != 'u' {
			continue
		}
		unit, ok := hex4(b, i+1)
		switch {
		case !ok: // malformed: the reader will say where
		case unit == 0 || unit >= 0xdc00 && unit < 0xe000:
			copy(b[i+1:], "fffd")
		case unit >= 0xd800 && unit < 0xdc00:
			if i+6 < len(b) && b[i+5] == '\\' && b[i+6] == 'u' {
				if low, ok := hex4(b, i+7); ok && low >= 0xdc00 && low < 0xe000 {
					i += 10
					continue
				}
			}
			copy(b[i+1:], "fffd")
		}
	}
}

// hex4 reads the four hexadecimal digits at b[i].
func hex4(b []byte, i int) (unit rune, ok bool) {
	if i+4 > len(b) {
		return 0, false
	}
	for _, c := range b[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}
