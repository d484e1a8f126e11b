package sheet

import (
	"bytes"
	"io"
	"unicode/utf8"

	"kizashi/fault"
)

// scanner cuts UTF-8 text into records. encoding/csv stops at the first mistake; this one
// names the place and goes on with the next line.
//
// A line ends with LF, CRLF or CR. A cell that starts with a quote lasts to the closing
// quote, over line ends too; a doubled quote in it is one quote. As in Excel, text after
// the closing quote belongs to the cell, and a quote inside a bare cell is just a quote.
type scanner struct {
	src   io.Reader
	delim byte
	lossy bool // the decoder writes U+FFFD for what it cannot read, so that one is a mistake

	buf      []byte
	pos, end int   // buf[pos:end] is read but not scanned
	eof      bool  // nothing follows buf
	fail     error // of the source
	line     int   // of buf[pos], from 1

	text  []byte // cells of the current record, one after the other
	ends  []int  // where each ends in text
	multi bool   // a quoted cell of the record holds a line end
	open  int    // where the quoted cell being scanned starts in the record; -1 outside of one
}

func newScanner(src io.Reader, delim byte, lossy bool) *scanner {
	return &scanner{src: src, delim: delim, lossy: lossy, buf: make([]byte, 256<<10), line: 1}
}

// verdict is how the scan of a record or a cell went.
type verdict uint8

const (
	done     verdict = iota
	more             // the bytes at hand do not decide it
	unclosed         // a quote has no end
)

// next gives the next record with content.
func (s *scanner) next() (Row, bool) {
	for {
		b := s.buf[s.pos:s.end]
		if len(b) == 0 && s.eof {
			return Row{}, false
		}
		n, v := s.record(b)
		switch {
		case v == more && len(b) < maxRecord:
			s.fill()
			continue
		case v == more && (s.open < 0 || !s.multi):
			return s.skipHuge(), true
		case v != done:
			return s.skipUnclosed(b), true
		}
		start := s.line
		s.advance(n)
		if row, ok := s.row(start); ok {
			return row, true
		}
	}
}

// advance leaves n bytes behind and counts their line ends.
func (s *scanner) advance(n int) {
	if s.multi {
		s.line += lineEnds(s.buf[s.pos : s.pos+n])
	} else {
		s.line++
	}
	s.pos += n
}

func lineEnds(b []byte) int {
	return bytes.Count(b, []byte{'\n'}) + bytes.Count(b, []byte{'\r'}) - bytes.Count(b, []byte("\r\n"))
}

// fill reads more bytes behind those that are there, in a larger buffer if it is full.
func (s *scanner) fill() {
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := io.ReadFull(s.src, s.buf[s.end:]) // a full buffer, as each fill scans the record anew
	s.end += n
	if err == nil {
		return
	}
	s.eof = true
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		s.fail = fault.New(fault.Malformed, "sheet.cut_off", fault.Args{"row": s.line}).Because(err)
	}
}

// record scans one record at the start of b into text and ends; n is its length with the
// line end.
func (s *scanner) record(b []byte) (n int, v verdict) {
	s.text, s.ends, s.multi, s.open = s.text[:0], s.ends[:0], false, -1
	for i := 0; ; i++ {
		if q := quoteAt(b, i); q >= 0 {
			i, v = s.quoted(b, q)
		} else {
			i = s.bare(b, i)
		}
		if v != done {
			return 0, v
		}
		s.open = -1
		s.ends = append(s.ends, len(s.text))
		switch {
		case i == len(b):
			return i, atEnd(s.eof)
		case b[i] == s.delim:
			continue
		case b[i] == '\r' && i+1 == len(b) && !s.eof:
			return 0, more // an LF may follow
		case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
			return i + 2, done
		default:
			return i + 1, done
		}
	}
}

// quoteAt is where a quote opens the cell at b[i], -1 if none does. People put a space
// behind the comma.
func quoteAt(b []byte, i int) int {
	for i < len(b) && b[i] == ' ' {
		i++
	}
	if i < len(b) && b[i] == '"' {
		return i
	}
	return -1
}

func atEnd(eof bool) verdict {
	if eof {
		return done
	}
	return more
}

