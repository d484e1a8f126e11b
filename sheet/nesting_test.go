package sheet

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
)

// Five million open elements pack into 20 kB and took the parser a gigabyte: they are refused before it sees them.
func TestDeepWorkbooksAreRefusedBeforeParsing(t *testing.T) {
	small := people(t, 3)
	deep := strings.Repeat("<a>", maxNesting+1)
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"} {
		data := rewrite(t, small, part, func(s string) string { return s + deep })
		if _, err := Open("x", bytes.NewReader(data), int64(len(data))); keyOf(t, err) != "sheet.nested" {
			t.Errorf("%s: %v", part, err)
		}
	}
	many := rewrite(t, small, "xl/styles.xml", func(string) string { return "<a>" + strings.Repeat("<b/>", maxElements) + "</a>" })
	if _, err := Open("x", bytes.NewReader(many), int64(len(many))); keyOf(t, err) != "sheet.nested" {
		t.Errorf("many: %v", err)
	}
}

// What hides the end of an element hides it from the count, too.
func TestNestingIsNotHidden(t *testing.T) {
	for name, level := range map[string]string{
		"plain":     "<a>",
		"comment":   "<a><!--</a>-->",
		"CDATA":     "<a><![CDATA[</a>]]>",
		"value":     `<a b="</a>" c='/>'>`,
		"processor": "<a><?x </a> ?>",
		"slash":     "<a b='/'>",
		"DOCTYPE":   `<!DOCTYPE "</a>"><a>`,
		"encoding":  `<?xml version="1.0" encoding="iso-2022-jp"?><a></a>`,
	} {
		x := nesting{}
		if _, err := x.Write([]byte(strings.Repeat(level, maxNesting+1))); err != errNested {
			t.Errorf("%s: %v", name, err)
		}
	}
	x := nesting{most: 100_000}
	flat := `<?xml version="1.0" encoding="UTF-8"?><a>` + strings.Repeat(`<b c=">"/><d><!-- <e> --></d><![CDATA[<f>]]>`, 40_000)
	if _, err := x.Write([]byte(flat)); err != nil || x.depth != 1 {
		t.Errorf("flat: %v at depth %d", err, x.depth)
	}
}

// FuzzNesting: the parser never has more elements open than were counted.
func FuzzNesting(f *testing.F) {
	f.Add(`<a b="x>"><c/></a>`)
	f.Add(`<?xml encoding="utf-8"?><a><!-- </a> --><b><![CDATA[</b>]]></b>`)
	f.Add(`<!DOCTYPE a [<!ENTITY b "</a>">]><a>`)
	f.Fuzz(func(t *testing.T, text string) {
		x, most := nesting{}, 0
		for i := range len(text) {
			if _, err := x.Write([]byte{text[i]}); err != nil {
				break
			}
			most = max(most, x.depth)
		}
		d, depth := xml.NewDecoder(strings.NewReader(text)), 0
		for {
			token, err := d.RawToken()
			if err != nil {
				return
			}
			switch token.(type) {
			case xml.StartElement:
				depth++
			case xml.EndElement:
				depth--
			}
			if depth > most {
				t.Fatalf("%q: the parser has %d open, counted were %d", text, depth, most)
			}
		}
	})
}
