package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/sheet"
)

func (s *service) importOperations(a huma.API) {
	register(a, operation{id: "listImports", method: http.MethodGet, path: "/imports", summary: "List imports, newest first"}, s.listImports)
	register(a, operation{id: "createImport", method: http.MethodPost, path: "/imports", summary: "Bring in a contact file", status: http.StatusAccepted,
		describe: "CSV, TSV or XLSX in any usual encoding, as the body itself or as the first file of a form. Columns are recognised by " +
			"their names and what stands in them; mapping corrects that. The rows are read in the background: read the import to see how far it is."}, s.createImport)
	register(a, operation{id: "previewImport", method: http.MethodPost, path: "/imports/preview", summary: "What a contact file would do",
		describe: "Takes the same file and keeps nothing."}, s.previewImport)
	register(a, operation{id: "getImport", method: http.MethodGet, path: "/imports/{id}", summary: "Read an import with its first refused rows"}, s.getImport)
	register(a, operation{id: "listRefusals", method: http.MethodGet, path: "/imports/{id}/refusals", summary: "List the refused rows of an import, in the order of the file"}, s.listRefusals)
	register(a, operation{id: "listKeptLeads", method: http.MethodGet, path: "/imports/{id}/kept", summary: "List the leads that stay although their import was undone, and why",
		describe: "In the order of the file. What the file said of them is taken back."}, s.listKept)
	register(a, operation{id: "getRefusedFile", method: http.MethodGet, path: "/imports/{id}/refused.csv", summary: "The refused rows of an import as a file",
		describe: "The columns of the file as they were, with row, column and reason behind them: to be corrected and brought in again."}, s.refusedFile)
	register(a, operation{id: "getImportHolds", method: http.MethodGet, path: "/imports/{id}/holds", summary: "What the people of an import are: titles, sizes, industries, duplicates"}, s.holds)
	register(a, operation{id: "listImportFields", method: http.MethodGet, path: "/imports/fields", summary: "What a column of a contact file can mean"}, s.importFields)
	register(a, operation{id: "undoImport", method: http.MethodPost, path: "/imports/{id}/undo", summary: "Take an import back", status: http.StatusAccepted}, s.undoImport)
	for _, path := range []string{"/imports", "/imports/preview"} {
		a.OpenAPI().Paths[Prefix+path].Post.RequestBody = uploads()
	}
}

// uploads describes a body that is a file.
func uploads() *huma.RequestBody {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: file},
		"text/csv":                 {Schema: file},
		"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": file, "mapping": {Type: huma.TypeString, Description: "As the parameter of that name, before the file."}},
		}},
	}}
}

// importJSON is an import as the API shows it.
type importJSON struct {
	ID        id.ID         `json:"id"`
	Name      string        `json:"name" doc:"Of the file."`
	Basis     string        `json:"basis" doc:"On which mail may be sent to its people; empty: none was recorded."`
	Overwrite bool          `json:"overwrite" doc:"What the file says replaces what is known; else it fills what is empty."`
	State     string        `json:"state" enum:"running,done,undoing,undone"`
	Rows      int           `json:"rows" doc:"Rows of data read so far, the refused ones too."`
	New       int           `json:"new"`
	Updated   int           `json:"updated"`
	Merged    int           `json:"merged" doc:"The person stands earlier in the same file."`
	Same      int           `json:"same" doc:"All of it was known."`
	RefusedN  int           `json:"refused_rows"`
	Unowned   int           `json:"unowned" doc:"Rows that name an owner without an account; the name is kept as a property."`
	Total     int           `json:"total" doc:"Rows of the file, estimated while it is read; 0: not known yet."`
	Refused   []refusalJSON `json:"refused,omitempty" doc:"The first refused rows; not in lists."`
	Columns   []ColumnJSON  `json:"columns,omitempty" doc:"What the columns were taken for; not in lists."`
	Job       *jobJSON      `json:"job,omitempty" doc:"The work in the background, while it lasts."`
	CreatedAt time.Time     `json:"created_at"`
	EndedAt   *time.Time    `json:"ended_at"`
	UndoneAt  *time.Time    `json:"undone_at"`
}

// refusalJSON is a row that was not taken, and why.
type refusalJSON struct {
	Row    int    `json:"row" doc:"As it stands in the file, from 1."`
	Column string `json:"column" doc:"The header; empty if it is about the whole row."`
	Reason string `json:"reason" doc:"In the language of Accept-Language."`
	Key    string `json:"key"`
}

// ColumnJSON is what a column of a file was taken for.
type ColumnJSON struct {
	Index    int    `json:"index" doc:"From 0."`
	Header   string `json:"header"`
	Field    string `json:"field,omitempty"`
	Property string `json:"property,omitempty" doc:"It is kept as a property of this name; without field and property it is left out."`
}

