package sheet

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// charset is an encoding of text. lossy: its decoder writes U+FFFD for what is no text,
// and has no other way to make one.
type charset struct {
	name  string // IANA
	enc   encoding.Encoding
	bom   int // bytes of the mark at the start
	lossy bool
}

// The encodings that are read. Shift_JIS is Windows' CP932 with ①, ㈱ and 髙, as the
// WHATWG encoding standard has it.
var (
	utf8Set    = charset{name: "UTF-8"}
	utf16LE    = charset{name: "UTF-16LE", enc: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	utf16BE    = charset{name: "UTF-16BE", enc: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	shiftJIS   = charset{name: "Shift_JIS", enc: japanese.ShiftJIS, lossy: true}
	eucJP      = charset{name: "EUC-JP", enc: japanese.EUCJP, lossy: true}
	iso2022JP  = charset{name: "ISO-2022-JP", enc: japanese.ISO2022JP, lossy: true}
	windows125 = charset{name: "windows-1252", enc: charmap.Windows1252, lossy: true}
)

// reader decodes the whole file, without the mark, to UTF-8.
func (c charset) reader(r io.ReaderAt, size int64) io.Reader {
	raw := io.NewSectionReader(r, int64(c.bom), max(size-int64(c.bom), 0))
	if c.enc == nil {
		return raw
	}
	return c.enc.NewDecoder().Reader(raw)
}

// sampleSize is how much is looked at to tell the encoding, from the first byte that is
// not ASCII on.
const sampleSize = 1 << 20

// detect tells the encoding from the content: the mark, zero bytes, escape sequences, and
// else what reads best.
func detect(r io.ReaderAt, size int64) (charset, error) {
	head, err := readAt(r, size, 0, 4096)
	if err != nil {
		return utf8Set, err
	}
	if c, ok := marked(head); ok {
		return c, nil
	}
	if c, ok := zeros(head); ok {
		return c, nil
	}
	sample, err := firstForeign(r, size)
	if err != nil {
		return utf8Set, err
	}
	return guess(sample), nil
}

// readAt reads up to n bytes at an offset.
func readAt(r io.ReaderAt, size, off int64, n int) ([]byte, error) {
	b := make([]byte, max(0, min(int64(n), size-off)))
	got, err := r.ReadAt(b, off)
	if err == io.EOF || got == len(b) {
		err = nil
	}
	return b[:got], err
}

func marked(head []byte) (charset, bool) {
	for _, m := range []struct {
		mark string
		set  charset
	}{{"\xef\xbb\xbf", utf8Set}, {"\xff\xfe", utf16LE}, {"\xfe\xff", utf16BE}} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			m.set.bom = len(m.mark)
			return m.set, true
		}
	}
	return charset{}, false
}

// zeros recognises UTF-16 without a mark: ASCII in it, such as commas, has a zero byte
// always on the same side, which other text never has.
func zeros(head []byte) (charset, bool) {
	var at [2]int
	for i, c := range head {
		if c == 0 {
			at[i%2]++
		}
	}
	switch least := len(head) / 20; {
	case at[1] > least && at[0]*10 < at[1]:
		return utf16LE, true
	case at[0] > least && at[1]*10 < at[0]:
		return utf16BE, true
	}
	return charset{}, false
}

// firstForeign is the sample around the first byte that is not plain ASCII, empty if
// there is none in the file.
func firstForeign(r io.ReaderAt, size int64) ([]byte, error) {
	for off := int64(0); off < size; off += sampleSize {
		b, err := readAt(r, size, off, sampleSize)
		if err != nil {
			return nil, err
		}
		i := bytes.IndexFunc(b, func(c rune) bool { return c >= utf8.RuneSelf || c == 0x1b })
		if i < 0 {
			continue
		}
		return readAt(r, size, off+int64(max(i-1, 0)), sampleSize)
	}
	return nil, nil
}

// guess picks the encoding in which the sample reads best.
func guess(b []byte) charset {
	switch {
	case bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")):
		return iso2022JP
	case len(b) == 0 || mostlyUTF8(b):
		return utf8Set
	case lonely(b):
		return windows125
	case oddness(eucJP, b) < oddness(shiftJIS, b):
		return eucJP
	}
	return shiftJIS
}

// mostlyUTF8 tells whether at least nine in ten of the foreign characters are UTF-8: a few
// broken ones are the fault of their rows, not of the file.
func mostlyUTF8(b []byte) bool {
	sound, broken := 0, 0
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		switch {
		case c == utf8.RuneError && n == 1 && utf8.FullRune(b[i:]):
			broken++
		case c >= utf8.RuneSelf:
			sound++
		}
		i += n
	}
	return broken*10 <= sound
}

// lonely tells whether foreign bytes stand alone among ASCII letters, as the accents of
// Western text do and Japanese never does.
func lonely(b []byte) bool {
	alone, all := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		all++
		if (i == 0 || b[i-1] < utf8.RuneSelf) && (i+1 == len(b) || b[i+1] < utf8.RuneSelf) {
			alone++
		}
	}
	return alone*10 >= all*9
}

// oddness counts what should not be in Japanese text, a mistake ten times: half-width
// kana, which is what EUC-JP looks like when read as Shift_JIS, and private characters.
func oddness(c charset, b []byte) int {
	text, err := c.enc.NewDecoder().Bytes(b)
	if err != nil {
		return 10 * len(b)
	}
	odd := 0
	for _, r := range string(text) {
		switch {
		case r == utf8.RuneError:
			odd += 10
		case r >= 0xff61 && r <= 0xff9f || r >= 0xe000 && r <= 0xf8ff:
			odd++
		}
	}
	return odd
}
