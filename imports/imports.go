// Package imports makes leads of contact files as companies have them, and takes an import back.
//
// A file is first stored under its digest, then read in chunks: each chunk is one transaction that
// also saves how far the import came, so that a killed import goes on where it stopped and none of
// its rows counts twice. What each row did is kept, so that Undo can take it back.
package imports

import (
	"encoding/json"

	"kizashi/consent"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/sheet"
)

// State of an import.
type State string

// The states. Running and Undoing go on after a kill.
const (
	Running State = "running"
	Done    State = "done"
	Undoing State = "undoing"
	Undone  State = "undone"
)

// Importer reads stored files into the database.
type Importer struct {
	Engine *fold.Engine
	Data   string // the data folder: files are stored under imports/ in it
}

// Counts say what became of the rows of a file.
type Counts struct {
	Rows    int `json:"rows"`    // rows of data, the refused ones too
	New     int `json:"new"`     // they made a lead
	Updated int `json:"updated"` // they told something new about a lead that was there
	Merged  int `json:"merged"`  // the person stands earlier in the same file
	Same    int `json:"same"`    // all of it was known
	Refused int `json:"refused"`
	Unowned int `json:"unowned"` // they name an owner whom no account is; the name stays as a property
}

// Import is one file that was brought in.
type Import struct {
	ID        id.ID         `json:"id"`
	Name      string        `json:"name"` // of the file, as the person has it
	Digest    string        `json:"digest"`
	File      string        `json:"-"` // where it is stored, below the data folder
	Basis     string        `json:"basis"`
	Mapping   sheet.Mapping `json:"mapping"`
	Overwrite bool          `json:"overwrite"` // what the file says wins; else it only fills what is empty
	State     State         `json:"state"`
	Place     int           `json:"-"`     // rows of the file that are done
	Total     int           `json:"total"` // rows of the file, estimated while it runs; 0 = nobody knows yet
	Counts    Counts        `json:"counts"`
	Who       id.ID         `json:"who"`        // account or key; 0 is the product
	CreatedAt int64         `json:"created_at"` // ms UTC
	EndedAt   int64         `json:"ended_at"`   // ms UTC; 0 while it runs
	UndoneAt  int64         `json:"undone_at"`  // ms UTC; 0 if it was not taken back

	// cameAt is when the same content was first imported, ms UTC: rows that say no time happened then,
	// so that they are the same events and consents when the file comes again.
	cameAt int64
	owners owners
}

// Refusal is a row that was not taken, and why.
type Refusal struct {
	Row    int        `json:"row"`    // as a person sees it in the file, from 1
	Column string     `json:"column"` // the header as it stands in the file; "" if it is the whole row
	Reason string     `json:"reason"` // key of the words
	Args   fault.Args `json:"args"`
}

// Progress tells how far an import came.
type Progress struct {
	Share  float64 // of the file, 0 to 1
	Counts Counts
}

// Bases are the legal grounds on which mail may be sent to the people of a file; "" records none.
var Bases = consent.Bases

// checkBasis refuses a basis that the law does not know.
func checkBasis(basis string) error {
	if basis == "" {
		return nil
	}
	for _, b := range Bases {
		if b == basis {
			return nil
		}
	}
	return fault.New(fault.Invalid, "imports.basis", fault.Args{"basis": basis}).At("basis")
}

// trace is what a row did besides changing a lead, as import_row.before keeps it.
type trace struct {
	Lead    string  `json:"lead,omitempty"` // lead.Result.Before
	Event   id.ID   `json:"event,omitempty"`
	Note    id.ID   `json:"note,omitempty"` // an event, too
	Consent id.ID   `json:"consent,omitempty"`
	Heard   []id.ID `json:"heard,omitempty"` // answers of the hearing sheet
}

func (t trace) empty() bool {
	return t.Lead == "" && t.Event == 0 && t.Note == 0 && t.Consent == 0 && len(t.Heard) == 0
}

// text is "" for a row that did nothing besides making or meeting a lead.
func (t trace) text() string {
	if t.empty() {
		return ""
	}
	raw, _ := json.Marshal(t) // texts and ids only: cannot fail
	return string(raw)
}

func readTrace(s string) (t trace, err error) {
	if s != "" {
		err = json.Unmarshal([]byte(s), &t)
	}
	return t, err
}