// bare scans an unquoted cell from b[i] and returns where it ends.
func (s *scanner) bare(b []byte, i int) int {
	j := i
	for j < len(b) && b[j] != s.delim && b[j] != '\n' && b[j] != '\r' {
		j++
	}
	s.text = append(s.text, b[i:j]...)
	return j
}

// quoted scans a cell whose quote stands at b[i] and returns where it ends. Text behind what
// seems to be the closing quote shows that the cell was never closed, if the quote stands
// where another cell would open: behind a delimiter, or lines later.
func (s *scanner) quoted(b []byte, i int) (int, verdict) {
	s.open = i
	for i++; ; i++ {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			s.multi = s.multi || hasLineEnd(b[i:])
			if s.eof {
				return 0, unclosed
			}
			return 0, more
		}
		s.multi = s.multi || hasLineEnd(b[i:i+k])
		s.text = append(s.text, b[i:i+k]...)
		i += k + 1
		switch {
		case i == len(b):
			return i, atEnd(s.eof)
		case b[i] == '"':
			s.text = append(s.text, '"')
		case b[i] == s.delim || b[i] == '\n' || b[i] == '\r':
			return i, done
		case b[i-2] == s.delim || hasLineEnd(b[s.open:i]):
			return 0, unclosed
		default:
			return s.bare(b, i), done
		}
	}
}

func hasLineEnd(b []byte) bool {
	return bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0
}

// skipUnclosed refuses the record and goes on after the line on which the quote was opened.
func (s *scanner) skipUnclosed(b []byte) Row {
	row := refuse(fault.Malformed, "sheet.quote", s.line, len(s.ends)+1, nil)
	n := s.open + lineEnd(b[s.open:])
	switch {
	case n+1 < len(b) && b[n] == '\r' && b[n+1] == '\n':
		n += 2
	case n < len(b):
		n++
	}
	s.multi = true // count the lines: cells before the quote may hold some
	s.advance(n)
	return row
}

// skipHuge refuses a record that is over the limit on one line, and the rest of that line.
func (s *scanner) skipHuge() Row {
	row := refuse(fault.TooLarge, "sheet.row_long", s.line, 0, fault.Args{"limit": maxRecord >> 20})
	s.line += lineEnds(s.buf[s.pos:s.end]) // of cells before the long one
	s.pos = s.end
	for s.pos == s.end && !s.eof {
		s.fill()
		s.pos = lineEnd(s.buf[:s.end])
	}
	if s.end-s.pos < 2 && !s.eof {
		s.fill()
	}
	switch {
	case bytes.HasPrefix(s.buf[s.pos:s.end], []byte("\r\n")):
		s.pos += 2
	case s.pos < s.end:
		s.pos++
	}
	s.line++
	return row
}

// lineEnd is the offset of the first line end, or the length if there is none.
func lineEnd(b []byte) int {
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		return i
	}
	return len(b)
}

// row makes a row of the record just scanned; false if it is empty.
func (s *scanner) row(number int) (Row, bool) {
	if len(bytes.TrimSpace(s.text)) == 0 {
		return Row{}, false
	}
	if len(s.ends) > MaxColumns {
		return refuse(fault.TooLarge, "sheet.columns", number, 0,
			fault.Args{"columns": len(s.ends), "limit": MaxColumns}), true
	}
	if row, bad := s.unreadable(number); bad {
		return row, true
	}
	text := string(s.text)
	cells := make([]string, len(s.ends))
	from := 0
	for i, to := range s.ends {
		cells[i] = text[from:to]
		from = to
	}
	return checkCells(number, cells), true
}

var replacement = []byte("\ufffd")

// unreadable finds bytes that are no text in the encoding of the file.
func (s *scanner) unreadable(number int) (Row, bool) {
	if utf8.Valid(s.text) && !(s.lossy && bytes.Contains(s.text, replacement)) {
		return Row{}, false
	}
	from := 0
	for i, to := range s.ends {
		cell := s.text[from:to]
		if !utf8.Valid(cell) || s.lossy && bytes.Contains(cell, replacement) {
			return refuse(fault.Malformed, "sheet.undecodable", number, i+1, nil), true
		}
		from = to
	}
	return Row{}, false
}
