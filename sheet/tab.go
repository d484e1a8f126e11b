package sheet

// Tab is a sheet of a workbook, as a person chooses between several.
type Tab struct {
	Name      string     `json:"name"`
	Hidden    bool       `json:"hidden"`     // not shown by Excel
	HeaderRow int        `json:"header_row"` // number of the row with the column names; 0 if there is none
	Header    []string   `json:"header"`     // column names as written
	Samples   [][]string `json:"samples"`    // the first rows of data
	Fields    int        `json:"fields"`     // how many columns are understood

	rows int // of data, among the first
}

const (
	maxTabs    = 50 // sheets of a workbook that are looked at
	tabSamples = 3
)

// Tabs are the sheets with content of a workbook, in its order; none for text. Sheets behind the
// first 50 can be read by name, but are not listed.
func (r *Reader) Tabs() []Tab {
	if s, ok := r.src.(*xlsxSource); ok {
		return s.tabs()
	}
	return nil
}

// contactFields is how many columns of a list of contacts are understood at least.
const contactFields = 2

// After is the next list of contacts that people see behind the sheet of a name, then the first again; ""
// where there is no other.
func (r *Reader) After(name string) string {
	var others []string
	before := 0 // how many of them stand before the one
	for _, tab := range r.Tabs() {
		switch {
		case tab.Name == name:
			before = len(others)
		case !tab.Hidden && tab.Fields >= contactFields:
			others = append(others, tab.Name)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return others[before%len(others)]
}

func (s *xlsxSource) tabs() (list []Tab) {
	names := s.file.GetSheetList()
	for _, name := range names[:min(len(names), maxTabs)] {
		if one, ok := s.tab(name); ok {
			list = append(list, one)
		}
	}
	return list
}

// tab looks at the first rows of a sheet; false where there are none that can be read, as in a chart.
func (s *xlsxSource) tab(name string) (Tab, bool) {
	look := &xlsxSource{file: s.file}
	if look.openSheet(name) != nil {
		return Tab{}, false
	}
	defer look.rows.Close()
	r := &Reader{Info: Info{Format: XLSX, Sheet: name}, src: look}
	if r.start(0) != nil {
		return Tab{}, false
	}
	visible, err := s.file.GetSheetVisible(name)
	data := r.Samples()
	return Tab{
		Name: name, Hidden: err != nil || !visible, HeaderRow: r.HeaderRow, Header: r.Header,
		Samples: data[:min(len(data), tabSamples)], Fields: understood(Map(r.Header, data)), rows: len(data),
	}, true
}

// understood is how many columns mean something beyond doubt.
func understood(m Mapping) (n int) {
	for _, c := range m.Columns {
		if c.Field != "" && c.Reason != Doubtful {
			n++
		}
	}
	return n
}

// likeliest is the sheet that most likely holds the contacts: visible before hidden, then the one with
// the most columns that are understood, then with the most rows, as a sheet of examples has few; "" for none.
func likeliest(tabs []Tab) string {
	best := Tab{Hidden: true, Fields: -1}
	for _, one := range tabs {
		switch {
		case one.Hidden != best.Hidden:
			if !one.Hidden {
				best = one
			}
		case one.Fields > best.Fields, one.Fields == best.Fields && one.rows > best.rows:
			best = one
		}
	}
	return best.Name
}
