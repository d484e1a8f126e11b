package sheet

import (
	"bytes"
	"io"

	"kizashi/fault"
)

// textSource reads CSV and its kin.
type textSource struct {
	*scanner
	raw  *counter
	size int64
}

// counter counts the bytes read of the file, for the progress.
type counter struct {
	io.ReaderAt
	n int64
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.n = off + int64(n)
	return n, err
}

func (s *textSource) err() error {
	if s.fail == nil {
		return nil
	}
	return s.fail
}

func (s *textSource) progress() float64 {
	return min(1, float64(s.raw.n-int64(s.end-s.pos))/float64(max(s.size, 1)))
}

func (s *textSource) close() error { return nil }

// headSize is how much of the text is looked at to tell the delimiter, bytes of UTF-8.
const headSize = 64 << 10

func openText(name string, r io.ReaderAt, size int64) (source, Info, error) {
	if size > MaxBytes {
		return nil, Info{}, fault.New(fault.TooLarge, "sheet.too_large",
			fault.Args{"file": name, "limit": MaxBytes >> 20})
	}
	set, err := detect(r, size)
	if err != nil {
		return nil, Info{}, fault.New(fault.Malformed, "sheet.unreadable", fault.Args{"file": name}).Because(err)
	}
	head, err := io.ReadAll(io.LimitReader(set.reader(r, size), headSize))
	if err != nil {
		return nil, Info{}, fault.New(fault.Malformed, "sheet.unreadable", fault.Args{"file": name}).Because(err)
	}
	if binary(head) {
		return nil, Info{}, fault.New(fault.Malformed, "sheet.not_table", fault.Args{"file": name})
	}
	delim, told := delimiter(head)
	raw := &counter{ReaderAt: r}
	s := &textSource{scanner: newScanner(set.reader(raw, size), delim, set.lossy), raw: raw, size: size}
	if told {
		s.next() // the line "sep=;" is for Excel alone
	}
	return s, Info{Format: formatOf(delim), Encoding: set.name}, nil
}

// binary tells whether this is no text at all: more than one in a hundred bytes is a
// control character that no table has. A few are the fault of their rows.
func binary(b []byte) bool {
	n := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1b {
			n++
		}
	}
	return n > 8 && n*100 > len(b)
}

func formatOf(delim byte) Format {
	switch delim {
	case '\t':
		return TSV
	case ';':
		return Semicolon
	}
	return CSV
}

// delimiter finds the one that cuts the first records into the most, and the most equal,
// columns. told: the file says it itself in a first line "sep=;", as Excel understands it.
func delimiter(head []byte) (delim byte, told bool) {
	if bytes.HasPrefix(head, []byte("sep=")) && len(head) > 5 && (head[5] == '\r' || head[5] == '\n') {
		return head[4], true
	}
	delim = ','
	best := 0.0
	for _, d := range []byte("\t,;|") {
		if score := evenness(head, d); score > best {
			delim, best = d, score
		}
	}
	return delim, false
}

// evenness is the share of records with the most frequent number of columns, squared,
// times that number less one.
func evenness(head []byte, delim byte) float64 {
	s := newScanner(bytes.NewReader(head), delim, false)
	counts, total := map[int]int{}, 0
	for total < 100 {
		row, ok := s.next()
		if !ok {
			break
		}
		if row.Err == nil {
			counts[len(row.Cells)]++
			total++
		}
	}
	columns, most := 1, 0
	for c, n := range counts {
		if n > most || n == most && c > columns {
			columns, most = c, n
		}
	}
	share := float64(most) / float64(max(total, 1))
	return share * share * float64(columns-1)
}