func showRefusals(ctx context.Context, found []imports.Refusal) []refusalJSON {
	return each(found, func(r imports.Refusal) refusalJSON {
		return refusalJSON{r.Row, r.Column, i18n.T(speech(ctx), r.Reason, r.Args), r.Reason}
	})
}

func showImport(m imports.Import) importJSON {
	return importJSON{
		ID: m.ID, Name: m.Name, Basis: m.Basis, Overwrite: m.Overwrite, Unowned: m.Counts.Unowned, Total: m.Total, State: string(m.State), Rows: m.Counts.Rows, New: m.Counts.New,
		Updated: m.Counts.Updated, Merged: m.Counts.Merged, Same: m.Counts.Same, RefusedN: m.Counts.Refused,
		CreatedAt: clock.Time(m.CreatedAt), EndedAt: moment(m.EndedAt), UndoneAt: moment(m.UndoneAt),
	}
}

func showColumns(m sheet.Mapping) []ColumnJSON {
	return each(m.Columns, showColumn)
}

func showColumn(c sheet.Column) ColumnJSON {
	return ColumnJSON{c.Index, c.Header, string(c.Field), c.Property}
}

func (s *service) listImports(ctx context.Context, in *Page) (*output[list[importJSON]], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	var found []imports.Import
	err = s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = imports.List(ctx, tx, before, in.size()+1)
		return err
	})
	return answer(cut(each(found, showImport), in.size(), func(m importJSON) string { return m.ID.String() })), err
}

// firstRefusals is how many refused rows an import shows by itself.
const firstRefusals = 100

func (s *service) getImport(ctx context.Context, in *One) (*output[importJSON], error) {
	var shown importJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := imports.Find(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		refused, err := imports.Refusals(ctx, tx, found.ID, 0, firstRefusals)
		if err != nil {
			return err
		}
		shown = showImport(found)
		shown.Refused, shown.Columns = showRefusals(ctx, refused), showColumns(found.Mapping)
		if found.State == imports.Running || found.State == imports.Undoing {
			shown.Job, err = jobOf(ctx, tx, found.JobKey())
		}
		return err
	})
	return answer(shown), err
}

func (s *service) listRefusals(ctx context.Context, in *struct {
	One
	Page
}) (*output[list[refusalJSON]], error) {
	after, err := in.row()
	if err != nil {
		return nil, err
	}
	var found []imports.Refusal
	err = s.read(ctx, func(tx *db.Tx) error {
		if _, err := imports.Find(ctx, tx, in.ID.ID); err != nil {
			return err
		}
		found, err = imports.Refusals(ctx, tx, in.ID.ID, after, in.size()+1)
		return err
	})
	return answer(cut(showRefusals(ctx, found), in.size(), func(r refusalJSON) string { return strconv.Itoa(r.Row) })), err
}

// keptJSON is a lead that stays although its import was undone.
type keptJSON struct {
	Row  int    `json:"row" doc:"As it stands in the file, from 1."`
	Lead id.ID  `json:"lead"`
	Why  string `json:"why" enum:"edited,task,activity,hearing,handover,stage,consent,bulk,command,behaviour"`
	Text string `json:"text" doc:"The reason in the language of Accept-Language."`
}

func (s *service) listKept(ctx context.Context, in *struct {
	One
	Page
}) (*output[list[keptJSON]], error) {
	after, err := in.row()
	if err != nil {
		return nil, err
	}
	var found []imports.Kept
	err = s.read(ctx, func(tx *db.Tx) error {
		if _, err := imports.Find(ctx, tx, in.ID.ID); err != nil {
			return err
		}
		found, err = imports.KeptLeads(ctx, tx, in.ID.ID, after, in.size()+1)
		return err
	})
	shown := each(found, func(k imports.Kept) keptJSON {
		return keptJSON{k.Row, k.Lead, string(k.Why), i18n.T(speech(ctx), k.Why.Key(), nil)}
	})
	return answer(cut(shown, in.size(), func(k keptJSON) string { return strconv.Itoa(k.Row) })), err
}

// row is the row of a file after which a page begins; 0 for the first page.
func (p *Page) row() (int, error) {
	if p.After == "" {
		return 0, nil
	}
	after, err := strconv.Atoi(p.After)
	if err != nil {
		return 0, badCursor()
	}
	return after, nil
}

func (s *service) undoImport(ctx context.Context, in *One) (*output[importJSON], error) {
	if err := s.run(ctx, &imports.Undo{Import: in.ID.ID}); err != nil {
		return nil, err
	}
	return s.getImport(ctx, in)
}
