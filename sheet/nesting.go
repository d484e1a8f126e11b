package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"kizashi/fault"
)

// Limits of the XML in a workbook. The parser keeps every open element in memory: five million of them pack
// into 20 kB and take a gigabyte.
const (
	maxNesting  = 1000    // elements within each other; workbooks have about 20
	maxElements = 1 << 20 // of a part that is held in memory whole
	maxTexts    = 8 << 20 // of the shared texts
)

// checkNesting reads through the parts of a package and refuses XML that would take its parser too much memory.
func checkNesting(name string, z *zip.Reader) error {
	for _, p := range z.File {
		low := strings.ToLower(p.Name)
		x := nesting{most: maxElements}
		switch {
		case strings.HasPrefix(low, "xl/worksheets/sheet"):
			x.most = 0 // rows are read one by one
		case strings.HasSuffix(low, "sharedstrings.xml"):
			x.most = maxTexts
		}
		f, err := p.Open()
		if err != nil {
			return broken(name, err)
		}
		_, err = io.CopyBuffer(&x, struct{ io.Reader }{f}, make([]byte, 64<<10))
		f.Close()
		switch {
		case errors.Is(err, errNested):
			return fault.New(fault.TooLarge, "sheet.nested", fault.Args{"file": name, "part": p.Name, "limit": maxNesting})
		case err != nil && !errors.Is(err, errNoXML):
			return broken(name, err)
		}
	}
	return nil
}

var (
	errNested = errors.New("sheet: XML too deep, or of too many elements")
	errNoXML  = errors.New("sheet: no XML") // the parser stops there, too
)

// nesting counts the elements of the XML that is written to it. Where it errs, it counts too many.
type nesting struct {
	most     int // elements at most; 0: any number
	elements int
	depth    int
	foreign  bool // an end of an element may be none: it closes nothing
	at       func(*nesting, byte) error
	quote    byte
	slash    bool   // what stood before was the slash of an empty element
	head     []byte // the beginning of a comment, a declaration or a CDATA section
}

// Write never keeps b.
func (x *nesting) Write(b []byte) (int, error) {
	if x.at == nil {
		x.at = (*nesting).text
	}
	for i, c := range b {
		if err := x.at(x, c); err != nil {
			return i, err
		}
	}
	return len(b), nil
}

// allowed tells whether XML may have such a byte. In a DOCTYPE the parser takes any.
func (x *nesting) allowed(c byte) error {
	if !x.foreign && c < ' ' && c != '\t' && c != '\n' && c != '\r' {
		return errNoXML
	}
	return nil
}

func (x *nesting) text(c byte) error {
	if c == '<' {
		x.at = (*nesting).begin
		return nil
	}
	return x.allowed(c)
}

// begin is behind <.
func (x *nesting) begin(c byte) error {
	x.slash, x.head = false, x.head[:0]
	switch c {
	case '/':
		x.at = (*nesting).end
		return nil
	case '?':
		x.at = (*nesting).instruction
		return nil
	case '!':
		x.at = (*nesting).mark
		return nil
	}
	x.at = (*nesting).start
	x.elements++
	if x.depth++; x.depth > maxNesting || x.most > 0 && x.elements > x.most {
		return errNested
	}
	return x.allowed(c)
}

// start is within the start of an element.
func (x *nesting) start(c byte) error {
	switch c {
	case '"', '\'':
		x.quote, x.at = c, (*nesting).value
	case '>':
		x.at = (*nesting).text
		if x.slash {
			x.close()
		}
	}
	x.slash = c == '/'
	return x.allowed(c)
}

func (x *nesting) value(c byte) error {
	if c == x.quote {
		x.at = (*nesting).start
	}
	return x.allowed(c)
}

func (x *nesting) end(c byte) error {
	if c == '>' {
		x.at = (*nesting).text
		x.close()
	}
	return x.allowed(c)
}

func (x *nesting) close() {
	if x.depth > 0 && !x.foreign {
		x.depth--
	}
}

// maxHead is how much of a declaration is looked at, bytes.
const maxHead = 200

// instruction is behind <?; only the declaration of another encoding matters, in which < may be no <.
func (x *nesting) instruction(c byte) error {
	if len(x.head) < maxHead {
		x.head = append(x.head, c)
	} else {
		x.head = append(x.head[:maxHead-1], c)
	}
	if !bytes.HasSuffix(x.head, []byte("?>")) {
		return nil
	}
	said := bytes.ToLower(x.head)
	if bytes.Contains(said, []byte("encoding")) && !bytes.Contains(said, []byte("utf-8")) || len(said) == maxHead {
		x.foreign = true
	}
	x.at = (*nesting).text
	return nil
}

// mark is behind <!.
func (x *nesting) mark(c byte) error {
	x.head = append(x.head, c)
	switch s := string(x.head); {
	case s == "--":
		x.at, x.head = (*nesting).comment, x.head[:0]
	case s == "[CDATA[":
		x.at, x.head = (*nesting).data, x.head[:0]
	case !strings.HasPrefix("--", s) && !strings.HasPrefix("[CDATA[", s):
		x.foreign, x.at = true, (*nesting).text // a DOCTYPE: no program for tables writes one
	}
	return nil
}

func (x *nesting) comment(c byte) error { return x.until("-->", c) }
func (x *nesting) data(c byte) error    { return x.until("]]>", c) }

// until goes back to the text behind a mark of three bytes.
func (x *nesting) until(mark string, c byte) error {
	if len(x.head) == 3 {
		x.head = append(x.head[:0], x.head[1:]...)
	}
	if x.head = append(x.head, c); string(x.head) == mark {
		x.at = (*nesting).text
	}
	return nil
}
