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

// lastRow is the number of the last row that the XML of a sheet holds, 0 if it cannot be
// told. The library takes broken XML for the end of the sheet; without this the rows
// behind the damage would be lost in silence.
func lastRow(z *zip.Reader, sheet string) int {
	part := sheetPart(z, sheet)
	if part == "" {
		return 0
	}
	f, err := z.Open(part)
	if err != nil {
		return 0
	}
	defer f.Close()
	return lastRowIn(f)
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

// lastRowIn scans XML for <row r="…"> without parsing it, which would cost as much as
// reading the sheet. A CDATA section could hold such text without being a row: then
// nothing is said.
func lastRowIn(r io.Reader) int {
	const overlap = 512 // a start tag of a row is shorter
	buf := make([]byte, 256<<10)
	last, kept := 0, 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		b := buf[:kept+n]
		if bytes.Contains(b, []byte("<![CDATA[")) {
			return 0
		}
		if i := bytes.LastIndex(b, []byte("<row ")); i >= 0 {
			if row := rowNumber(b[i:]); row > 0 {
				last = row
			}
		}
		if err != nil {
			return last
		}
		kept = copy(buf, b[len(b)-overlap:])
	}
}

// rowNumber is the attribute r of the start tag at the head of b, 0 if it is not there.
func rowNumber(b []byte) int {
	end := bytes.IndexByte(b, '>')
	at := bytes.Index(b, []byte(` r="`))
	if end < 0 || at < 0 || at > end {
		return 0
	}
	digits, _, _ := bytes.Cut(b[at+4:end], []byte{'"'})
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return n
}
