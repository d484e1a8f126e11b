package report

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"strings"

	"kizashi/fault"
	"kizashi/id"
)

// leadCursor is a place in a list, for the caller to hand back. It belongs to one order and question.
type leadCursor struct {
	Sort   string  `json:"s"`
	Of     uint64  `json:"q"` // which rule and search
	Phase  int     `json:"p,omitempty"`
	Number float64 `json:"n,omitempty"`
	Text   string  `json:"t,omitempty"`
	ID     id.ID   `json:"i"`
}

func (f *leadFinder) cursor(p place) string {
	raw, _ := json.Marshal(leadCursor{f.query.Sort, f.question(), p.phase, p.number, p.text, p.id}) // cannot fail
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (f *leadFinder) readCursor() error {
	if f.query.After == "" {
		return nil
	}
	var c leadCursor
	raw, err := base64.RawURLEncoding.DecodeString(f.query.After)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.Sort != f.query.Sort || c.Of != f.question() || c.Phase < 0 || c.Phase >= len(f.order.phases) {
		return fault.New(fault.Invalid, "report.cursor", nil).At("after")
	}
	f.after = &place{c.Phase, c.Number, strings.ToValidUTF8(strings.ReplaceAll(c.Text, "\x00", ""), ""), c.ID}
	return nil
}

// question is a number for the rule, the search and the owner together.
func (f *leadFinder) question() uint64 {
	h := fnv.New64a()
	if f.query.Rule != nil {
		_, _ = h.Write([]byte(f.query.Rule.Source()))
	}
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(f.query.Search))
	if f.query.Owner != 0 {
		_, _ = h.Write([]byte(f.query.Owner.String()))
	}
	return h.Sum64()
}

func badSort(name string) error {
	return fault.New(fault.Invalid, "report.sort", fault.Args{"sort": name, "sorts": strings.Join(LeadSorts, ", ")}).At("sort")
}
