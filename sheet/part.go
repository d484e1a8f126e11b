package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"
)

// layout is what the XML of a sheet says about it as a whole.
type layout struct {
	last   int      // number of the last row, 0 if it cannot be told
	merged []merged // cells merged over several rows
}

// layoutOf reads the layout of a sheet. The library takes broken XML for the end of the sheet;
// without the last row those behind the damage would be lost in silence. It knows merged cells
// too, but would hold the whole sheet in memory for them.
func layoutOf(z *zip.Reader, sheet string) layout {
	part := sheetPart(z, sheet)
	if part == "" {
		return layout{}
	}
	f, err := z.Open(part)
	if err != nil {
		return layout{}
	}
	defer f.Close()
	return layoutIn(f)
}

// sheetPart is the path of a sheet's XML, "" if it cannot be told.
func sheetPart(z *zip.Reader, sheet string) string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			Rel  string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Rel []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if !decodePart(z, "xl/workbook.xml", &book) || !decodePart(z, "xl/_rels/workbook.xml.rels", &rels) {
		return ""
	}
	for _, s := range book.Sheets {
		for _, r := range rels.Rel {
			if s.Name == sheet && r.ID == s.Rel {
				if strings.HasPrefix(r.Target, "/") {
					return strings.TrimPrefix(r.Target, "/")
				}
				return path.Join("xl", r.Target)
			}
		}
	}
	return ""
}

func decodePart(z *zip.Reader, name string, into any) bool {
	f, err := z.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return xml.NewDecoder(f).Decode(into) == nil
}

// layoutIn scans XML for <row r="…"> and <mergeCell ref="…"> without parsing it, which would
// cost as much as reading the sheet. A CDATA section could hold such text without being a row:
// then nothing is said.
func layoutIn(r io.Reader) (l layout) {
	const overlap = 512 // a start tag of a row is shorter
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		b := buf[:kept+n]
		if bytes.Contains(b, []byte("<![CDATA[")) {
			return layout{}
		}
		if i := bytes.LastIndex(b, []byte("<row ")); i >= 0 {
			if row := rowNumber(b[i:]); row > 0 {
				l.last = row
			}
		}
		l.merged = appendMerged(l.merged, b)
		if err != nil {
			return l
		}
		kept = copy(buf, b[len(b)-overlap:])
	}
}

// appendMerged adds the merged cells that b tells of; one at the seam of two pieces may come twice.
func appendMerged(list []merged, b []byte) []merged {
	for len(list) < maxMerged {
		_, rest, found := bytes.Cut(b, []byte("<mergeCell "))
		if !found {
			break
		}
		if one, ok := parseMerged(attribute(rest, `ref="`)); ok {
			list = append(list, one)
		}
		b = rest
	}
	return list
}

// attribute is the value of what begins with name in the start tag at the head of b, "" if it is not there.
func attribute(b []byte, name string) string {
	tag, _, whole := bytes.Cut(b, []byte{'>'})
	_, value, found := bytes.Cut(tag, []byte(name))
	value, _, closed := bytes.Cut(value, []byte{'"'})
	if !whole || !found || !closed {
		return ""
	}
	return string(value)
}

// rowNumber is the attribute r of the start tag at the head of b, 0 if it is not there.
func rowNumber(b []byte) int {
	n, err := strconv.Atoi(attribute(b, ` r="`))
	if err != nil {
		return 0
	}
	return n
}
